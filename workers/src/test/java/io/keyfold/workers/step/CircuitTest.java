package io.keyfold.workers.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private static final Fault REJECTED = fault(FaultCode.CREDENTIALS_REJECTED);
    private static final Fault DEAD = fault(FaultCode.UNAVAILABLE);

    private final Circuit circuit = new Circuit();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    @Tag("case-35")
    void rejected_credentials_open_it_at_once() {
        assertThat(circuit.failed(REJECTED, now)).map(Circuit.Open::until).contains(now.plusSeconds(5));
        assertThat(circuit.check(now.plusSeconds(4))).isPresent();
    }

    @Test
    @Tag("case-27")
    void a_dead_API_opens_it_after_five_commands_in_a_row() {
        for (int command = 0; command < 4; command++) {
            assertThat(circuit.failed(DEAD, now)).isEmpty();
        }
        assertThat(circuit.failed(DEAD, now)).isPresent();
    }

    @Test
    void one_success_between_keeps_it_closed() {
        for (int command = 0; command < 20; command++) {
            assertThat(circuit.failed(DEAD, now)).isEmpty();
            if (command % 4 == 3) {
                circuit.worked();
            }
        }
    }

    @Test
    void a_busy_or_wrong_API_does_not_open_it() {
        for (int command = 0; command < 20; command++) {
            assertThat(circuit.failed(fault(FaultCode.RATE_LIMITED), now)).isEmpty();
            assertThat(circuit.failed(fault(FaultCode.TRANSIENT), now)).isEmpty();
        }
    }

    @Test
    void those_that_fail_together_open_it_once() {
        circuit.failed(REJECTED, now);
        for (int command = 0; command < 100; command++) {
            circuit.failed(REJECTED, now);
        }
        assertThat(circuit.check(now)).map(Circuit.Open::until).contains(now.plusSeconds(5));
    }

    @Test
    void one_tries_when_its_time_is_over_and_the_others_wait_for_that() {
        circuit.failed(REJECTED, now);
        pass(Duration.ofSeconds(5));

        assertThat(circuit.check(now)).isEmpty();
        assertThat(circuit.check(now)).isPresent();
        circuit.worked();
        assertThat(circuit.check(now)).isEmpty();
    }

    @Test
    void each_try_in_vain_makes_the_pause_longer_up_to_a_minute() {
        Instant since = now;
        circuit.failed(REJECTED, now);
        for (int pause : new int[]{5, 10, 20, 40, 60, 60}) {
            assertThat(circuit.check(now)).contains(new Circuit.Open(now.plusSeconds(pause), since, REJECTED));
            pass(Duration.ofSeconds(pause));
            assertThat(circuit.check(now)).isEmpty();
            circuit.failed(REJECTED, now);
        }
    }

    @Test
    void a_try_that_never_reports_is_followed_by_another() {
        circuit.failed(REJECTED, now);
        pass(Duration.ofSeconds(5));
        assertThat(circuit.check(now)).isEmpty();
        pass(Duration.ofSeconds(30));
        assertThat(circuit.check(now)).isEmpty();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private static Fault fault(FaultCode code) {
        return new Fault.Transient(code, IbmAnswer.ofOurs("IAM: token", "no"), Optional.empty());
    }
}
