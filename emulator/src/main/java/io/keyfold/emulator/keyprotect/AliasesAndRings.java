package io.keyfold.emulator.keyprotect;

import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Second names of keys, and the rings they lie in.
final class AliasesAndRings {

    private static final String ALIAS = "Alias could not be processed";
    private static final String RING = "Key ring could not be processed";
    private static final int MOST_ALIASES = 5;
    private static final int MOST_RINGS = 51;
    private static final Pattern RING_ID = Pattern.compile("[a-zA-Z0-9-]{2,100}");

    private final Desk desk;
    private final KeyCreation creation;

    AliasesAndRings(Desk desk, KeyCreation creation) {
        this.desk = desk;
        this.creation = creation;
    }

    HttpResponse createAlias(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        Key key = liveKey(call, open);
        String alias = call.variable("alias");
        KeyRequest.checkAlias(alias, ALIAS);
        creation.requireFreeAlias(open.vault(), alias, ALIAS);
        List<String> aliases = new ArrayList<>(key.labels().aliases());
        if (aliases.size() >= MOST_ALIASES) {
            throw KeyProtectErrors.badRequest(ALIAS, "INVALID_FIELD_ERR",
                    "The field `alias` must be: at most " + MOST_ALIASES + " for a key");
        }
        aliases.add(alias);
        open.vault().put(call.now(), withAliases(key, aliases));
        var created = Json.object().put("keyId", key.id()).put("alias", alias)
                .put("createdBy", call.caller().iamId()).put("creationDate", KeyJson.time(call.now()));
        return KeyJson.collection(201, "application/vnd.ibm.kms.alias+json", List.of(created));
    }

    HttpResponse deleteAlias(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.WRITER, Role.MANAGER);
        Key key = liveKey(call, open);
        List<String> aliases = new ArrayList<>(key.labels().aliases());
        if (!aliases.remove(call.variable("alias"))) {
            throw KeyProtectErrors.refusal(404, ALIAS, "KEY_ALIAS_NOT_FOUND_ERR", "The key has no such alias");
        }
        open.vault().put(call.now(), withAliases(key, aliases));
        return HttpResponse.empty(204);
    }

    private Key liveKey(Call call, Vaults.Open open) throws Refusal {
        call.touched().resource(call.variable("id"));
        Key key = desk.find(call, open, ALIAS);
        if (key.isDestroyed()) {
            throw KeyProtectErrors.deleted(ALIAS);
        }
        return key;
    }

    private static Key withAliases(Key key, List<String> aliases) {
        return key.with(new Key.Labels(key.labels().name(), key.labels().description(), aliases, key.labels().ring(),
                key.labels().expires()));
    }

    HttpResponse listRings(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.READER, Role.READER_PLUS, Role.WRITER, Role.MANAGER);
        return KeyJson.collection(200, "application/vnd.ibm.kms.key_ring+json",
                open.vault().rings.values().stream().map(ring -> Json.object().put("id", ring.id())
                        .put("creationDate", KeyJson.time(ring.created())).put("createdBy", ring.createdBy()))
                        .toList());
    }

    HttpResponse createRing(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        String id = call.variable("id");
        call.touched().resource(id);
        if (!RING_ID.matcher(id).matches()) {
            throw KeyProtectErrors.badRequest(RING, "INVALID_FIELD_ERR",
                    "The field `key_ring_id` must be: 2 to 100 letters, digits or -");
        }
        if (open.vault().rings.containsKey(id)) {
            throw KeyProtectErrors.refusal(409, RING, "KEY_RING_ALREADY_EXISTS_ERR", "The key ring already exists");
        }
        if (open.vault().rings.size() >= MOST_RINGS) {
            throw KeyProtectErrors.badRequest(RING, "KEY_RING_QUOTA_ERR", "The instance has its 50 key rings");
        }
        open.vault().rings.put(id, new Vault.Ring(id, call.now(), call.caller().iamId()));
        return HttpResponse.empty(201);
    }

    HttpResponse deleteRing(Call call) throws Refusal {
        Vaults.Open open = desk.open(call, Role.MANAGER);
        String id = call.variable("id");
        call.touched().resource(id);
        if (id.equals(Vault.DEFAULT_RING) || !open.vault().rings.containsKey(id)) {
            throw KeyProtectErrors.refusal(404, RING, "KEY_RING_NOT_FOUND_ERR", "Key ring does not exist");
        }
        List<Key> inside = open.vault().keys().filter(key -> key.labels().ring().equals(id)).toList();
        boolean force = call.query("force").map(Boolean::parseBoolean).orElse(false);
        if (inside.stream().anyMatch(key -> !force || !key.isDestroyed())) {
            throw KeyProtectErrors.refusal(409, RING, "KEY_RING_NOT_EMPTY_ERR",
                    "The key ring contains at least one key (in any state)");
        }
        inside.forEach(key -> open.vault().put(call.now(),
                key.with(new Key.Labels(key.labels().name(), key.labels().description(), key.labels().aliases(),
                        Vault.DEFAULT_RING, key.labels().expires()))));
        open.vault().rings.remove(id);
        return HttpResponse.empty(204);
    }
}
