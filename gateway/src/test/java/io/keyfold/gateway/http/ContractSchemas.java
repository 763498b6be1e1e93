package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/// The contract's records in JSON Schema, as `AvroJson` writes them.
final class ContractSchemas {
    private final Map<String, JsonNode> all = new LinkedHashMap<>();

    private ContractSchemas() {}

    static Map<String, JsonNode> all() {
        var schemas = new ContractSchemas();
        List.of(
                ClusterEncryptionStatus.getClassSchema(),
                ClusterEncryptionAudit.getClassSchema(),
                ClusterDeployRequested.getClassSchema(),
                ControlAction.getClassSchema()).forEach(schemas::named);
        return schemas.all;
    }

    private ObjectNode named(Schema schema) {
        if (!all.containsKey(schema.getName())) {
            var json = node();
            all.put(schema.getName(), json);
            if (schema.getType() == Schema.Type.ENUM) {
                json.put("type", "string").put("description", schema.getDoc());
                schema.getEnumSymbols().forEach(json.putArray("enum")::add);
            } else {
                json.put("type", "object").put("description", schema.getDoc());
                var properties = json.putObject("properties");
                schema.getFields().forEach(field -> properties.set(field.name(), property(field)));
            }
        }
        return node().put("$ref", "#/components/schemas/" + schema.getName());
    }

    private ObjectNode property(Schema.Field field) {
        var json = of(field.schema());
        if (json.has("$ref")) {
            var wrapped = node();
            wrapped.putArray("allOf").add(json);
            json = wrapped;
        }
        return json.put("description", field.doc());
    }

    private ObjectNode of(Schema schema) {
        return switch (schema.getType()) {
            case UNION -> nullable(
                    of(
                            schema.getTypes().stream().filter(it -> it.getType() != Schema.Type.NULL).findAny()
                                    .orElseThrow()));
            case STRING -> node().put("type", "string");
            case BOOLEAN -> node().put("type", "boolean");
            case INT -> node().put("type", "integer").put("format", "int32");
            case LONG -> schema.getLogicalType() == null ? node().put("type", "integer").put("format", "int64")
                    : node().put("type", "string").put("format", "date-time");
            case FIXED -> node().put("type", "string").put("pattern", "^[0-9a-f]{" + 2 * schema.getFixedSize() + "}$");
            case ARRAY -> {
                var array = node().put("type", "array");
                array.set("items", of(schema.getElementType()));
                yield array;
            }
            default -> named(schema);
        };
    }

    private static ObjectNode nullable(ObjectNode json) {
        var nullable = node();
        if (json.has("$ref")) {
            nullable.putArray("oneOf").add(json).add(node().put("type", "null"));
        } else {
            json.properties().forEach(each -> nullable.set(each.getKey(), each.getValue()));
            var type = json.get("type");
            nullable.putArray("type").add(type).add("null");
        }
        return nullable;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
