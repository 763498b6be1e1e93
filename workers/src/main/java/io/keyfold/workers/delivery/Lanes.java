package io.keyfold.workers.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/// Runs the jobs of one key one after the other, and those of different keys at once, as many as are allowed.
///
/// Where more wait than may run, the keys' owners take turns: one that has brought thousands is served as often as one that
/// has brought two. Among one owner's keys the one that has waited longest is next.
///
/// @param <K> the keys
/// @param <O> their owners
final class Lanes<K, O> {
    private final ThreadFactory threads;
    private final int atOnce;
    private final Function<K, O> owner;

    private final Map<K, Lane<K>> lanes = new HashMap<>();
    /// Whoever has something that could run, in the order of their turns.
    private final Map<O, Queue<Lane<K>>> waiting = new LinkedHashMap<>();
    private final Set<Thread> running = new HashSet<>();

    /// @param atOnce so many jobs run at a time
    Lanes(ThreadFactory threads, int atOnce, Function<K, O> owner) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.owner = owner;
    }

    /// @param job must not throw
    synchronized void add(K key, Runnable job) {
        Lane<K> known = lanes.get(key);
        if (known != null) {
            known.jobs.add(job);
            return;
        }
        Lane<K> lane = new Lane<>(key, new ArrayDeque<>());
        lane.jobs.add(job);
        lanes.put(key, lane);
        await(lane);
        runWhatMay();
    }

    /// Interrupts what runs. What waits behind it is not kept from its turn: whoever added it knows whether to begin it.
    synchronized void interrupt() {
        running.forEach(Thread::interrupt);
    }

    private void await(Lane<K> lane) {
        waiting.computeIfAbsent(owner.apply(lane.key), _ -> new ArrayDeque<>()).add(lane);
    }

    private void runWhatMay() {
        while (running.size() < atOnce) {
            Optional<Lane<K>> next = next();
            if (next.isEmpty()) {
                return;
            }
            Lane<K> lane = next.get();
            Runnable job = lane.jobs.remove();
            Thread thread = threads.newThread(() -> {
                job.run();
                ended(lane);
            });
            running.add(thread);
            thread.start();
        }
    }

    /// The first in turn; its owner comes last from now on.
    private Optional<Lane<K>> next() {
        var turns = waiting.entrySet().iterator();
        if (!turns.hasNext()) {
            return Optional.empty();
        }
        Map.Entry<O, Queue<Lane<K>>> turn = turns.next();
        O owner = turn.getKey();
        Queue<Lane<K>> ofOwner = turn.getValue();
        turns.remove();
        Lane<K> lane = ofOwner.remove();
        if (!ofOwner.isEmpty()) {
            waiting.put(owner, ofOwner);
        }
        return Optional.of(lane);
    }

    private synchronized void ended(Lane<K> lane) {
        running.remove(Thread.currentThread());
        if (lane.jobs.isEmpty()) {
            lanes.remove(lane.key);
        } else {
            await(lane);
        }
        runWhatMay();
    }

    /// A key with the jobs that have not run.
    private record Lane<K>(K key, Queue<Runnable> jobs) {}
}
