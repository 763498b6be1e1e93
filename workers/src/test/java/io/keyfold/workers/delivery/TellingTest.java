package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.Turn;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Two processes of one kind, and the one record in which both tell how the kind stands.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TellingTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<WorkerStatus> topic = new ArrayList<>();
    private final Process a = new Process("root-key@a");
    private final Process b = new Process("root-key@b");
    private Instant now = START;

    @Test
    void the_first_one_says_that_it_works() {
        settle();
        assertThat(topic).singleElement().satisfies(
                told -> assertThat(told.getState()).isEqualTo(WorkerState.WORKING));
    }

    @Test
    void an_open_circuit_is_told_with_the_words_of_IBM_and_what_to_do_and_closed_by_a_call_that_is_answered() {
        a.call(true);
        settle();
        assertThat(last().getState()).isEqualTo(WorkerState.CIRCUIT_OPEN);
        assertThat(last().getWhy()).contains("API key not found");
        assertThat(last().getNextTryAt()).isEqualTo(now.plusSeconds(5));
        assertThat(last().getFault().getMessage()).startsWith("root-key worker: ")
                .endsWith("it then goes on by itself. One that it got as a setting takes a restart.");

        pass(6);
        a.call(false);
        settle();
        assertThat(last().getState()).isEqualTo(WorkerState.WORKING);
    }

    @Test
    void each_try_in_vain_is_told_with_the_first_ones_time() {
        a.call(true);
        settle();
        pass(6);
        a.call(true);
        settle();
        assertThat(last().getSince()).isEqualTo(START);
        assertThat(last().getNextTryAt()).isEqualTo(now.plusSeconds(10));
    }

    @Test
    void one_that_closes_its_circuit_hides_the_open_one_of_another_only_until_that_reads_it() {
        a.call(true);
        b.call(true);
        settle();
        pass(6);
        a.call(false);
        a.tell();
        b.call(true);
        settle();
        assertThat(last().getState()).isEqualTo(WorkerState.CIRCUIT_OPEN);
        assertThat(last().getToldBy()).isEqualTo("root-key@b");
    }

    @Test
    void they_do_not_contradict_each_other_more_often_than_once_a_minute() {
        for (int second = 0; second < 600; second++) {
            a.call(true);
            b.call(false);
            settle();
            pass(1);
        }
        // Two a minute from contradicting, two at most from the tries of the open one.
        assertThat(topic).hasSizeLessThan(10 * 4 + 10);
    }

    @Test
    void what_a_process_that_has_died_has_told_is_put_right_by_the_next_call_of_another() {
        a.call(true);
        a.tell();
        pass(1);
        b.call(false);
        b.tell();
        assertThat(last().getState()).isEqualTo(WorkerState.WORKING);
    }

    @Test
    void an_idle_one_whose_wait_is_over_leaves_the_word_to_one_that_works() {
        a.call(true);
        settle();
        pass(60);
        b.call(false);
        settle();
        assertThat(last().getState()).isEqualTo(WorkerState.WORKING);
    }

    @Test
    void a_pause_is_told_once_and_its_end_too() {
        settle();
        var pause = new Gate.Pause(START, "alice", "maintenance");
        a.gate.pause(pause);
        b.gate.pause(pause);
        settle();
        assertThat(last().getWhy()).isEqualTo("paused by alice since " + START + ": maintenance");
        a.gate.resume();
        b.gate.resume();
        settle();
        assertThat(topic).extracting(WorkerStatus::getState)
                .containsExactly(WorkerState.WORKING, WorkerState.PAUSED, WorkerState.WORKING);
    }

    private void pass(int seconds) {
        now = now.plusSeconds(seconds);
    }

    private WorkerStatus last() {
        return topic.getLast();
    }

    /// Both read and tell until neither has anything to say.
    private void settle() {
        int before;
        do {
            before = topic.size();
            a.tell();
            b.tell();
        } while (topic.size() > before && topic.size() < 1000);
    }

    private final class Process {
        private final Telling telling;
        private final Gate gate = new Gate();
        private final StepRunner<Boolean> runner;
        private Optional<Instant> overruled = Optional.empty();

        private Process(String name) {
            telling = new Telling("default", WorkerKind.ROOT_KEY, name);
            runner = new StepRunner<>(
                    (_, rejected, turn) -> turn.look(() -> {
                        if (rejected) {
                            throw new FaultException(new Fault.Transient(
                                    FaultCode.CREDENTIALS_REJECTED,
                                    IbmAnswer.ofOurs("IAM: token", "API key not found"),
                                    Optional.empty()));
                        }
                        return new Outcome.NotFound();
                    }),
                    "default",
                    new Turn.Surroundings(
                            new Now(), MonotonicTime.SYSTEM, new Random(1), Duration.ofSeconds(20),
                            Duration.ofSeconds(20)),
                    gate);
        }

        private void call(boolean rejected) {
            runner.answer(
                    new Command(
                            UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, Action.RESOLVE, 1,
                            "mark", now.plusSeconds(1800), Optional.empty(), false),
                    rejected,
                    false,
                    () -> true);
        }

        private void tell() {
            Optional<WorkerStatus> told = topic.isEmpty() ? Optional.empty() : Optional.of(last());
            telling.next(gate, told, overruled, now).ifPresent(next -> {
                if (telling.overrules(next, told)) {
                    overruled = Optional.of(now);
                }
                topic.add(next);
            });
        }
    }

    private final class Now extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
