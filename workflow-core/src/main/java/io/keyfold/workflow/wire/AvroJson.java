package io.keyfold.workflow.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HexFormat;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Records as plain JSON: the contract's field names, times as ISO 8601, enums and ids as text.
public final class AvroJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AvroJson() {}

    public static ObjectNode of(SpecificRecord record) {
        var object = JsonNodeFactory.instance.objectNode();
        for (var field : record.getSchema().getFields()) {
            object.set(field.name(), value(record.get(field.pos())));
        }
        return object;
    }

    public static ArrayNode of(Collection<? extends SpecificRecord> records) {
        var array = JsonNodeFactory.instance.arrayNode();
        records.forEach(record -> array.add(of(record)));
        return array;
    }

    /// Several lines, for people and for `jq` alike.
    public static String pretty(JsonNode json) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree cannot be written", e);
        }
    }

    private static JsonNode value(@Nullable Object value) {
        var nodes = JsonNodeFactory.instance;
        return switch (value) {
            case null -> nodes.nullNode();
            case SpecificRecord record -> of(record);
            case Collection<?> items -> {
                var array = nodes.arrayNode();
                items.forEach(item -> array.add(value(item)));
                yield array;
            }
            case Boolean truth -> nodes.booleanNode(truth);
            case Integer number -> nodes.numberNode(number);
            case Long number -> nodes.numberNode(number);
            case GenericFixed bytes -> nodes.textNode(HexFormat.of().formatHex(bytes.bytes()));
            default -> nodes.textNode(value.toString());
        };
    }
}
