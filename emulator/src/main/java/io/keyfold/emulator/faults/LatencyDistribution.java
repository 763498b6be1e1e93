package io.keyfold.emulator.faults;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a call takes, drawn anew for each.
public sealed interface LatencyDistribution {

    /// Two fixed points of the standard normal distribution: half of it lies below 0, 99 % below this.
    double NORMAL_P99 = 2.3263478740408408;

    Duration draw(RandomGenerator random);

    record Fixed(Duration time) implements LatencyDistribution {
        @Override
        public Duration draw(RandomGenerator random) {
            return time;
        }
    }

    record Uniform(Duration from, Duration to) implements LatencyDistribution {
        @Override
        public Duration draw(RandomGenerator random) {
            long span = to.minus(from).toNanos();
            return span <= 0 ? from : from.plusNanos(random.nextLong(span));
        }
    }

    /// Log-normal: the usual shape of a service's latency, many short and a few long.
    ///
    /// @param sigma standard deviation of the logarithm
    record LogNormal(Duration median, double sigma) implements LatencyDistribution {

        /// Through the median and the 99th percentile.
        public static LogNormal through(Duration p50, Duration p99) {
            double ratio = (double) p99.toNanos() / Math.max(1, p50.toNanos());
            return new LogNormal(p50, Math.log(Math.max(1, ratio)) / NORMAL_P99);
        }

        @Override
        public Duration draw(RandomGenerator random) {
            double nanos = (double) median.toNanos() * Math.exp(sigma * random.nextGaussian());
            return Duration.ofNanos((long) Math.min(nanos, (double) Duration.ofMinutes(10).toNanos()));
        }
    }
}
