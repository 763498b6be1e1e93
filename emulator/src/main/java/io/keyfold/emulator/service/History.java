package io.keyfold.emulator.service;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/// What a thing was at which time, so that a list can be as old as eventual consistency makes it.
///
/// Only the last few versions are kept: an emulated list is stale by seconds or minutes, not by history.
public final class History<T> {

    private static final int VERSIONS_KEPT = 8;

    private record Version<T>(Instant since, Optional<T> value) {}

    private final Deque<Version<T>> versions = new ArrayDeque<>();

    public History(Instant since, T first) {
        put(since, first);
    }

    public void put(Instant since, T value) {
        add(new Version<>(since, Optional.of(value)));
    }

    /// From then on there is nothing.
    public void end(Instant since) {
        add(new Version<>(since, Optional.empty()));
    }

    private void add(Version<T> version) {
        versions.addFirst(version);
        if (versions.size() > VERSIONS_KEPT) {
            versions.removeLast();
        }
    }

    public Optional<T> now() {
        return versions.getFirst().value();
    }

    /// What it was at that time; nothing before it began.
    public Optional<T> at(Instant time) {
        Iterator<Version<T>> newestFirst = versions.iterator();
        while (newestFirst.hasNext()) {
            Version<T> version = newestFirst.next();
            if (!version.since().isAfter(time)) {
                return version.value();
            }
        }
        return Optional.empty();
    }
}
