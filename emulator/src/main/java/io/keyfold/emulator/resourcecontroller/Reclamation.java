package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.Json;
import java.time.Instant;

/// A deleted instance on its last days.
record Reclamation(String id, Instance instance, String state, Instant created, String createdBy, Instant target) {

    static final String SCHEDULED = "SCHEDULED";

    Reclamation in(String newState) {
        return new Reclamation(id, instance, newState, created, createdBy, target);
    }

    ObjectNode json() {
        ObjectNode json = Json.object().put("id", id).put("entity_id", instance.guid())
                .put("entity_type_id", instance.offering().resourceId()).put("entity_crn", instance.crn())
                .put("resource_instance_id", instance.guid()).put("resource_group_id", instance.resourceGroup())
                .put("account_id", instance.account()).put("policy_id", "ba7d4f8e-5a9c-4d2c-8f2e-1f0a6f5f9a21")
                .put("state", state).put("target_time", target.toString()).put("created_at", created.toString())
                .put("created_by", createdBy).put("updated_at", created.toString()).put("updated_by", createdBy);
        json.putObject("custom_properties");
        return json;
    }
}
