package io.keyfold.gateway.topic;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Lets a moment pass.
final class Pause {
    private Pause() {}

    /// At most so long; no longer than until this thread is interrupted.
    static void of(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
