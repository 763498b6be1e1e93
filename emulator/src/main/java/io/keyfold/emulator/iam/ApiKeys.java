package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.types.Password;

/// The API keys that are known, and whose they are.
public final class ApiKeys {

    private record Entry(Password secret, Caller owner, boolean revoked) {}

    private final Map<String, Entry> byName = new LinkedHashMap<>();

    /// Makes a key known, in place of its owner's former one.
    public synchronized void add(String secret, Caller owner) {
        byName.put(owner.name(), new Entry(new Password(secret), owner, false));
    }

    /// No new tokens for it. Tokens already given live on until they expire, as with IAM.
    public synchronized boolean revoke(String name) {
        return byName.computeIfPresent(name, (_, entry) -> new Entry(entry.secret, entry.owner, true)) != null;
    }

    synchronized Optional<Caller> ownerOf(String secret) {
        return byName.values().stream().filter(entry -> !entry.revoked && entry.secret.value().equals(secret))
                .map(Entry::owner).findFirst();
    }

    /// The owner as it is now: roles that were changed hold at once, also for tokens given before.
    public synchronized Optional<Caller> named(String name) {
        return Optional.ofNullable(byName.get(name)).map(Entry::owner);
    }

    public synchronized Set<String> accounts() {
        return byName.values().stream().map(entry -> entry.owner.account()).collect(Collectors.toUnmodifiableSet());
    }

    public synchronized ArrayNode json() {
        return Json.array(byName.values(),
                entry -> Json.object().put("name", entry.owner.name()).put("iam_id", entry.owner.iamId())
                        .put("account", entry.owner.account()).put("revoked", entry.revoked).set("roles",
                                Json.strings(entry.owner.roles().stream().map(role -> role.ibmName()).sorted()
                                        .toList())));
    }
}
