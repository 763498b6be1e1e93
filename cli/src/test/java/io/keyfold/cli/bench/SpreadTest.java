package io.keyfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SpreadTest {
    @Test
    void half_of_the_times_are_within_the_median_and_all_but_one_in_a_hundred_within_the_99th_percentile() {
        var spread = new Spread();
        IntStream.rangeClosed(1, 1000).forEach(n -> spread.add(Duration.ofMillis(n)));

        assertThat(spread.count()).isEqualTo(1000);
        assertThat(spread.p50()).isCloseTo(500, within(1.0));
        assertThat(spread.p99()).isCloseTo(990, within(1.0));
    }

    @Test
    void a_time_below_a_millisecond_is_not_lost_and_one_below_nothing_is_nothing() {
        var spread = new Spread();
        spread.add(Duration.ofNanos(250_000));

        assertThat(spread.p50()).isEqualTo(0.25);
        spread.add(Duration.ofMillis(-3));
        assertThat(spread.p50()).isZero();
    }
}
