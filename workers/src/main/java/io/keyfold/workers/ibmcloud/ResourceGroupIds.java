package io.keyfold.workers.ibmcloud;

import io.keyfold.workers.step.MonotonicTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The ids of an account's resource groups, looked up once a minute at most.
///
/// A group keeps its id, and nearly all instances are made in the same one. That one is not there is never remembered. An
/// instance that is created in one that has been deleted meanwhile is refused by IBM.
final class ResourceGroupIds {
    static final Duration KEPT = Duration.ofMinutes(1);

    private final Function<String, Optional<String>> lookUp;
    private final MonotonicTime time;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(String id, long since) {}

    /// @param lookUp asks IBM for the id of the group of a name
    ResourceGroupIds(Function<String, Optional<String>> lookUp, MonotonicTime time) {
        this.lookUp = lookUp;
        this.time = time;
    }

    Optional<String> of(String name) {
        long now = time.nanoTime();
        var before = known.get(name);
        if (before != null && now - before.since < KEPT.toNanos()) {
            return Optional.of(before.id);
        }
        var id = lookUp.apply(name);
        id.ifPresentOrElse(found -> known.put(name, new Known(found, now)), () -> known.remove(name));
        return id;
    }

    /// What was refused in a group of this id may have been so because of it: it is looked up anew.
    void doubt(String id) {
        known.values().removeIf(one -> one.id.equals(id));
    }
}
