package io.keyfold.workflow.stream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Tells whether so little happens that each record may be committed at once.
///
/// A commit costs a few milliseconds whatever is in it. When records are rare, nobody should wait for the commit interval;
/// when they are many, committing them together is what makes them fast. Shared by all tasks of a process.
final class Pace {
    private final long quiet;
    private final AtomicLong last = new AtomicLong(System.nanoTime());

    /// @param quiet a record is rare if none came for this long before it
    Pace(Duration quiet) {
        this.quiet = quiet.toNanos();
    }

    /// To be asked once a record.
    boolean isRare() {
        long now = System.nanoTime();
        return now - last.getAndSet(now) >= quiet;
    }
}
