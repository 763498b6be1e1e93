package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Keys, and collections of anything, as Key Protect writes them.
final class KeyJson {

    static final String KEY_TYPE = "application/vnd.ibm.kms.key+json";

    static final Duration RESTORABLE = Duration.ofDays(30);
    static final Duration PURGE_WAIT = Duration.ofHours(4);
    private static final Duration AUTO_PURGE = Duration.ofDays(90);

    private KeyJson() {}

    /// The envelope that every answer with a body has.
    static HttpResponse collection(int status, String type, List<? extends JsonNode> resources) {
        return Json.response(status, type, envelope(type, resources));
    }

    static ObjectNode envelope(String type, List<? extends JsonNode> resources) {
        ObjectNode body = Json.object();
        body.putObject("metadata").put("collectionType", type).put("collectionTotal", resources.size());
        ArrayNode array = body.putArray("resources");
        resources.forEach(array::add);
        return body;
    }

    static ObjectNode key(Key key, Instant now, boolean withPayload) {
        ObjectNode json = Json.object().put("type", KEY_TYPE).put("id", key.id()).put("name", key.labels().name());
        if (!key.labels().aliases().isEmpty()) {
            json.set("aliases", Json.strings(key.labels().aliases()));
        }
        if (!key.labels().description().isEmpty()) {
            json.put("description", key.labels().description());
        }
        json.put("state", key.state(now));
        key.labels().expires().ifPresent(expires -> json.put("expirationDate", time(expires)));
        json.put("extractable", key.extractable()).put("crn", key.crn()).put("imported", key.imported())
                .put("keyRingID", key.labels().ring()).put("creationDate", time(key.created()))
                .put("createdBy", key.createdBy()).put("algorithmType", "Deprecated");
        json.putObject("algorithmMetadata").put("bitLength", "256").put("mode", "Deprecated");
        json.put("algorithmBitSize", 256).put("algorithmMode", "Deprecated").put("lastUpdateDate",
                time(key.life().since()));
        if (key.versions().size() > 1) {
            json.put("lastRotateDate", time(key.newest().created()));
        }
        if (!key.extractable()) {
            json.set("keyVersion", version(key.newest()));
        }
        dualAuthorization(key, now, json.putObject("dualAuthDelete"));
        deletion(key, now, json);
        if (withPayload) {
            key.payload().ifPresent(payload -> json.put("payload", payload));
        }
        return json;
    }

    static ObjectNode version(Key.Version version) {
        return Json.object().put("id", version.id()).put("creationDate", time(version.created()));
    }

    private static void dualAuthorization(Key key, Instant now, ObjectNode json) {
        json.put("enabled", key.guard().dualAuthorization());
        if (key.guard().dualAuthorization()) {
            json.put("keySetForDeletion", key.guard().agreedUntil(now).isPresent());
            key.guard().agreedUntil(now).ifPresent(until -> json.put("authExpiration", time(until)));
        }
    }

    private static void deletion(Key key, Instant now, ObjectNode json) {
        json.put("deleted", key.isDestroyed());
        if (key.isDestroyed()) {
            Instant deleted = key.life().since();
            json.put("nonactiveStateReason", 2).put("deletionDate", time(deleted))
                    .put("deletedBy", key.life().by())
                    .put("restoreAllowed", now.isBefore(deleted.plus(RESTORABLE)))
                    .put("restoreExpirationDate", time(deleted.plus(RESTORABLE)))
                    .put("purgeAllowed", !now.isBefore(deleted.plus(PURGE_WAIT)))
                    .put("purgeAllowedFrom", time(deleted.plus(PURGE_WAIT)))
                    .put("purgeScheduledOn", time(deleted.plus(AUTO_PURGE)));
        }
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
