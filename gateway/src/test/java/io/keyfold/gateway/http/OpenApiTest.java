package io.keyfold.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final Path FILE = Path.of("src", "main", "resources", "io", "keyfold", "gateway", "openapi.json");

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void describes_what_is_served_and_for_whom() throws IOException {
        var described = new TreeMap<String, String>();
        description().get("paths").properties().forEach(
                path -> path.getValue().properties().forEach(
                        method -> described.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                method.getValue().path("x-role").asText("anybody"))));
        var served = new TreeMap<String, String>();
        Served.routes().all().stream().filter(route -> !Served.isPage(route)).forEach(
                route -> served.put(
                        route.method().text() + " " + route.path(),
                        route.role().map(role -> role.word()).orElse("anybody")));

        assertThat(described).isEqualTo(served);
    }

    @Test
    void names_every_parameter_that_a_list_takes() throws IOException {
        var names = description().at("/paths/~1api~1v1~1clusters/get/parameters").findValuesAsText("name");

        assertThat(names).containsExactlyInAnyOrderElementsOf(FleetEndpoints.LIST_PARAMETERS);
    }

    @Test
    void the_contracts_records_are_described_as_their_schemas_say() throws IOException {
        var description = description();
        var schemas = (com.fasterxml.jackson.databind.node.ObjectNode) description.at("/components/schemas");
        Map<String, JsonNode> generated = ContractSchemas.all();
        if (System.getProperty("regenerate") != null) {
            generated.forEach(schemas::set);
            Files.writeString(FILE, json.writerWithDefaultPrettyPrinter().writeValueAsString(description) + "\n");
        }
        generated.forEach((name, schema) -> assertThat(schemas.get(name)).as(name + ": stale, run with -Dregenerate")
                .isEqualTo(schema));
    }

    @Test
    void every_reference_leads_somewhere() throws IOException {
        var description = description();

        assertThat(description.findValuesAsText("$ref"))
                .allSatisfy(ref -> assertThat(description.at(ref.substring(1)).isMissingNode()).as(ref).isFalse());
    }

    private JsonNode description() throws IOException {
        return json.readTree(FILE.toFile());
    }
}
