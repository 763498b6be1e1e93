package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.types.Password;

/// The trusted profiles that are known, each with the token of the one container that it is linked to.
public final class TrustedProfiles {

    private record Entry(String id, Password containerToken, Caller caller) {}

    private final Map<String, Entry> byName = new LinkedHashMap<>();

    /// Makes a profile known, or its container's token another one: the former is taken no longer.
    public synchronized void add(String id, String containerToken, Caller caller) {
        byName.put(caller.name(), new Entry(id, new Password(containerToken), caller));
    }

    /// @param idOrName as the request calls the profile
    synchronized Optional<Caller> openedBy(String containerToken, String idOrName) {
        return byName.values().stream()
                .filter(entry -> entry.id.equals(idOrName) || entry.caller.name().equals(idOrName))
                .filter(entry -> entry.containerToken.value().equals(containerToken))
                .map(Entry::caller).findFirst();
    }

    synchronized Optional<Caller> named(String name) {
        return Optional.ofNullable(byName.get(name)).map(Entry::caller);
    }

    public synchronized ArrayNode json() {
        return Json.array(byName.values(),
                entry -> Json.object().put("id", entry.id).put("name", entry.caller.name())
                        .put("iam_id", entry.caller.iamId()).put("account", entry.caller.account()));
    }
}
