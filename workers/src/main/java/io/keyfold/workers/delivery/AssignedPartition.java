package io.keyfold.workers.delivery;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;

/// A partition from its assignment to this process until it is let go.
final class AssignedPartition {
    private final TopicPartition name;
    private final ContiguousOffsets offsets;
    private final long endAtAssignment;

    private long committed;
    private boolean accepting = true;
    private boolean ours = true;
    private int running;

    /// @param position        where reading starts
    /// @param endAtAssignment where the partition ended when it was assigned
    AssignedPartition(TopicPartition name, long position, long endAtAssignment) {
        this.name = name;
        this.offsets = new ContiguousOffsets(position);
        this.endAtAssignment = endAtAssignment;
        this.committed = position;
    }

    TopicPartition name() {
        return name;
    }

    ContiguousOffsets offsets() {
        return offsets;
    }

    /// Somebody before us may have begun to work on it.
    boolean wasWaiting(long offset) {
        return offset < endAtAssignment;
    }

    synchronized boolean isOurs() {
        return ours;
    }

    /// False: do not begin, the next owner will.
    synchronized boolean begin() {
        if (accepting) {
            running++;
        }
        return accepting;
    }

    synchronized void end() {
        running--;
        notifyAll();
    }

    /// Begins nothing more.
    synchronized void close() {
        accepting = false;
    }

    synchronized boolean isAccepting() {
        return accepting;
    }

    /// Waits for what has begun.
    synchronized void awaitIdle(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); running > 0 && left > 0; left = deadline - System.nanoTime()) {
            wait(Math.max(1, left / 1_000_000));
        }
    }

    /// From now on it is, or may be, another process's.
    synchronized void letGo() {
        accepting = false;
        ours = false;
    }

    /// Whether there is something to commit that has not been committed.
    synchronized boolean hasProgress() {
        return offsets.committable() > committed;
    }

    synchronized void committed(long offset) {
        committed = Math.max(committed, offset);
    }
}
