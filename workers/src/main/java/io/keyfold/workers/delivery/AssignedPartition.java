package io.keyfold.workers.delivery;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;

/// A partition from its assignment to this process until it is let go.
///
/// Its records are begun and done in any order, but only what lies before the first that is not done can be committed. So
/// before it is given up the holes are finished: what lies before the last record that has begun is begun still, and
/// nothing behind that. Else the next owner would do again what was done behind a record that had not had its turn.
final class AssignedPartition {
    private final TopicPartition name;
    private final ContiguousOffsets offsets;
    private final long endAtAssignment;

    private long committed;
    private long lastBegun;
    private long mayBegin = Long.MAX_VALUE;
    private boolean ours = true;
    private int running;

    /// @param position        where reading starts
    /// @param endAtAssignment where the partition ended when it was assigned
    AssignedPartition(TopicPartition name, long position, long endAtAssignment) {
        this.name = name;
        this.offsets = new ContiguousOffsets(position);
        this.endAtAssignment = endAtAssignment;
        this.committed = position;
        this.lastBegun = position - 1;
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
    synchronized boolean begin(long offset) {
        if (offset >= mayBegin) {
            return false;
        }
        lastBegun = Math.max(lastBegun, offset);
        running++;
        return true;
    }

    /// What has begun is done.
    synchronized void done(long offset) {
        offsets.done(offset);
        running--;
        notifyAll();
    }

    /// What has begun has ended and is not done: nothing from here on can be committed, nor is any more of it begun.
    synchronized void leftUndone(long offset) {
        mayBegin = Math.min(mayBegin, offset);
        running--;
        notifyAll();
    }

    /// Begins nothing more behind the last record that has begun.
    synchronized void close() {
        mayBegin = Math.min(mayBegin, lastBegun + 1);
    }

    /// Whether whatever comes is begun.
    synchronized boolean isAccepting() {
        return mayBegin == Long.MAX_VALUE;
    }

    /// Once it is closed: waits until everything is done that may begin, and nothing runs.
    ///
    /// @return false if that took longer
    synchronized boolean awaitIdle(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (running > 0 || offsets.committable() < mayBegin) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return true;
    }

    /// From now on it is, or may be, another process's.
    synchronized void letGo() {
        mayBegin = Math.min(mayBegin, 0);
        ours = false;
        notifyAll();
    }

    /// Whether there is something to commit that has not been committed.
    synchronized boolean hasProgress() {
        return offsets.committable() > committed;
    }

    synchronized void committed(long offset) {
        committed = Math.max(committed, offset);
    }
}
