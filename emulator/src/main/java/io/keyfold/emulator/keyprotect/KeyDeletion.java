package io.keyfold.emulator.keyprotect;

import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The end of a key: deleted (restorable for 30 days), then purged.
final class KeyDeletion {

    private static final String DELETE = "Key could not be deleted";
    private static final String PURGE = "Key could not be purged";
    private static final String RESTORE = "Key could not be restored";

    private final Desk desk;

    KeyDeletion(Desk desk) {
        this.desk = desk;
    }

    HttpResponse delete(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = desk.find(call, open, DELETE);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(DELETE);
        }
        checkDualAuthorization(key, call);
        checkRegistrations(open.vault(), key, call);
        Key destroyed = key.with(new Key.Life(Key.DESTROYED, call.now(), call.caller().iamId()));
        // What is registered with it stays, to be read and to be restored with it, until it is purged.
        open.vault().put(call.now(), destroyed);
        return Desk.minimalOr(call,
                KeyJson.collection(200, KeyJson.KEY_TYPE, List.of(KeyJson.key(destroyed, call.now(), false))));
    }

    private static void checkDualAuthorization(Key key, Call call) throws Refusal {
        Key.Guard guard = key.guard();
        boolean byAnother = guard.agreedUntil(call.now()).isPresent()
                && guard.agreedBy().map(agreed -> !agreed.equals(call.caller().iamId())).orElse(false);
        if (guard.dualAuthorization() && !byAnother) {
            throw KeyProtectErrors.refusal(409, DELETE, "AUTHORIZATIONS_NOT_MET",
                    "Number of authorizations required to delete is not met");
        }
    }

    private static void checkRegistrations(Vault vault, Key key, Call call) throws Refusal {
        if (vault.registrationsOf(key.id()).anyMatch(Registration::preventsDeletion)) {
            throw KeyProtectErrors.refusal(409, DELETE, "PREV_KEY_DEL_ERR",
                    "The key cannot be deleted because it's protecting a cloud resource that has a retention policy");
        }
        boolean force = call.query("force").map(Boolean::parseBoolean).orElse(false);
        if (!force && vault.registrationsOf(key.id()).findAny().isPresent()) {
            HttpResponse plain = KeyProtectErrors.response(409, DELETE, "PROTECTED_RESOURCE_ERR",
                    "Key is protecting one or more cloud resources");
            // IBM's own answer names the parameter that would override it.
            String body = plain.text().replace("\"status\":409,",
                    "\"status\":409,\"target\":{\"type\":\"query_param\",\"name\":\"force\"},");
            throw new Refusal(HttpResponse.text(409, "application/json", body));
        }
    }

    HttpResponse purge(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Vaults.Open open = desk.open(call, Role.KEY_PURGE);
        Key key = desk.find(call, open, PURGE);
        if (!key.isDestroyed()) {
            throw KeyProtectErrors.wrongState(PURGE);
        }
        if (call.now().isBefore(key.life().since().plus(KeyJson.PURGE_WAIT))) {
            throw KeyProtectErrors.tooEarly(PURGE);
        }
        open.vault().purge(call.now(), key.id());
        return Desk.minimalOr(call,
                KeyJson.collection(200, KeyJson.KEY_TYPE, List.of(KeyJson.key(key, call.now(), false))));
    }

    HttpResponse restore(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = desk.find(call, open, RESTORE);
        Instant deleted = key.life().since();
        if (!key.isDestroyed()) {
            throw KeyProtectErrors.wrongState(RESTORE);
        }
        if (call.now().isBefore(deleted.plus(desk.cloud().behaviour().restoreWait()))) {
            throw KeyProtectErrors.tooEarly(RESTORE);
        }
        if (!call.now().isBefore(deleted.plus(KeyJson.RESTORABLE))) {
            throw KeyProtectErrors.badRequest(RESTORE, "KEY_RESTORE_EXPIRED", "The key can no longer be restored");
        }
        if (key.labels().expires().map(expires -> !call.now().isBefore(expires)).orElse(false)) {
            throw KeyProtectErrors.badRequest(RESTORE, "KEY_EXPIRED_ERR", "The key has expired");
        }
        List<String> aliases = key.labels().aliases().stream()
                .filter(alias -> open.vault().withAlias(alias, false).isEmpty()).toList();
        var labels = new Key.Labels(key.labels().name(), key.labels().description(), aliases, key.labels().ring(),
                key.labels().expires());
        Key restored = key.with(labels).with(new Key.Life(Key.ACTIVE, call.now(), call.caller().iamId()));
        open.vault().put(call.now(), restored);
        return KeyJson.collection(201, KeyJson.KEY_TYPE, List.of(KeyJson.key(restored, call.now(), false)));
    }

    HttpResponse setForDeletion(Call call) throws Refusal {
        return agree(call, true);
    }

    HttpResponse unsetForDeletion(Call call) throws Refusal {
        return agree(call, false);
    }

    private HttpResponse agree(Call call, boolean agrees) throws Refusal {
        call.touched().resource(call.variable("id"));
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        Key key = desk.find(call, open, DELETE);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(DELETE);
        }
        if (!key.guard().dualAuthorization()) {
            throw KeyProtectErrors.refusal(409, DELETE, "NOT_DUAL_AUTH_ERR",
                    "The key is not dual auth enabled and cannot be set for deletion");
        }
        var guard = agrees
                ? new Key.Guard(true, Optional.of(call.caller().iamId()), Optional.of(call.now()))
                : new Key.Guard(true, Optional.empty(), Optional.empty());
        open.vault().put(call.now(), key.with(guard));
        return HttpResponse.empty(204);
    }
}
