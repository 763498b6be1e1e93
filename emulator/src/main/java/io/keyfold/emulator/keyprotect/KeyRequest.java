package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The body of `POST /keys`, checked.
///
/// @param payload base64 as sent, for an import
/// @param secure the payload is encrypted with an import token
record KeyRequest(String name, String description, List<String> aliases, Optional<Instant> expires, boolean extractable,
        Optional<String> payload, boolean secure, String encryptedNonce, String iv) {

    private static final String ACTION = "Key could not be created";
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9_-]{2,90}");
    private static final Pattern UUID_V4 = Pattern
            .compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");
    private static final Set<String> RESERVED = Set.of("allowed_ip", "key", "keys", "metadata", "policy", "policies",
            "registration", "registrations", "ring", "rings", "rotate", "wrap", "unwrap", "rewrap", "version",
            "versions");
    private static final int MOST_ALIASES = 5;
    private static final Set<Integer> ROOT_KEY_BYTES = Set.of(16, 24, 32);

    static KeyRequest read(Call call) throws Refusal {
        JsonNode resource = onlyResource(call, ACTION);
        String name = Json.text(resource, "name").orElse("");
        if (name.length() < 2 || name.length() > 90) {
            throw invalid("name", "2 to 90 characters long");
        }
        List<String> aliases = new ArrayList<>();
        resource.path("aliases").forEach(alias -> aliases.add(alias.asText()));
        if (aliases.size() > MOST_ALIASES || new HashSet<>(aliases).size() < aliases.size()) {
            throw invalid("aliases", "at most " + MOST_ALIASES + " different aliases");
        }
        for (String alias : aliases) {
            checkAlias(alias, ACTION);
        }
        boolean extractable = resource.path("extractable").asBoolean(true);
        Optional<String> payload = Json.text(resource, "payload");
        boolean secure = resource.has("encryptionAlgorithm");
        if (secure && !resource.path("encryptionAlgorithm").asText().equals("RSAES_OAEP_SHA_256")) {
            throw invalid("encryptionAlgorithm", "RSAES_OAEP_SHA_256");
        }
        if (payload.isPresent() && !secure) {
            checkPlainPayload(payload.get(), extractable);
        }
        return new KeyRequest(name, Json.text(resource, "description").orElse(""), aliases, expires(resource),
                extractable, payload, secure, Json.text(resource, "encryptedNonce").orElse(""),
                Json.text(resource, "iv").orElse(""));
    }

    /// The one resource of a body in Key Protect's envelope.
    static JsonNode onlyResource(Call call, String action) throws Refusal {
        String type = call.header("Content-Type").orElse(KeyJson.KEY_TYPE);
        if (!type.contains("json")) {
            throw KeyProtectErrors.refusal(415, action, "BAD_BODY_ERR", "The content type must be " + KeyJson.KEY_TYPE);
        }
        if (call.request().body().length == 0) {
            throw KeyProtectErrors.badRequest(action, "NO_BODY_ERR", "No body was passed in the request");
        }
        JsonNode body = call.json().filter(JsonNode::isObject).orElseThrow(() -> KeyProtectErrors.badRequest(action,
                "BAD_BODY_ERR", "The body passed in the request is not valid JSON"));
        JsonNode resources = body.path("resources");
        if (resources.size() != 1) {
            throw KeyProtectErrors.badRequest(action, "NUM_COLLECTION_RESOURCE_ERR",
                    "The number of resources in the collection must be 1");
        }
        if (body.path("metadata").path("collectionTotal").asInt(1) != resources.size()) {
            throw KeyProtectErrors.badRequest(action, "COLLECTION_TOTAL_MISMATCH_ERR",
                    "The collectionTotal is not the number of resources");
        }
        return resources.path(0);
    }

    static void checkAlias(String alias, String action) throws Refusal {
        if (!ALIAS.matcher(alias).matches() || UUID_V4.matcher(alias).matches() || RESERVED.contains(alias)) {
            throw KeyProtectErrors.badRequest(action, "INVALID_FIELD_ERR",
                    "The field `alias` must be: 2 to 90 letters, "
                            + "digits, - or _, not a version 4 UUID and not a reserved word");
        }
    }

    private static Optional<Instant> expires(JsonNode resource) throws Refusal {
        Optional<String> given = Json.text(resource, "expirationDate");
        try {
            return given.map(text -> OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notATime) {
            throw invalid("expirationDate", "an RFC 3339 time");
        }
    }

    /// The value is checked and never repeated in an answer.
    private static void checkPlainPayload(String payload, boolean extractable) throws Refusal {
        try {
            int size = Base64.getDecoder().decode(payload).length;
            if (!extractable && !ROOT_KEY_BYTES.contains(size)) {
                throw invalid("payload", "16, 24 or 32 bytes for a root key");
            }
        } catch (IllegalArgumentException notBase64) {
            throw invalid("payload", "base64 encoded");
        }
    }

    private static Refusal invalid(String field, String rule) {
        return KeyProtectErrors.badRequest(ACTION, "INVALID_FIELD_ERR", "The field `" + field + "` must be: " + rule);
    }
}
