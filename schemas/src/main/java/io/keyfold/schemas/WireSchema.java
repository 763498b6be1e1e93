package io.keyfold.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/// A schema as other languages see it.
///
/// Generated classes carry `avro.java.string` and the like in their schema. Confluent's serializer takes such hints out
/// before it looks a schema up (`avro.remove.java.properties`), so registration must do the same, or the look-up misses.
final class WireSchema {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WireSchema() {}

    static Schema of(Schema schema) {
        try {
            JsonNode tree = JSON.readTree(schema.toString());
            removeJavaProperties(tree);
            return new Schema.Parser().parse(tree.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro wrote a schema that is not JSON: " + schema.getFullName(), e);
        }
    }

    private static void removeJavaProperties(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> hints = new ArrayList<>();
            object.fieldNames().forEachRemaining(field -> {
                if (field.startsWith("avro.java.")) {
                    hints.add(field);
                }
            });
            object.remove(hints);
        }
        node.forEach(WireSchema::removeJavaProperties);
    }
}
