package io.keyfold.workers.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;

/// Runs the jobs of one key one after the other, and those of different keys at once: a thread for each key that has any.
final class Lanes<K> {
    private final Map<K, Lane> lanes = new HashMap<>();
    private final ThreadFactory threads;

    Lanes(ThreadFactory threads) {
        this.threads = threads;
    }

    /// @param job must not throw
    synchronized void add(K key, Runnable job) {
        Lane known = lanes.get(key);
        if (known != null) {
            known.jobs.add(job);
            return;
        }
        Thread thread = threads.newThread(() -> run(key));
        Lane lane = new Lane(new ArrayDeque<>(), thread);
        lane.jobs.add(job);
        lanes.put(key, lane);
        thread.start();
    }

    /// Interrupts what runs. What waits behind it is not kept from its turn: whoever added it knows whether to begin it.
    synchronized void interrupt() {
        lanes.values().forEach(lane -> lane.thread.interrupt());
    }

    private void run(K key) {
        for (var job = next(key); job.isPresent(); job = next(key)) {
            job.get().run();
        }
    }

    /// Empty: the key has no more jobs, and no lane from now on.
    private synchronized Optional<Runnable> next(K key) {
        Optional<Runnable> job = Optional.ofNullable(lanes.get(key)).map(lane -> lane.jobs.poll());
        if (job.isEmpty()) {
            lanes.remove(key);
        }
        return job;
    }

    private record Lane(Queue<Runnable> jobs, Thread thread) {}
}
