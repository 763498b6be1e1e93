package io.keyfold.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.keyfold.workflow.wire.AvroJson;
import java.util.Collection;
import org.apache.avro.specific.SpecificRecord;

/// The forms in which a result can be printed.
public enum Format {
    TABLE,
    JSON,
    YAML,
    TFVARS;

    /// Whether programs read it.
    public boolean isData() {
        return this == JSON || this == YAML;
    }

    /// The data in this form.
    public String of(JsonNode json) {
        return switch (this) {
            case JSON -> AvroJson.pretty(json);
            case YAML -> yaml(json);
            case TABLE, TFVARS -> throw new IllegalStateException(this + " is no form of data");
        };
    }

    public String of(SpecificRecord record) {
        return of(AvroJson.of(record));
    }

    public String of(Collection<? extends SpecificRecord> records) {
        return of(AvroJson.of(records));
    }

    private static String yaml(JsonNode json) {
        try {
            return new YAMLMapper(
                    YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                            .build()) // each text in quotes: 1e3 is no number, and a moment is a text
                    .writeValueAsString(json).stripTrailing();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("What is a tree already cannot be written as YAML", e);
        }
    }
}
