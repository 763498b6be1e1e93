package io.keyfold.emulator.keyprotect;

import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.util.Optional;

/// What every operation on a key does first: open the instance, check the role, find the key.
final class Desk {

    private final Cloud cloud;
    private final Vaults vaults;

    Desk(Cloud cloud, Vaults vaults) {
        this.cloud = cloud;
        this.vaults = vaults;
    }

    Cloud cloud() {
        return cloud;
    }

    Vaults vaults() {
        return vaults;
    }

    Vaults.Open open(Call call, Role... allowed) throws Refusal {
        Vaults.Open open = vaults.open(call);
        if (!call.caller().hasAny(allowed)) {
            throw new Refusal(KeyProtectErrors.unauthorized());
        }
        return open;
    }

    /// The key by id or alias, as the path's `{id}` names it.
    Key find(Call call, Vaults.Open open, String action) throws Refusal {
        String id = call.variable("id");
        Key key = open.vault().withId(id)
                .or(() -> open.vault().withAlias(id, cloud.behaviour().destroyedKeyHoldsAlias()))
                .filter(found -> !found.visibleFrom().isAfter(call.now()))
                .filter(found -> inRing(call, found)).orElseThrow(() -> KeyProtectErrors.notFound(action));
        call.touched().resource(key.id());
        return key;
    }

    static boolean inRing(Call call, Key key) {
        return call.header("X-Kms-Key-Ring").map(key.labels().ring()::equals).orElse(true);
    }

    /// 204, or the key where the caller asks to see it.
    static HttpResponse minimalOr(Call call, HttpResponse representation) {
        return prefersMinimal(call) ? HttpResponse.empty(204) : representation;
    }

    static boolean prefersMinimal(Call call) {
        return call.header("Prefer").map(prefer -> prefer.contains("return=minimal")).orElse(false);
    }

    static int number(Call call, String parameter, int usual, int most) throws Refusal {
        Optional<String> given = call.query(parameter);
        try {
            int number = given.map(Integer::parseInt).orElse(usual);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, like a number out of range
        }
        throw KeyProtectErrors.badRequest("Resources could not be retrieved", "INVALID_FIELD_ERR",
                "The field `" + parameter + "` must be: a number from 0 to " + most);
    }
}
