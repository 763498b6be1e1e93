package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Everything that only looks at keys.
final class KeyReads {

    private static final String ACTION = "Key could not be retrieved";
    private static final int USUAL_LIMIT = 200;
    private static final int MOST = 5000;
    private static final Role[] READERS = {Role.READER, Role.READER_PLUS, Role.WRITER, Role.MANAGER};

    private final Desk desk;

    KeyReads(Desk desk) {
        this.desk = desk;
    }

    HttpResponse count(Call call) throws Refusal {
        return HttpResponse.empty(200).with("Key-Total", Long.toString(matching(call).count()));
    }

    HttpResponse list(Call call) throws Refusal {
        int offset = Desk.number(call, "offset", 0, Integer.MAX_VALUE);
        int limit = Desk.number(call, "limit", USUAL_LIMIT, MOST);
        return KeyJson.collection(200, KeyJson.KEY_TYPE, matching(call).sorted(order(call)).skip(offset).limit(limit)
                .map(key -> KeyJson.key(key, call.now(), false)).toList());
    }

    private Stream<Key> matching(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, READERS);
        Duration stale = call.twist().stale().orElse(desk.cloud().behaviour().listStale());
        if (call.query("search").isPresent() && open.vault().keys().count() > MOST) {
            throw KeyProtectErrors.badRequest(ACTION, "KEY_SEARCH_TOO_BROAD",
                    "The instance holds more than " + MOST + " keys: narrow the search");
        }
        Set<Integer> states = states(call);
        return open.vault().keysAt(call.now().minus(stale)).filter(key -> !key.visibleFrom().isAfter(call.now()))
                .filter(key -> Desk.inRing(call, key)).filter(key -> states.contains(key.state(call.now())))
                .filter(key -> call.query("extractable")
                        .map(wanted -> wanted.equals(Boolean.toString(key.extractable()))).orElse(true))
                .filter(key -> call.query("search").map(KeySearch::of).map(search -> search.test(key)).orElse(true));
    }

    /// Destroyed keys only if asked for.
    private static Set<Integer> states(Call call) throws Refusal {
        try {
            return Arrays.stream(call.query("state").orElse("0,1,2,3").split(",")).map(String::trim)
                    .map(Integer::valueOf).collect(Collectors.toSet());
        } catch (NumberFormatException notAState) {
            throw KeyProtectErrors.badRequest(ACTION, "INVALID_FIELD_ERR",
                    "The field `state` must be: numbers from 0 to 5, separated by commas");
        }
    }

    private static Comparator<Key> order(Call call) {
        String sort = call.query("sort").orElse("-creationDate");
        String field = sort.startsWith("-") ? sort.substring(1) : sort;
        Comparator<Key> order = switch (field) {
            case "id" -> Comparator.comparing(Key::id);
            case "state" -> Comparator.comparingInt(key -> key.life().state());
            case "extractable" -> Comparator.comparing(Key::extractable);
            case "imported" -> Comparator.comparing(Key::imported);
            case "lastUpdateDate" -> Comparator.comparing(key -> key.life().since());
            default -> Comparator.comparing(Key::created);
        };
        return sort.startsWith("-") ? order.reversed() : order;
    }

    /// The key with its material, if it is a standard key. Gone once deleted.
    HttpResponse get(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.READER_PLUS, Role.WRITER, Role.MANAGER);
        Key key = desk.find(call, open, ACTION);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(ACTION);
        }
        return KeyJson.collection(200, KeyJson.KEY_TYPE, List.of(KeyJson.key(key, call.now(), true)));
    }

    /// Also of a deleted key, until it is purged.
    HttpResponse metadata(Call call) throws Refusal {
        Key key = desk.find(call, desk.open(call, READERS), ACTION);
        return KeyJson.collection(200, KeyJson.KEY_TYPE, List.of(KeyJson.key(key, call.now(), false)));
    }

    HttpResponse versions(Call call) throws Refusal {
        Key key = desk.find(call, desk.open(call, READERS), ACTION);
        int offset = Desk.number(call, "offset", 0, Integer.MAX_VALUE);
        int limit = Desk.number(call, "limit", USUAL_LIMIT, MOST);
        return KeyJson.collection(200, "application/vnd.ibm.kms.key.version+json",
                key.versions().stream().skip(offset).limit(limit).map(KeyJson::version).toList());
    }

    /// Also of a deleted key, until it is purged.
    HttpResponse registrations(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, READERS);
        Key key = desk.find(call, open, "Registrations could not be retrieved");
        return registrations(call, open.vault(), open.vault().registrationsOf(key.id()));
    }

    HttpResponse allRegistrations(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, READERS);
        return registrations(call, open.vault(), open.vault().registrationsOfLivingKeys());
    }

    private static HttpResponse registrations(Call call, Vault vault, Stream<Registration> all) throws Refusal {
        int offset = Desk.number(call, "offset", 0, Integer.MAX_VALUE);
        int limit = Desk.number(call, "limit", USUAL_LIMIT, MOST);
        List<Registration> found = all
                .filter(one -> call.query("preventKeyDeletion")
                        .map(wanted -> wanted.equals(Boolean.toString(one.preventsDeletion()))).orElse(true))
                .filter(one -> call.query("urlEncodedResourceCRNQuery").map(query -> CrnPattern.matches(query,
                        one.resourceCrn())).orElse(true))
                .toList();
        var page = KeyJson.envelope("application/vnd.ibm.kms.registration+json",
                found.stream().skip(offset).limit(limit).flatMap(
                        one -> vault.withId(one.keyId()).stream().map(key -> one.json(key.newest()))).toList());
        if (call.query("totalCount").map(Boolean::parseBoolean).orElse(false)) {
            ((ObjectNode) page.path("metadata")).put("totalCount", found.size());
        }
        return Json.response(200, "application/vnd.ibm.kms.registration+json", page);
    }
}
