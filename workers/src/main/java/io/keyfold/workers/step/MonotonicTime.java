package io.keyfold.workers.step;

import java.time.Duration;

/// Time that never jumps, and waiting; given in from outside, so that no test has to wait.
public interface MonotonicTime {
    /// Nanoseconds since some moment: only differences mean anything.
    long nanoTime();

    void sleep(Duration duration) throws InterruptedException;

    MonotonicTime SYSTEM = new MonotonicTime() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    };
}
