package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaStyleTest {
    private final Map<String, Schema> types = typesOf(Topics.ALL.stream().map(Topic::schema).toList());

    @Test
    void every_schema_file_is_part_of_a_topics_record() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/avro"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".avsc"))
                    .map(name -> "io.keyfold.contract." + name.replace(".avsc", ""))
                    .toList();

            assertThat(names).isNotEmpty().containsExactlyInAnyOrderElementsOf(types.keySet());
        }
    }

    @Test
    void everything_says_what_it_is_and_has_a_default() {
        List<String> complaints = types.values().stream().flatMap(SchemaStyleTest::complaints).toList();

        assertThat(complaints).isEmpty();
    }

    @Test
    void what_breaks_the_rules_is_named() {
        Schema bad = new Schema.Parser()
                .parse("""
                        {"type": "record", "name": "Bad", "fields": [
                            {"name": "kmsKey", "type": "string"},
                            {"name": "state", "doc": "State.", "default": "ON", "type":
                                {"type": "enum", "name": "State", "doc": "State.", "symbols": ["ON", "Off"]}}]}""");

        assertThat(typesOf(List.of(bad)).values().stream().flatMap(SchemaStyleTest::complaints))
                .containsExactly(
                        "Bad has no doc",
                        "Bad.kmsKey has no doc",
                        "Bad.kmsKey has no default",
                        "Bad.kmsKey is not in snake_case",
                        "State has no default UNKNOWN",
                        "State: Off is not in UPPER_CASE");
    }

    private static Stream<String> complaints(Schema type) {
        List<String> complaints = new ArrayList<>();
        String name = type.getName();
        complain(complaints, isBlank(type.getDoc()), name + " has no doc");
        if (type.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : type.getFields()) {
                String place = name + "." + field.name();
                complain(complaints, isBlank(field.doc()), place + " has no doc");
                complain(complaints, !field.hasDefaultValue(), place + " has no default");
                complain(complaints, !field.name().matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"),
                        place + " is not in snake_case");
            }
        } else {
            complain(complaints, !"UNKNOWN".equals(type.getEnumDefault()), name + " has no default UNKNOWN");
            for (String symbol : type.getEnumSymbols()) {
                complain(complaints, !symbol.matches("[A-Z][A-Z0-9_]*"),
                        name + ": " + symbol + " is not in UPPER_CASE");
            }
        }
        return complaints.stream();
    }

    private static void complain(List<String> complaints, boolean isBroken, String complaint) {
        if (isBroken) {
            complaints.add(complaint);
        }
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static Map<String, Schema> typesOf(List<Schema> schemas) {
        Map<String, Schema> types = new LinkedHashMap<>();
        schemas.forEach(schema -> collect(schema, types));
        return types;
    }

    private static void collect(Schema schema, Map<String, Schema> types) {
        switch (schema.getType()) {
            case RECORD -> {
                if (types.putIfAbsent(schema.getFullName(), schema) == null) {
                    schema.getFields().forEach(field -> collect(field.schema(), types));
                }
            }
            case ENUM -> types.putIfAbsent(schema.getFullName(), schema);
            case ARRAY -> collect(schema.getElementType(), types);
            case MAP -> collect(schema.getValueType(), types);
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, types));
            default -> {}
        }
    }
}
