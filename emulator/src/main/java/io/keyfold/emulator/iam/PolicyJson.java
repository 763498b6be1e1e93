package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.iam.Policy.Attribute;
import io.keyfold.emulator.iam.Policy.Version;
import io.keyfold.emulator.service.Json;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Policies in the words of version 1 (`subjects`, `roles`, `resources`) and 2 (`subject`, `control`, `resource`).
final class PolicyJson {

    private PolicyJson() {}

    static ObjectNode write(Policy policy, Version version) {
        ObjectNode json = Json.object().put("id", policy.id()).put("type", policy.type());
        if (!policy.description().isEmpty()) {
            json.put("description", policy.description());
        }
        if (version == Version.V1) {
            writeV1(policy, json);
        } else {
            writeV2(policy, json);
        }
        return json.put("href", "https://iam.cloud.ibm.com/" + (version == Version.V1 ? "v1" : "v2") + "/policies/"
                + policy.id())
                .put("created_at", time(policy))
                .put("created_by_id", policy.createdBy())
                .put("last_modified_at", time(policy))
                .put("last_modified_by_id", policy.createdBy())
                .put("state", policy.deleted() ? "deleted" : "active");
    }

    private static String time(Policy policy) {
        return policy.created().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static void writeV1(Policy policy, ObjectNode json) {
        json.putArray("subjects").addObject().set("attributes", v1(policy.subject(), false));
        ArrayNode roles = json.putArray("roles");
        policy.roles().forEach(role -> roles.addObject().put("role_id", role)
                .put("display_name", role.substring(role.lastIndexOf(':') + 1)));
        json.putArray("resources").addObject().set("attributes", v1(policy.resource(), true));
    }

    private static ArrayNode v1(List<Attribute> attributes, boolean withOperator) {
        return Json.array(attributes, attribute -> {
            ObjectNode one = Json.object().put("name", attribute.name()).put("value", attribute.value());
            return withOperator ? one.put("operator", attribute.operator()) : one;
        });
    }

    private static void writeV2(Policy policy, ObjectNode json) {
        ArrayNode roles = json.putObject("control").putObject("grant").putArray("roles");
        policy.roles().forEach(role -> roles.addObject().put("role_id", role));
        json.putObject("subject").set("attributes", v2(policy.subject()));
        json.putObject("resource").set("attributes", v2(policy.resource()));
    }

    private static ArrayNode v2(List<Attribute> attributes) {
        return Json.array(attributes, attribute -> Json.object().put("key", attribute.name())
                .put("operator", attribute.operator()).put("value", attribute.value()));
    }

    /// What a request grants to whom, in either version's words.
    record Grant(String type, String description, List<Attribute> subject, List<Attribute> resource,
            List<String> roles) {}

    /// Reads the body of a create; nothing if it is not shaped like one.
    static Optional<Grant> read(JsonNode body, Version version) {
        JsonNode subject = version == Version.V1 ? body.path("subjects").path(0) : body.path("subject");
        JsonNode resource = version == Version.V1 ? body.path("resources").path(0) : body.path("resource");
        JsonNode roleList =
                version == Version.V1 ? body.path("roles") : body.path("control").path("grant").path("roles");
        List<String> roles = new ArrayList<>();
        roleList.forEach(role -> Json.text(role, "role_id").ifPresent(roles::add));
        if (!body.isObject() || Json.text(body, "type").isEmpty() || roles.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Grant(body.path("type").asText(), Json.text(body, "description").orElse(""),
                attributes(subject), attributes(resource), roles));
    }

    private static List<Attribute> attributes(JsonNode holder) {
        List<Attribute> attributes = new ArrayList<>();
        for (JsonNode one : holder.path("attributes")) {
            String name = Json.text(one, "name").or(() -> Json.text(one, "key")).orElse("");
            attributes.add(new Attribute(name, one.path("value").asText(),
                    Json.text(one, "operator").orElse("stringEquals")));
        }
        return attributes;
    }
}
