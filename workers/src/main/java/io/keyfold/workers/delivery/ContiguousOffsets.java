package io.keyfold.workers.delivery;

import java.util.TreeSet;

/// Up to where a partition is done, while its records are finished in any order.
///
/// What is committed never passes a record that is still open: after a crash that one is delivered again, and with it
/// those behind it that were done already.
final class ContiguousOffsets {
    private final TreeSet<Long> open = new TreeSet<>();
    private long next;

    /// @param start the first offset that may be taken
    ContiguousOffsets(long start) {
        next = start;
    }

    /// A record was taken to be worked on. Offsets only grow; some are left out, where Kafka keeps its own marks.
    synchronized void taken(long offset) {
        if (offset < next) {
            throw new IllegalArgumentException("offset " + offset + " was taken although " + next + " is next");
        }
        open.add(offset);
        next = offset + 1;
    }

    synchronized void done(long offset) {
        if (!open.remove(offset)) {
            throw new IllegalArgumentException("offset " + offset + " is done, but it was not open");
        }
    }

    /// Everything before this offset was either taken or is no record: the consumer has moved on to here.
    synchronized void movedTo(long position) {
        next = Math.max(next, position);
    }

    /// The offset to commit: every record before it is done.
    synchronized long committable() {
        return open.isEmpty() ? next : open.first();
    }
}
