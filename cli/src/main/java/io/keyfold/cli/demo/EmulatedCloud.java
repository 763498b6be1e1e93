package io.keyfold.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.process.EmulatorAdmin;
import java.net.URI;

/// The emulator's admin API as the demo uses it: puts in what the examples look for, shows what is there in the end.
final class EmulatedCloud {
    /// State of a root key that can be used (Key Protect, "Key states").
    private static final int ACTIVE = 1;

    private final EmulatorAdmin admin;

    EmulatedCloud(URI address) {
        this.admin = new EmulatorAdmin(address);
    }

    /// Someone else's instances, key and authorization, and the one refusal.
    void prepare() {
        var research = admin.post("instances", object().put("name", "research-kms").put("region", "us-south"));
        admin.post("keys", object().put("instance", research.path("id").asText()).put("name", "research-root-key"));
        for (var source : new String[]{"server-protect", "is", "cloud-object-storage"}) {
            admin.post("policies", authorization(source, research));
        }
        var company = admin.post("instances", object().put("name", "company-kms").put("region", "us-south"));
        admin.post("policies", authorization("server-protect", company));

        var rule = object()
                .put("name", "key-refused")
                .put("operation", "key-protect.create_key")
                .put("body_contains", Example.REFUSED_KEY);
        rule.putObject("fault").put("type", "forbidden");
        admin.post("faults", rule);
    }

    /// Everything that is there, a row each.
    String contents() {
        var state = admin.get("state");
        var table = new Table("IN THE CLOUD", "NAME", "WHERE", "MADE BY");
        for (var instance : state.path("instances")) {
            if (instance.path("state").asText().equals("active")) {
                table.row(
                        "instance",
                        instance.path("name").asText(),
                        instance.path("region_id").asText(),
                        maker(instance, "created_by"));
            }
        }
        for (var key : state.path("keys")) {
            if (key.path("state").asInt() == ACTIVE) {
                table.row(
                        "root key",
                        key.path("name").asText(),
                        instanceName(state, key.path("instance").asText()),
                        maker(key, "createdBy"));
            }
        }
        for (var policy : state.path("policies")) {
            if (!policy.path("state").asText().equals("deleted")) {
                table.row(
                        "authorization",
                        attribute(policy.path("subjects").path(0), "serviceName"),
                        instanceName(state, attribute(policy.path("resources").path(0), "serviceInstance")),
                        maker(policy, "created_by_id"));
            }
        }
        return table.toString();
    }

    private static ObjectNode authorization(String source, JsonNode instance) {
        var body = object().put("source_service", source).put("target_instance", instance.path("id").asText());
        return source.equals("is") ? body.put("source_resource_type", "share") : body;
    }

    private static String instanceName(JsonNode state, String guid) {
        for (var instance : state.path("instances")) {
            if (instance.path("guid").asText().equals(guid)) {
                return instance.path("name").asText();
            }
        }
        return guid;
    }

    /// IBM's ids of people begin with `IBMid-`; those of programs with `iam-ServiceId-`.
    private static String maker(JsonNode thing, String field) {
        return thing.path(field).asText().startsWith("iam-ServiceId-") ? "Keyfold" : "someone else";
    }

    private static String attribute(JsonNode attributes, String name) {
        for (var attribute : attributes.path("attributes")) {
            if (attribute.path("name").asText().equals(name)) {
                return attribute.path("value").asText();
            }
        }
        return "";
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
