package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A cloud resource that uses a key. Consuming services make these, not Key Protect's callers.
///
/// @param preventsDeletion the resource's retention policy forbids deleting the key, by force too
record Registration(String keyId, String resourceCrn, String createdBy, Instant created, boolean preventsDeletion,
        String description) {

    ObjectNode json(Key.Version version) {
        String time = created.truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode json = Json.object().put("keyId", keyId).put("resourceCrn", resourceCrn)
                .put("createdBy", createdBy).put("creationDate", time).put("updatedBy", createdBy)
                .put("lastUpdated", time).put("description", description)
                .put("preventKeyDeletion", preventsDeletion);
        json.putObject("keyVersion").put("id", version.id()).put("creationDate",
                version.created().truncatedTo(ChronoUnit.SECONDS).toString());
        return json;
    }
}
