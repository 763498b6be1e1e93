package io.keyfold.cli;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Says what a process waits for: once, and again from time to time for as long as that lasts.
final class Waiting {
    private final Duration again;
    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private String last = "";
    private long saidAt;

    /// @param again    how long it says the same only once
    /// @param nanoTime as [System#nanoTime()]
    Waiting(Duration again, Consumer<String> log, LongSupplier nanoTime) {
        this.again = again;
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /// @param whatFor what is waited for; the same in other words is not news
    void say(String whatFor, String words) {
        var now = nanoTime.getAsLong();
        if (!whatFor.equals(last) || now - saidAt >= again.toNanos()) {
            log.accept(words);
            last = whatFor;
            saidAt = now;
        }
    }
}
