package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/// A service instance.
///
/// @param crn also its id
/// @param readyAt when provisioning ends; the state until then is `provisioning`
/// @param failsWhenReady provisioning ends in `failed`
/// @param visibleFrom before that it is neither read nor listed
/// @param stage where its deletion stands
/// @param changed its last update
public record Instance(String guid, String crn, String name, String account, String region, Offering offering,
        String resourceGroup, String resourceGroupCrn, JsonNode parameters, List<String> tags, String createdBy,
        Instant created, Instant readyAt, boolean failsWhenReady, Instant visibleFrom, Stage stage, String changedBy,
        Instant changed) {

    /// What an instance is one of.
    public record Offering(String service, String resourceId, String planId, String planName) {}

    public enum Stage {
        LIVE, PENDING_RECLAMATION, REMOVED
    }

    public Instance {
        tags = List.copyOf(tags);
    }

    public String state(Instant now) {
        return switch (stage) {
            case REMOVED -> "removed";
            case PENDING_RECLAMATION -> "pending_reclamation";
            case LIVE -> now.isBefore(readyAt) ? "provisioning" : failsWhenReady ? "failed" : "active";
        };
    }

    public boolean isActive(Instant now) {
        return state(now).equals("active");
    }

    Instance moved(Stage next, String by, Instant at) {
        return new Instance(guid, crn, name, account, region, offering, resourceGroup, resourceGroupCrn, parameters,
                tags, createdBy, created, readyAt, failsWhenReady, visibleFrom, next, by, at);
    }

    Instance changed(String newName, Offering newPlan, JsonNode newParameters, String by, Instant at) {
        return new Instance(guid, crn, newName, account, region, newPlan, resourceGroup, resourceGroupCrn,
                newParameters, tags, createdBy, created, readyAt, failsWhenReady, visibleFrom, stage, by, at);
    }
}
