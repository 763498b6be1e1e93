package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `POST /keys`. Names may repeat; an alias is unique in its instance.
final class KeyCreation {

    private static final String ACTION = "Key could not be created";

    /// 32 bytes that no one will mistake for a secret: the material of generated standard keys.
    static final String MADE_UP = "bm90LWEtcmVhbC1rZXktb2YtMzItYnl0ZXMhISEhISE=";

    private final Desk desk;

    KeyCreation(Desk desk) {
        this.desk = desk;
    }

    HttpResponse create(Call call) throws Refusal {
        if (call.query("action").isPresent()) {
            throw KeyProtectErrors.badRequest(ACTION, "INVALID_FIELD_ERR", "The field `action` must be: absent");
        }
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        KeyRequest request = KeyRequest.read(call);
        checkImportAccess(request, open.vault());
        String ring = call.header("X-Kms-Key-Ring").orElse(Vault.DEFAULT_RING);
        if (!open.vault().rings.containsKey(ring)) {
            throw KeyProtectErrors.refusal(404, ACTION, "KEY_RING_NOT_FOUND_ERR", "Key ring does not exist");
        }
        for (String alias : request.aliases()) {
            requireFreeAlias(open.vault(), alias, ACTION);
        }
        if (open.vault().live() >= desk.cloud().behaviour().mostKeysPerInstance()) {
            throw new Refusal(KeyProtectApi.quota());
        }
        if (request.secure()) {
            checkSecureImport(request, open.vault(), call);
        }
        Key key = newKey(call, open, request, ring);
        open.vault().put(call.now(), key);
        call.touched().resource(key.id());
        return KeyJson.collection(201, KeyJson.KEY_TYPE,
                List.of(KeyJson.key(key, call.now(), !Desk.prefersMinimal(call))));
    }

    private Key newKey(Call call, Vaults.Open open, KeyRequest request, String ring) {
        Duration hidden = call.twist().invisible().orElse(Duration.ZERO);
        var labels = new Key.Labels(request.name(), request.description(), request.aliases(), ring, request.expires());
        boolean imported = request.payload().isPresent();
        Optional<String> kept = request.extractable() ? request.payload().or(() -> Optional.of(MADE_UP)) : Optional
                .empty();
        return desk.vaults().newKey(open.instance(), labels, request.extractable(), imported, kept,
                call.caller().iamId(), call.now().plus(hidden), open.vault().isPolicyEnabled("dualAuthDelete"));
    }

    void requireFreeAlias(Vault vault, String alias, String action) throws Refusal {
        if (vault.withAlias(alias, desk.cloud().behaviour().destroyedKeyHoldsAlias()).isPresent()) {
            throw KeyProtectErrors.refusal(409, action, "KEY_ALIAS_NOT_UNIQUE_ERR",
                    "One or more aliases are already associated with a key in the instance");
        }
    }

    private static void checkImportAccess(KeyRequest request, Vault vault) throws Refusal {
        ObjectNode policy = vault.instancePolicies.get("keyCreateImportAccess");
        if (policy == null || !policy.path("policy_data").path("enabled").asBoolean()) {
            return;
        }
        JsonNode allowed = policy.path("policy_data").path("attributes");
        String what = (request.payload().isPresent() ? "import" : "create")
                + (request.extractable() ? "_standard_key" : "_root_key");
        boolean withoutToken = request.payload().isPresent() && allowed.path("enforce_token").asBoolean(false)
                && !request.secure();
        if (!allowed.path(what).asBoolean(true) || withoutToken) {
            throw KeyProtectErrors.refusal(409, ACTION, "KEY_CREATE_IMPORT_ACCESS_ERR",
                    "KeyCreateImportAccess instance policy does not allow this action");
        }
    }

    private static void checkSecureImport(KeyRequest request, Vault vault, Call call) throws Refusal {
        ImportToken token = vault.importToken.filter(found -> found.isUsable(call.now()))
                .orElseThrow(() -> KeyProtectErrors.refusal(409, ACTION, "IMPORT_TOKEN_EXPIRED_ERR",
                        "The import token has expired or does not exist"));
        SecureImport.check(request, token, ACTION);
    }
}
