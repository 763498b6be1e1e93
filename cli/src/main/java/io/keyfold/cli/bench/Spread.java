package io.keyfold.cli.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How times are spread, to three digits. Filled by one thread.
final class Spread {
    private static final int DIGITS = 3;

    private final Histogram times = new Histogram(DIGITS);

    /// A time below nothing counts as nothing.
    void add(Duration time) {
        times.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(time.toNanos())));
    }

    long count() {
        return times.getTotalCount();
    }

    /// What `percent` of the times do not exceed, in milliseconds.
    double atPercent(double percent) {
        return times.getValueAtPercentile(percent) / 1000.0;
    }

    double p50() {
        return atPercent(50);
    }

    double p99() {
        return atPercent(99);
    }
}
