package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyfold.workers.step.FakeTime;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RateLimitTest {
    private final FakeTime time = new FakeTime();
    private final RateLimit rate = new RateLimit(10, time);

    @Test
    @Tag("case-24")
    void a_seconds_calls_go_at_once_and_the_rest_at_the_rate() {
        calls(10);
        assertThat(elapsed()).isZero();
        calls(20);
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void a_quiet_time_saves_up_no_more_than_a_second() {
        calls(10);
        time.pass(Duration.ofMinutes(5));
        calls(20);
        assertThat(elapsed()).isEqualTo(Duration.ofMinutes(5).plusSeconds(1));
    }

    @Test
    @Tag("case-26")
    void a_pause_that_was_asked_for_holds_for_every_call() {
        rate.closeFor(Duration.ofSeconds(4));
        rate.closeFor(Duration.ofSeconds(2));
        calls(1);
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(4));
        calls(1);
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void nobody_waits_out_a_long_pause_here_but_is_told_its_end() {
        rate.closeFor(Duration.ofSeconds(30));
        time.pass(Duration.ofSeconds(10));
        assertThat(refused()).satisfies(fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.RATE_LIMITED);
            assertThat(fault.retryAfter()).contains(Duration.ofSeconds(20));
        });
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void one_odd_answer_does_not_stop_everyone_for_an_hour() {
        rate.closeFor(Duration.ofHours(1));
        time.pass(RateLimit.LONGEST_PAUSE);
        calls(1);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stays_set() {
        calls(10);
        Thread.currentThread().interrupt();
        assertThat(refused().code()).isEqualTo(FaultCode.RATE_LIMITED);
        assertThat(Thread.interrupted()).isTrue();
    }

    private void calls(int count) {
        for (int made = 0; made < count; made++) {
            rate.await("Key Protect: get root key");
        }
    }

    private Fault.Transient refused() {
        return (Fault.Transient) catchThrowableOfType(FaultException.class, () -> calls(1)).fault();
    }

    private Duration elapsed() {
        return Duration.ofNanos(time.nanoTime());
    }
}
