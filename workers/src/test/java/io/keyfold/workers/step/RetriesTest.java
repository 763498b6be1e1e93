package io.keyfold.workers.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RetriesTest {
    private static final Retries.Policy POLICY =
            new Retries.Policy(4, Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(10));

    private final FakeTime time = new FakeTime();
    private final Retries retries = new Retries(POLICY, time, new SplittableRandom(7));
    private int calls;

    @Test
    void what_works_is_called_once() {
        assertThat(retries.call(answering())).isEqualTo("done");
        assertThat(calls).isEqualTo(1);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    @Tag("case-27")
    void a_transient_fault_is_tried_again_after_waits_that_double_up_to_the_longest() {
        assertThat(retries.call(answering(unavailable(), unavailable(), unavailable()))).isEqualTo("done");
        assertThat(calls).isEqualTo(4);
        assertThat(time.sleeps()).satisfiesExactly(
                wait -> assertThat(wait).isBetween(Duration.ofMillis(100), Duration.ofMillis(200)),
                wait -> assertThat(wait).isBetween(Duration.ofMillis(200), Duration.ofMillis(400)),
                wait -> assertThat(wait).isBetween(Duration.ofMillis(250), Duration.ofMillis(500)));
    }

    @Test
    @Tag("case-26")
    void no_call_is_earlier_than_the_retry_after_it_was_given() {
        retries.call(answering(rateLimited(Duration.ofSeconds(3)), rateLimited(Duration.ofSeconds(2))));
        assertThat(time.sleeps()).satisfiesExactly(
                wait -> assertThat(wait).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3300)),
                wait -> assertThat(wait).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2200)));
    }

    @Test
    void a_wait_that_does_not_fit_into_the_budget_is_not_begun() {
        var fault = rateLimited(Duration.ofSeconds(11));
        assertThatThrownBy(() -> retries.call(answering(fault)))
                .isInstanceOfSatisfying(FaultException.class, e -> assertThat(e.fault()).isEqualTo(fault));
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void a_slow_call_uses_up_the_budget_too() {
        assertThatThrownBy(() -> retries.call(() -> {
            calls++;
            time.pass(Duration.ofSeconds(10));
            throw new FaultException(unavailable());
        })).isInstanceOf(FaultException.class);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    @Tag("case-27")
    void attempts_are_counted() {
        assertThatThrownBy(() -> retries.call(
                answering(unavailable(), unavailable(), unavailable(), unavailable(), unavailable())))
                .isInstanceOf(FaultException.class);
        assertThat(calls).isEqualTo(4);
    }

    @Test
    void an_unknown_outcome_is_never_repeated() {
        assertThatThrownBy(() -> retries.call(answering(new Fault.UnknownOutcome(answer()))))
                .isInstanceOf(FaultException.class);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    @Tag("case-36")
    void a_permanent_fault_is_never_repeated() {
        assertThatThrownBy(() -> retries.call(answering(new Fault.Permanent(FaultCode.FORBIDDEN, answer()))))
                .isInstanceOf(FaultException.class);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stays_set() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> retries.call(answering(unavailable()))).isInstanceOf(FaultException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).isEqualTo(1);
    }

    private Supplier<String> answering(Fault... faults) {
        Deque<Fault> left = new ArrayDeque<>(Arrays.asList(faults));
        return () -> {
            calls++;
            if (!left.isEmpty()) {
                throw new FaultException(left.removeFirst());
            }
            return "done";
        };
    }

    private static Fault unavailable() {
        return new Fault.Transient(FaultCode.UNAVAILABLE, answer(), Optional.empty());
    }

    private static Fault rateLimited(Duration retryAfter) {
        return new Fault.Transient(FaultCode.RATE_LIMITED, answer(), Optional.of(retryAfter));
    }

    private static IbmAnswer answer() {
        return IbmAnswer.ofOurs("Key Protect: get root key", "busy");
    }
}
