package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.WorkerStatus;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SchemaCompatibilityTest {
    private static final Schema RELEASED = SchemaBuilder.record("Thing")
            .fields()
            .optionalString("name")
            .name("state").type(SchemaBuilder.enumeration("State").defaultSymbol("UNKNOWN").symbols("UNKNOWN", "ON"))
            .withDefault("UNKNOWN")
            .endRecord();

    @Test
    @Tag("case-20")
    void every_schema_reads_and_is_read_by_every_version_that_went_out() {
        Map<String, Map<String, Schema>> released = ReleasedSchemas.all();

        assertThat(released).as("versions in %s", ReleasedSchemas.FOLDER).isNotEmpty();
        released.forEach((version, topics) -> {
            assertThat(topics).as(version).isNotEmpty();
            topics.forEach((name, schema) -> assertThat(Topics.ALL)
                    .as("%s went out with %s and is gone", name, version)
                    .anyMatch(topic -> topic.name().equals(name)));
            for (Topic<?> topic : Topics.ALL) {
                if (topics.containsKey(topic.name())) {
                    assertThat(
                            CompatibilityCheck.complaints(
                                    topic.name(), version, topics.get(topic.name()), topic.schema()))
                            .isEmpty();
                }
            }
        });
    }

    @Test
    void a_new_field_with_a_default_is_welcome() {
        assertThat(complaints("""
                {"name": "name", "type": ["null", "string"], "default": null},
                {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["UNKNOWN", "ON", "OFF"],
                    "default": "UNKNOWN"}, "default": "UNKNOWN"},
                {"name": "since", "type": "long", "default": 0}"""))
                .isEmpty();
    }

    @Test
    @Tag("case-20")
    void a_new_field_without_a_default_is_named() {
        assertThat(complaints("""
                {"name": "name", "type": ["null", "string"], "default": null},
                {"name": "since", "type": "long"}"""))
                .containsExactly("things: the present schema cannot read v1: READER_FIELD_MISSING_DEFAULT_VALUE"
                        + " at since, /fields/1 (since)");
    }

    @Test
    void a_field_of_another_type_is_named_in_both_directions() {
        assertThat(complaints("""
                {"name": "name", "type": ["null", "long"], "default": null}"""))
                .hasSize(2)
                .allSatisfy(complaint -> assertThat(complaint).contains("at name").contains("MISSING_UNION_BRANCH"));
    }

    @Test
    void an_enum_that_lost_its_default_is_named() {
        assertThat(complaints("""
                {"name": "name", "type": ["null", "string"], "default": null},
                {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["UNKNOWN"]},
                    "default": "UNKNOWN"}"""))
                .singleElement()
                .asString()
                .contains("the present schema cannot read v1")
                .contains("MISSING_ENUM_SYMBOLS at state");
    }

    @Test
    void a_released_topic_whose_record_type_has_another_name_is_complained_about() {
        assertThat(
                CompatibilityCheck.complaints(
                        "keyfold-worker-status",
                        "v1",
                        Topics.WORKER_CONTROL.schema(),
                        WorkerStatus.getClassSchema()))
                .isNotEmpty()
                .allSatisfy(complaint -> assertThat(complaint).contains("NAME_MISMATCH"));
    }

    private static List<String> complaints(String fields) {
        Schema present = new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"Thing\", \"fields\": [" + fields + "]}");
        return CompatibilityCheck.complaints("things", "v1", RELEASED, present);
    }
}
