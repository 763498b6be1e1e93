package io.keyfold.cli.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Ends this process in order, and by force if that takes too long.
public final class BoundedEnd {
    private BoundedEnd() {}

    /// Does not return: shutdown hooks run, for so long at most by a clock that nobody sets.
    public static void exit(int code, Duration patience) {
        Thread.ofPlatform().daemon().name("last-resort").start(() -> haltAfter(patience, code));
        System.exit(code);
    }

    private static void haltAfter(Duration patience, int code) {
        try {
            TimeUnit.NANOSECONDS.sleep(patience.toNanos());
        } catch (InterruptedException e) { // nobody does; then the end in order has to do
            Thread.currentThread().interrupt();
            return;
        }
        Runtime.getRuntime().halt(code);
    }
}
