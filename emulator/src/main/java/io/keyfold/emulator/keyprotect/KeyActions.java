package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.util.ArrayList;
import java.util.List;

/// Disable, enable, rotate, and moving a key to another ring.
final class KeyActions {

    private static final String ACTION = "Action could not be performed on key";

    private final Desk desk;

    KeyActions(Desk desk) {
        this.desk = desk;
    }

    HttpResponse disable(Call call) throws Refusal {
        return move(call, Key.ACTIVE, Key.SUSPENDED);
    }

    HttpResponse enable(Call call) throws Refusal {
        return move(call, Key.SUSPENDED, Key.ACTIVE);
    }

    private HttpResponse move(Call call, int from, int to) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = rootKey(call, open);
        if (key.state(call.now()) != from) {
            throw KeyProtectErrors.wrongState(ACTION);
        }
        if (from == Key.SUSPENDED
                && call.now().isBefore(key.life().since().plus(desk.cloud().behaviour().restoreWait()))) {
            throw KeyProtectErrors.tooEarly(ACTION);
        }
        open.vault().put(call.now(), key.with(new Key.Life(to, call.now(), call.caller().iamId())));
        return HttpResponse.empty(204);
    }

    private Key rootKey(Call call, Vaults.Open open) throws Refusal {
        call.touched().resource(call.variable("id"));
        Key key = desk.find(call, open, ACTION);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(ACTION);
        }
        if (key.extractable()) {
            throw KeyProtectErrors.badRequest(ACTION, "KEY_ROOT_REQ_ERR", "Requested action can only be completed "
                    + "with a root key");
        }
        return key;
    }

    HttpResponse rotate(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        Key key = rootKey(call, open);
        if (key.state(call.now()) != Key.ACTIVE) {
            throw KeyProtectErrors.wrongState(ACTION);
        }
        boolean hasPayload = call.json().map(body -> body.hasNonNull("payload")).orElse(false);
        if (key.imported() && !hasPayload) {
            throw KeyProtectErrors.badRequest(ACTION, "KEY_PAYLOAD_REQ_ERR",
                    "A payload is required to rotate an imported key");
        }
        if (!key.imported() && hasPayload) {
            throw KeyProtectErrors.badRequest(ACTION, "INVALID_FIELD_ERR",
                    "The field `payload` must be: absent for a key that Key Protect has generated");
        }
        boolean rotatedBefore = key.versions().size() > 1;
        if (rotatedBefore && call.now()
                .isBefore(key.newest().created().plus(desk.cloud().behaviour().rotationInterval()))) {
            throw KeyProtectErrors.refusal(409, ACTION, "KEY_ROTATION_NOT_PERMITTED",
                    "The key was rotated within the last hour");
        }
        List<Key.Version> versions = new ArrayList<>();
        versions.add(new Key.Version(desk.cloud().ids().uuid(), call.now()));
        versions.addAll(key.versions());
        open.vault().put(call.now(), key.with(versions));
        return HttpResponse.empty(204);
    }

    HttpResponse moveToRing(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        Key key = desk.find(call, open, ACTION);
        String ring = call.json().flatMap(body -> Json.text(body, "keyRingID"))
                .orElseThrow(() -> KeyProtectErrors.badRequest(ACTION, "BAD_BODY_ERR", "keyRingID is needed"));
        if (!open.vault().rings.containsKey(ring)) {
            throw KeyProtectErrors.refusal(404, ACTION, "KEY_RING_NOT_FOUND_ERR", "Key ring does not exist");
        }
        var labels = new Key.Labels(key.labels().name(), key.labels().description(), key.labels().aliases(), ring,
                key.labels().expires());
        Key moved = key.with(labels);
        open.vault().put(call.now(), moved);
        List<JsonNode> shown = List.of(KeyJson.key(moved, call.now(), false));
        return KeyJson.collection(200, KeyJson.KEY_TYPE, shown);
    }
}
