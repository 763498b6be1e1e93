package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PaceTest {
    private static final Duration SHORTLY = Duration.ofMillis(5);

    private final AtomicLong clock = new AtomicLong(-1000); // the clock that only counts on begins anywhere
    private final Pace pace = new Pace(clock::get);

    @Test
    void a_record_that_comes_alone_is_committed_at_once() {
        pace.given(1);

        assertThat(pace.isTimeToCommit()).isTrue();
    }

    @Test
    void what_was_given_together_is_committed_together() {
        pace.given(3);

        assertThat(pace.isTimeToCommit()).isFalse();
        assertThat(pace.isTimeToCommit()).isFalse();
        assertThat(pace.isTimeToCommit()).isTrue();
    }

    @Test
    void each_thread_has_its_own_to_work_off() throws InterruptedException {
        pace.given(2);
        var other = new boolean[1];
        Thread.ofPlatform().start(() -> {
            pace.given(1);
            other[0] = pace.isTimeToCommit();
        }).join();

        assertThat(other[0]).isTrue();
        assertThat(pace.isTimeToCommit()).isFalse();
    }

    @Test
    void many_are_left_to_the_commit_interval() {
        work(100);

        assertThat(oneMoreIsCommitted()).isFalse();
    }

    @Test
    void many_go_on_being_many_into_the_next_window_and_not_beyond() {
        work(200);

        pass(Duration.ofMillis(250));
        assertThat(oneMoreIsCommitted()).isFalse();
        pass(Duration.ofMillis(250));
        assertThat(oneMoreIsCommitted()).isTrue();
    }

    @Test
    void after_a_silence_few_are_few_again() {
        work(200);

        pass(Duration.ofMinutes(1));

        assertThat(oneMoreIsCommitted()).isTrue();
    }

    @Test
    void a_steady_trickle_is_committed_record_by_record() {
        assertThat(IntStream.range(0, 1000)).allSatisfy(_ -> {
            pass(Duration.ofMillis(3));
            assertThat(oneMoreIsCommitted()).isTrue();
        });
    }

    @Test
    void a_thread_waits_shortly_as_long_as_what_it_decided_may_wait_with_it() {
        work(200);
        assertThat(pace.patience(SHORTLY)).isEqualTo(SHORTLY);

        pace.given(0);
        pass(Duration.ofMillis(999));
        assertThat(pace.patience(SHORTLY)).isEqualTo(SHORTLY);
    }

    @Test
    void after_a_second_of_silence_it_waits_longer_until_a_record_comes() {
        pace.given(0);
        pass(Duration.ofMillis(500));
        pace.given(0);
        pass(Duration.ofMillis(500));
        assertThat(pace.patience(SHORTLY)).isEqualTo(Duration.ofMillis(100));

        pace.given(1);
        pass(Duration.ofMinutes(1));
        assertThat(pace.patience(SHORTLY)).isEqualTo(SHORTLY);
    }

    @Test
    void who_does_not_want_to_wait_or_wants_to_wait_longer_is_left_alone() {
        pace.given(0);
        pass(Duration.ofMinutes(1));

        assertThat(pace.patience(Duration.ZERO)).isZero();
        assertThat(pace.patience(Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(1));
    }

    private boolean oneMoreIsCommitted() {
        pace.given(1);
        return pace.isTimeToCommit();
    }

    private void work(int records) {
        pace.given(records);
        IntStream.range(0, records).forEach(_ -> pace.isTimeToCommit());
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
