package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.resourcecontroller.Instance.Stage;
import io.keyfold.emulator.service.Json;
import java.time.Instant;

/// An instance as the Resource Controller writes it.
final class InstanceJson {

    private InstanceJson() {}

    static ObjectNode write(Instance one, Instant now) {
        boolean deleted = one.stage() != Stage.LIVE;
        ObjectNode json = Json.object().put("id", one.crn()).put("guid", one.guid())
                .put("url", "/v2/resource_instances/" + one.guid()).put("created_at", one.created().toString())
                .put("updated_at", one.changed().toString());
        json.put("deleted_at", deleted ? one.changed().toString() : null).put("created_by", one.createdBy())
                .put("updated_by", one.changedBy()).put("deleted_by", deleted ? one.changedBy() : "")
                .putNull("scheduled_reclaim_at").putNull("restored_at").put("scheduled_reclaim_by", "")
                .put("restored_by", "").put("name", one.name()).put("region_id", one.region())
                .put("account_id", one.account()).put("reseller_channel_id", "")
                .put("resource_plan_id", one.offering().planId()).put("resource_group_id", one.resourceGroup())
                .put("resource_group_crn", one.resourceGroupCrn())
                .put("target_crn", "crn:v1:bluemix:public:globalcatalog::::deployment:" + one.offering().planId()
                        + "%3A" + one.region())
                .put("allow_cleanup", false).put("crn", one.crn()).put("state", one.state(now))
                .put("type", "service_instance").put("sub_type", one.offering().service())
                .put("resource_id", one.offering().resourceId())
                .put("dashboard_url", "https://cloud.ibm.com/services/" + one.offering().service() + "/" + one.crn());
        json.set("last_operation", lastOperation(one, now));
        json.put("resource_aliases_url", "/v2/resource_instances/" + one.guid() + "/resource_aliases")
                .put("resource_bindings_url", "/v2/resource_instances/" + one.guid() + "/resource_bindings")
                .put("resource_keys_url", "/v2/resource_instances/" + one.guid() + "/resource_keys")
                .put("migrated", false).put("controlled_by", "").put("locked", false);
        json.putArray("plan_history").addObject().put("resource_plan_id", one.offering().planId()).put("start_date",
                one.created().toString());
        json.set("parameters", one.parameters());
        json.putObject("extensions");
        return json;
    }

    private static ObjectNode lastOperation(Instance one, Instant now) {
        String state = one.state(now);
        String type = switch (state) {
            case "provisioning", "failed" -> "create";
            case "active" -> one.changed().equals(one.created()) ? "create" : "update";
            default -> "delete";
        };
        String outcome = switch (state) {
            case "provisioning" -> "in progress";
            case "failed" -> "failed";
            default -> "succeeded";
        };
        return Json.object().put("type", type).put("state", outcome)
                .put("async", now.isBefore(one.readyAt()))
                .put("description", description(type, outcome)).put("cancelable", false)
                .put("poll", outcome.equals("in progress"));
    }

    private static String description(String type, String outcome) {
        return switch (outcome) {
            case "in progress" -> "Started " + type + " instance operation";
            case "failed" -> "The service could not complete the " + type + " instance operation";
            default -> "Completed " + type + " instance operation";
        };
    }
}
