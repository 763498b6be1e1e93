package io.keyfold.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.schemas.Party;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The variables of `deployment/systemd` and of `docker-compose.yml`, and the unit as systemd reads it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnitsFitTheCodeTest {
    private static final Path SYSTEMD = Variables.ROOT.resolve("deployment/systemd");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> every_environment_starts_a_process_with_variables_that_it_looks_at() throws IOException {
        return environments().entrySet().stream().map(
                environment -> DynamicTest.dynamicTest(environment.getKey(), () -> {
                    var variables = new TreeMap<>(environment.getValue());
                    var command = String.valueOf(variables.remove("COMMAND")).replace("\"", "").split(" ", -1);
                    assertThat(String.join("-", command) + ".env").isEqualTo(environment.getKey());
                    assertThat(Variables.isCommand(command[0])).isTrue();
                    assertThat(variables.keySet())
                            .allSatisfy(name -> assertThat(Variables.isKnown(command[0], name)).as(name).isTrue());
                    assertThat(variables.keySet()).noneMatch(Variables::isSecret);
                }));
    }

    @Test
    void every_service_has_one() throws IOException {
        assertThat(environments().keySet()).contains("workflow.env", "gateway.env", "broker.env", "registry.env")
                .containsAll(Party.WORKERS.stream().map(party -> party.id() + ".env").toList());
    }

    @Test
    void the_units_own_variables_are_known() throws IOException {
        var unit = Files.readString(SYSTEMD.resolve("keyfold@.service"));

        assertThat(Pattern.compile("(?m)^Environment=([A-Z_]+)=").matcher(unit).results().map(each -> each.group(1)))
                .isNotEmpty().allSatisfy(name -> assertThat(Variables.isKnown("workflow", name)).as(name).isTrue());
    }

    @Test
    void systemd_has_nothing_to_say_against_the_unit() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd on this machine");
        // What it starts is not installed here.
        Files.writeString(
                directory.resolve("keyfold@.service"),
                Files.readString(SYSTEMD.resolve("keyfold@.service")).replace("/opt/keyfold/keyfold", "/bin/true"));
        Files.copy(SYSTEMD.resolve("keyfold.target"), directory.resolve("keyfold.target"));

        var said = directory.resolve("said");
        var process = new ProcessBuilder(
                List.of(
                        "/usr/bin/systemd-analyze", "verify", "--man=no",
                        directory.resolve("keyfold@workflow.service").toString(),
                        directory.resolve("keyfold.target").toString()))
                .redirectErrorStream(true).redirectOutput(said.toFile()).start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said).lines().filter(line -> line.contains("keyfold"))).isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    @TestFactory
    Stream<DynamicTest> every_variable_of_the_compose_file_is_one_that_the_process_looks_at() {
        return Yaml.documents(Variables.ROOT.resolve("docker-compose.yml")).getFirst().path("services").properties()
                .stream().map(service -> DynamicTest.dynamicTest(service.getKey(), () -> look(service.getValue())));
    }

    private static void look(JsonNode service) {
        var command = service.at("/command/0").asText();
        assertThat(Variables.isCommand(command)).as(command).isTrue();
        assertThat(service.path("environment").properties())
                .allSatisfy(each -> assertThat(Variables.isKnown(command, each.getKey())).as(each.getKey()).isTrue());
    }

    private static Map<String, Map<String, String>> environments() throws IOException {
        var environments = new TreeMap<String, Map<String, String>>();
        try (var files = Files.list(SYSTEMD.resolve("environment"))) {
            for (var file : files.toList()) {
                var variables = new TreeMap<String, String>();
                Files.readString(file).lines().filter(line -> !line.startsWith("#") && !line.isBlank())
                        .forEach(line -> variables.put(line.split("=", 2)[0], line.split("=", 2)[1]));
                environments.put(file.getFileName().toString(), variables);
            }
        }
        return environments;
    }
}
