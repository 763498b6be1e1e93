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
    private volatile boolean ending;

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

    /// Ends what runs, for good: jobs that are added from now on find their thread interrupted.
    synchronized void interrupt() {
        ending = true;
        lanes.values().forEach(lane -> lane.thread.interrupt());
    }

    private void run(K key) {
        for (var job = next(key); job.isPresent(); job = next(key)) {
            job.get().run();
            if (!ending) {
                // One job was given up with its partition; the next one may be the same record, come back.
                Thread.interrupted();
            }
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
