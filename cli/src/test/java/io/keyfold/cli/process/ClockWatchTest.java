package io.keyfold.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClockWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /// What the kernel corrects a clock by, at most.
    private static final int PPM = 500;

    private Duration wall = Duration.ofDays(20_000);
    private Duration monotonic = Duration.ofNanos(Long.MAX_VALUE).minusSeconds(30); // it may overflow
    private Duration betweenTheTwo = Duration.ZERO;
    private final ClockWatch watch = new ClockWatch(this::millis, this::nanos);

    private long millis() {
        monotonic = monotonic.plus(betweenTheTwo);
        wall = wall.plus(betweenTheTwo);
        return wall.toMillis();
    }

    private long nanos() {
        var high = monotonic.getSeconds() * 1_000_000_000L; // wraps around, as it may
        return high + monotonic.getNano();
    }

    @BeforeEach
    void a_first_look_has_nothing_to_compare_with() {
        assertThat(watch.look()).isEmpty();
    }

    private Optional<Duration> after(Duration time, Duration correction) {
        monotonic = monotonic.plus(time);
        wall = wall.plus(time).plus(correction);
        return watch.look();
    }

    @Test
    @Tag("case-110")
    void a_clock_that_is_set_back_by_six_seconds_is_seen_once() {
        assertThat(after(SECOND, Duration.ofSeconds(-6))).contains(Duration.ofSeconds(6));
        assertThat(after(SECOND, Duration.ZERO)).isEmpty();
    }

    @Test
    void one_that_is_set_back_by_an_hour_is_seen_also_late() {
        assertThat(after(Duration.ofMinutes(5), Duration.ofHours(-1))).contains(Duration.ofHours(1));
    }

    @Test
    void one_that_is_set_back_by_four_seconds_is_let_be_each_time() {
        for (int time = 0; time < 100; time++) {
            assertThat(after(SECOND, Duration.ofSeconds(-4))).isEmpty();
        }
    }

    @Test
    void one_that_is_slewed_for_a_day_is_let_be() {
        for (int second = 0; second < Duration.ofDays(1).toSeconds(); second++) {
            assertThat(after(SECOND, SECOND.multipliedBy(-PPM).dividedBy(1_000_000))).isEmpty();
        }
    }

    /// As chrony slews, by up to a twelfth, while the process stands still for an hour.
    @Test
    void one_that_is_slewed_fast_while_nobody_looks_is_let_be() {
        assertThat(after(Duration.ofHours(1), Duration.ofHours(-1).dividedBy(12))).isEmpty();
    }

    @Test
    void one_that_is_set_forward_by_an_hour_is_let_be() {
        assertThat(after(SECOND, Duration.ofHours(1))).isEmpty();
        assertThat(after(SECOND, Duration.ZERO)).isEmpty();
    }

    /// A suspended machine: the clock that nobody sets stands still meanwhile.
    @Test
    void a_machine_that_was_suspended_for_a_day_is_let_be() {
        assertThat(after(Duration.ofMillis(300), Duration.ofDays(1))).isEmpty();
        assertThat(after(SECOND, Duration.ZERO)).isEmpty();
    }

    @Test
    void a_process_that_is_stopped_between_reading_the_two_clocks_is_let_be() {
        betweenTheTwo = Duration.ofMinutes(10);
        assertThat(after(SECOND, Duration.ZERO)).isEmpty();
        betweenTheTwo = Duration.ZERO;

        assertThat(after(SECOND, Duration.ZERO)).isEmpty();
        assertThat(after(SECOND, Duration.ofSeconds(-6))).contains(Duration.ofSeconds(6));
    }
}
