package io.keyfold.acceptance.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/// The types of Kubernetes, KEDA and Strimzi that `deployment/` uses, as these describe them. A field that they do not know
/// is an error here, as it is for `kubectl apply --validate=strict`.
final class KubernetesSchemas {
    private static final JsonNode SCHEMAS = read();

    private final List<String> errors = new ArrayList<>();

    private KubernetesSchemas() {}

    /// What is wrong with this object; empty if nothing is.
    static List<String> errors(JsonNode object) {
        var kind = object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        var schema = SCHEMAS.path("kinds").path(kind);
        if (schema.isMissingNode()) {
            return List.of("There is no kind " + kind);
        }
        var schemas = new KubernetesSchemas();
        schemas.check(object.path("metadata").path("name").asText(kind), object, schema);
        return schemas.errors;
    }

    private void check(String where, JsonNode value, JsonNode given) {
        var schema = given.has("$ref") ? type(given.get("$ref").asText()) : given;
        if (schema.path("x-kubernetes-int-or-string").asBoolean()
                || schema.path("format").asText().equals("int-or-string")) {
            wants(where, value, "int or string", value.isInt() || value.isTextual());
            return;
        }
        switch (schema.path("type").asText()) {
            case "object" -> object(where, value, schema);
            case "array" -> array(where, value, schema);
            case "string" -> string(where, value, schema);
            case "integer" -> wants(where, value, "integer", value.isIntegralNumber());
            case "number" -> wants(where, value, "number", value.isNumber());
            case "boolean" -> wants(where, value, "boolean", value.isBoolean());
            default -> throw new IllegalStateException(where + " has a schema that says nothing: " + schema);
        }
    }

    private void object(String where, JsonNode value, JsonNode schema) {
        if (!wants(where, value, "object", value.isObject())) {
            return;
        }
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                errors.add(where + " has no " + name.asText());
            }
        });
        var isOpen = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        value.properties().forEach(field -> {
            var path = where + "." + field.getKey();
            if (schema.path("properties").has(field.getKey())) {
                check(path, field.getValue(), schema.get("properties").get(field.getKey()));
            } else if (schema.has("additionalProperties")) {
                check(path, field.getValue(), schema.get("additionalProperties"));
            } else if (!isOpen) {
                errors.add(path + " is unknown");
            }
        });
    }

    private void array(String where, JsonNode value, JsonNode schema) {
        if (wants(where, value, "array", value.isArray())) {
            for (int index = 0; index < value.size(); index++) {
                check(where + "[" + index + "]", value.get(index), schema.path("items"));
            }
        }
    }

    private void string(String where, JsonNode value, JsonNode schema) {
        var symbols = StreamSupport.stream(schema.path("enum").spliterator(), false).map(JsonNode::asText).toList();
        if (wants(where, value, "string", value.isTextual()) && !symbols.isEmpty()
                && !symbols.contains(value.asText())) {
            errors.add(where + " is " + value + ", but has to be one of " + symbols);
        }
    }

    private boolean wants(String where, JsonNode value, String type, boolean isSo) {
        if (!isSo) {
            errors.add(where + " is " + value + ", but has to be of the type " + type);
        }
        return isSo;
    }

    private static JsonNode type(String name) {
        return Objects.requireNonNull(SCHEMAS.path("types").get(name), () -> "No type " + name);
    }

    private static JsonNode read() {
        try (var in = Objects.requireNonNull(KubernetesSchemas.class.getResourceAsStream("/kubernetes/schemas.json"))) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException("The schemas cannot be read", e);
        }
    }
}
