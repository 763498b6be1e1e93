package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Policies of keys and of the instance, and the instance's one import token.
final class PoliciesAndTokens {

    private static final String POLICY = "Policy could not be processed";
    private static final String TOKEN = "Import token could not be processed";
    private static final String POLICY_TYPE = "application/vnd.ibm.kms.policy+json";
    private static final Set<String> OF_KEYS = Set.of("rotation", "dualAuthDelete");
    private static final Set<String> OF_INSTANCES = Set.of("dualAuthDelete", "allowedNetwork", "allowedIP",
            "keyCreateImportAccess", "metrics", "rotation");

    private final Desk desk;

    PoliciesAndTokens(Desk desk) {
        this.desk = desk;
    }

    HttpResponse putKeyPolicy(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = desk.find(call, open, POLICY);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(POLICY);
        }
        JsonNode given = KeyRequest.onlyResource(call, POLICY);
        String type = call.query("policy").orElseGet(() -> given.has("dualAuthDelete") ? "dualAuthDelete" : "rotation");
        if (!OF_KEYS.contains(type) || !given.path(type).isObject()) {
            throw KeyProtectErrors.badRequest(POLICY, "BODY_QUERY_PARAM_MISMATCH_ERR",
                    "The policy in the body is not the one in the query");
        }
        if (type.equals("rotation")) {
            checkRotation(key, given.path(type));
        }
        ObjectNode policy = dated(call).put("type", POLICY_TYPE).put("crn", key.crn().replace(":key:", ":policy:"));
        policy.set(type, given.path(type));
        open.vault().policiesOf(key.id()).put(type, policy);
        if (type.equals("dualAuthDelete") && given.path(type).path("enabled").asBoolean()) {
            open.vault().put(call.now(),
                    key.with(new Key.Guard(true, key.guard().agreedBy(), key.guard().agreedAt())));
        }
        return KeyJson.collection(200, POLICY_TYPE, List.of(policy));
    }

    private static void checkRotation(Key key, JsonNode rotation) throws Refusal {
        if (key.imported() || key.extractable()) {
            throw KeyProtectErrors.badRequest(POLICY, "KEY_ROOT_REQ_ERR",
                    "Only a root key that Key Protect has generated can have a rotation policy");
        }
        int months = rotation.path("interval_month").asInt(0);
        if (rotation.path("enabled").asBoolean(true) && (months < 1 || months > 12)) {
            throw KeyProtectErrors.badRequest(POLICY, "INVALID_FIELD_ERR",
                    "The field `interval_month` must be from 1 to 12");
        }
    }

    HttpResponse getKeyPolicies(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = desk.find(call, open, POLICY);
        return policies(call, open.vault().policiesOf(key.id()));
    }

    HttpResponse putInstancePolicies(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        JsonNode body = call.json().orElseThrow(() -> KeyProtectErrors.badRequest(POLICY, "BAD_BODY_ERR",
                "The body passed in the request is not valid JSON"));
        for (JsonNode given : body.path("resources")) {
            String type = Json.text(given, "policy_type").orElse("");
            if (!OF_INSTANCES.contains(type) || !call.query("policy").map(type::equals).orElse(true)) {
                throw KeyProtectErrors.badRequest(POLICY, "BODY_QUERY_PARAM_MISMATCH_ERR",
                        "The policy in the body is not the one in the query");
            }
            ObjectNode policy = dated(call).put("policy_type", type);
            policy.set("policy_data", given.path("policy_data"));
            open.vault().instancePolicies.put(type, policy);
        }
        return HttpResponse.empty(204);
    }

    HttpResponse getInstancePolicies(Call call) throws Refusal {
        return policies(call, desk.open(call, Role.MANAGER).vault().instancePolicies);
    }

    private static HttpResponse policies(Call call, Map<String, ObjectNode> all) {
        return KeyJson.collection(200, POLICY_TYPE,
                all.entrySet().stream()
                        .filter(entry -> call.query("policy").map(entry.getKey()::equals).orElse(true))
                        .map(Map.Entry::getValue).toList());
    }

    private static ObjectNode dated(Call call) {
        String time = KeyJson.time(call.now());
        return Json.object().put("creationDate", time).put("createdBy", call.caller().iamId())
                .put("lastUpdated", time).put("updatedBy", call.caller().iamId());
    }

    /// A new one takes the place of the one before.
    HttpResponse createImportToken(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        JsonNode body = call.json().orElse(Json.object());
        // IBM's SDK writes these numbers as 600.0
        double expiration = body.path("expiration").asDouble(600);
        double retrievals = body.path("maxAllowedRetrievals").asDouble(1);
        if (expiration < 300 || expiration > 86_400 || retrievals < 1 || retrievals > 500) {
            throw KeyProtectErrors.badRequest(TOKEN, "INVALID_FIELD_ERR",
                    "The fields must be: `expiration` from 300 to 86400, `maxAllowedRetrievals` from 1 to 500");
        }
        var token = ImportToken.create(call.now(), (int) expiration, (int) retrievals);
        open.vault().importToken = Optional.of(token);
        return Json.response(200, token.json());
    }

    HttpResponse getImportToken(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        ImportToken token = open.vault().importToken
                .filter(found -> found.isUsable(call.now()) && found.retrievals() > 0)
                .orElseThrow(() -> KeyProtectErrors.refusal(409, TOKEN, "IMPORT_TOKEN_EXPIRED_ERR",
                        "The import token has expired or was retrieved as often as allowed"));
        ImportToken fetched = token.fetched();
        open.vault().importToken = Optional.of(fetched);
        return Json.response(200, fetched.jsonWithKey());
    }
}
