package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What one Key Protect instance holds.
final class Vault {

    static final String DEFAULT_RING = "default";

    /// @param createdBy empty for the ring that every instance has
    record Ring(String id, Instant created, String createdBy) {}

    private final Map<String, History<Key>> keys = new LinkedHashMap<>();
    /// Every key that has ever had the alias.
    private final Map<String, Set<String>> byAlias = new HashMap<>();
    private long live;
    private final Map<String, Map<String, ObjectNode>> keyPolicies = new LinkedHashMap<>();
    final Map<String, ObjectNode> instancePolicies = new LinkedHashMap<>();
    final List<Registration> registrations = new ArrayList<>();
    final Map<String, Ring> rings = new LinkedHashMap<>();
    Optional<ImportToken> importToken = Optional.empty();

    Vault(Instant created) {
        rings.put(DEFAULT_RING, new Ring(DEFAULT_RING, created, ""));
    }

    void put(Instant now, Key key) {
        History<Key> history = keys.get(key.id());
        live -= withId(key.id()).filter(before -> !before.isDestroyed()).isPresent() ? 1 : 0;
        live += key.isDestroyed() ? 0 : 1;
        if (history == null) {
            keys.put(key.id(), new History<>(now, key));
        } else {
            history.put(now, key);
        }
        key.labels().aliases().forEach(alias -> byAlias.computeIfAbsent(alias, _ -> new LinkedHashSet<>())
                .add(key.id()));
    }

    void purge(Instant now, String id) {
        History<Key> history = keys.get(id);
        live -= withId(id).filter(key -> !key.isDestroyed()).isPresent() ? 1 : 0;
        if (history != null) {
            history.end(now);
        }
        keyPolicies.remove(id);
        registrations.removeIf(registration -> registration.keyId().equals(id));
    }

    Stream<Key> keys() {
        return keys.values().stream().flatMap(history -> history.now().stream());
    }

    Stream<Key> keysAt(Instant time) {
        return keys.values().stream().flatMap(history -> history.at(time).stream());
    }

    Optional<Key> withId(String id) {
        return Optional.ofNullable(keys.get(id)).flatMap(History::now);
    }

    /// Keys in whatever state but destroyed.
    long live() {
        return live;
    }

    /// Whose alias it is. A destroyed key counts only if it still holds its aliases.
    Optional<Key> withAlias(String alias, boolean destroyedHolds) {
        return byAlias.getOrDefault(alias, Set.of()).stream().flatMap(id -> withId(id).stream())
                .filter(key -> key.labels().aliases().contains(alias))
                .filter(key -> destroyedHolds || !key.isDestroyed()).findFirst();
    }

    Stream<Registration> registrationsOf(String keyId) {
        return registrations.stream().filter(registration -> registration.keyId().equals(keyId));
    }

    Stream<Registration> registrationsOfLivingKeys() {
        return registrations.stream().filter(
                registration -> withId(registration.keyId()).filter(key -> !key.isDestroyed()).isPresent());
    }

    Map<String, ObjectNode> policiesOf(String keyId) {
        return keyPolicies.computeIfAbsent(keyId, _ -> new LinkedHashMap<>());
    }

    boolean isPolicyEnabled(String type) {
        ObjectNode policy = instancePolicies.get(type);
        return policy != null && policy.path("policy_data").path("enabled").asBoolean();
    }
}
