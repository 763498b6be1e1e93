package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.cli.process.AotCaches;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.vulnerability.Component;
import io.keyfold.cli.vulnerability.Shipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `docs/third-party.md` is written from the bills of materials that the build has made; `-Dkeyfold.docs=write` writes it
/// anew. It has the whole build behind it, and is left out with `-Dquick`, which makes no bill.
@Tag("case-123")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ThirdPartyPageIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/third-party.md");
    private static final List<Path> BILLS = List.of(
            ROOT.resolve("cli/target/keyfold.cdx.json"), ROOT.resolve("broker/target/keyfold-broker.cdx.json"));

    /// What may be passed on with a work under the Apache License 2.0, by the lists A and B of apache.org/legal/resolved.
    /// `Go License` is what re2j's POM calls its BSD-3-Clause.
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "Go License", "CC0-1.0", "EPL-1.0", "EPL-2.0");

    private final Installation installation = new Installation(ROOT, AotCaches.in(Optional.empty()));

    @BeforeEach
    void with_bills() {
        assumeThat(System.getProperty("keyfold.bill-of-materials")).as("made by this build").isNotNull();
    }

    @Test
    void whatever_is_linked_has_a_licence_that_allows_it() throws IOException {
        var licences = licences();

        assertThat(licences).hasSizeGreaterThan(50);
        assertThat(licences).allSatisfy(
                (component, offered) -> assertThat(offered).as("a licence of %s that is on the list", component)
                        .containsAnyElementsOf(ALLOWED));
    }

    @Test
    void nothing_in_a_bill_changes_between_two_builds_of_the_same() throws IOException {
        for (Path bill : BILLS) {
            var json = new ObjectMapper().readTree(Files.readAllBytes(bill));
            assertThat(json.path("metadata").has("timestamp")).as("the time of day in %s", bill).isFalse();
            // Version 3 is made from the contents (RFC 9562), version 4 would be drawn.
            assertThat(json.path("serialNumber").asText()).matches("urn:uuid:.{8}-.{4}-3.*");
        }
    }

    @Test
    void what_the_command_looks_at_is_all_of_it() throws IOException {
        var shipped = Shipped.by(installation);

        assertThat(shipped).containsAll(licences().keySet()).containsAll(Shipped.registry(installation));
        assertThat(shipped.stream().map(Component::name)).contains("io.confluent:kafka-avro-serializer",
                "org.apache.kafka:kafka_2.13", "com.ibm.cloud:ibm-key-protect-sdk", "io.quarkus:quarkus-core");
    }

    @Test
    void every_dependency_stands_in_the_documents_with_its_licence() throws IOException {
        assumeThat(licences().keySet()).as("with -Dconfluent other versions are shipped")
                .noneMatch(component -> component.name().startsWith("io.confluent:"));
        var text = page();
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE).as("stale: run with -Dkeyfold.docs=write").hasContent(text);
    }

    private String page() throws IOException {
        var rows = licences().entrySet().stream()
                .map(each -> "| " + each.getKey().name() + " | " + each.getKey().version() + " | "
                        + String.join(" or ", each.getValue()) + " |\n")
                .collect(Collectors.joining());
        var carried = Shipped.carried().stream().map(each -> "| " + each.name() + " | " + each.version() + " |\n")
                .collect(Collectors.joining());
        var registry = Shipped.registry(installation);
        return """
                # What is shipped of others

                <!-- Written by ThirdPartyPageIT: run it with -Dkeyfold.docs=write -->

                `mvn package` writes two bills of materials in the CycloneDX format, `cli/target/keyfold.cdx.json` and
                `broker/target/keyfold-broker.cdx.json`, the same at each build of the same sources; `-Dquick` leaves them out. This page
                is made from them. `keyfold vulnerabilities --osv all.zip` holds everything on this page against a dump of advisories that
                you supply ([how](operating.md#what-is-shipped-and-what-is-known-about-it)).

                ## Linked or started

                The build fails when one of these has no licence, or none that is on the list that `ThirdPartyPageIT` keeps: %s.
                Where several are offered one of them has to be. Licences are as the artefacts' POMs declare them; nobody has read
                the texts inside the jars.

                | artefact | version | licence |
                | --- | --- | --- |
                %s
                ## Carried in a jar of ours

                Confluent's classes, unchanged, out of `com.snowflake:snowflake-kafka-connector` (Apache-2.0), whose checksum the build
                checks ([why](decisions/0004-confluent-classes-from-maven-central.md)). Their own POMs in that jar name no licence, but
                inherit it: Confluent publishes these three artefacts under Apache-2.0, and other parts of the same product under the
                Confluent Community License. No check of ours stands behind that.

                | artefact | version |
                | --- | --- |
                %s
                ## The registry

                Apicurio Registry (Apache-2.0) is unpacked as its project publishes it and started by the demo, the tests and the
                compose file, and it is in our image. Its %d artefacts are Apicurio's choice. Their licences are **not** checked by us, and
                not all of them are on the list above: MySQL Connector/J, for one, is under the GPL 2.0 with an exception. Who passes the
                image on passes them on. An installation with a registry of its own needs none of them.

                %s"""
                .formatted(
                        ALLOWED.stream().sorted().collect(Collectors.joining(", ")), rows, carried, registry.size(),
                        registry.stream().map(each -> "- " + each + "\n").collect(Collectors.joining()));
    }

    /// Each artefact of the two bills that is not ours, with the licences that it is offered under.
    private static Map<Component, List<String>> licences() throws IOException {
        var licences = new TreeMap<Component, List<String>>();
        for (Path bill : BILLS) {
            for (JsonNode each : new ObjectMapper().readTree(Files.readAllBytes(bill)).path("components")) {
                var group = each.path("group").asText();
                if (!group.equals("io.keyfold")) {
                    licences.put(
                            new Component(group + ":" + each.path("name").asText(), each.path("version").asText()),
                            offered(each.path("licenses")));
                }
            }
        }
        return licences;
    }

    private static List<String> offered(JsonNode licences) {
        var offered = new ArrayList<String>();
        for (JsonNode each : licences) {
            var licence = each.path("license");
            offered.add(licence.has("id") ? licence.path("id").asText()
                    : licence.has("name") ? licence.path("name").asText() : each.path("expression").asText());
        }
        return offered;
    }
}
