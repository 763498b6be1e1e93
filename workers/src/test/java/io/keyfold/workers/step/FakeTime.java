package io.keyfold.workers.step;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only by sleeping, and remembers each sleep.
public final class FakeTime implements MonotonicTime {
    private long now;
    private final List<Duration> sleeps = new ArrayList<>();

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        sleeps.add(duration);
        pass(duration);
    }

    public void pass(Duration duration) {
        now += duration.toNanos();
    }

    public List<Duration> sleeps() {
        return List.copyOf(sleeps);
    }
}
