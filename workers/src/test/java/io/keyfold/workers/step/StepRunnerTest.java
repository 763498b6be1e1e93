package io.keyfold.workers.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepRunnerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Resource KEY = Resource.ofId("key-1", "guid", "us-south");
    private static final IbmAnswer REFUSAL = new IbmAnswer(
            "Key Protect: create root key", OptionalInt.of(403), Optional.of("NO_ERR"), "You may not",
            Optional.of("7f3a"));

    private final FakeTime time = new FakeTime();
    private final Clock clock = new TimeOfDay();
    private final Gate gate = new Gate();
    private final List<Command> seen = new ArrayList<>();

    @Test
    void what_is_transient_is_tried_again_within_the_commands_time() {
        AtomicInteger calls = new AtomicInteger();
        StepRunner.Answer answer = run(provision(), (_, _, turn) -> {
            turn.look(() -> {
                if (calls.incrementAndGet() < 4) {
                    throw busy();
                }
                return true;
            });
            return new Outcome.Created(KEY, List.of(), turn.now());
        });

        assertThat(answer.outcome()).isInstanceOf(Outcome.Created.class);
        assertThat(answer.calls()).isEqualTo(4);
    }

    @Test
    @Tag("case-27")
    void what_stays_transient_is_deferred_with_its_fault() {
        Outcome outcome = run(provision(), (_, _, turn) -> turn.look(failing(busy()))).outcome();

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.until()).isEqualTo(clock.instant().plusSeconds(10));
            assertThat(deferred.why()).isEqualTo(
                    "Key Protect: create root key does not work at the moment (TRANSIENT): Try later.");
            assertThat(deferred.fault()).map(FaultReport::message).contains(
                    "hpc-1, root key: Key Protect: create root key does not work at the moment (TRANSIENT)."
                            + " Try later. There is nothing to mend.");
        });
        assertThat(time.nanoTime()).isLessThanOrEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @Test
    @Tag("case-26")
    void a_retry_after_beyond_the_commands_time_is_not_waited_for_but_told() {
        FaultException later = new FaultException(new Fault.Transient(
                FaultCode.RATE_LIMITED, IbmAnswer.ofOurs("IAM: list", "slow down"),
                Optional.of(Duration.ofMinutes(2))));

        assertThat(run(provision(), (_, _, turn) -> turn.look(failing(later))).outcome())
                .isInstanceOfSatisfying(Outcome.Deferred.class,
                        deferred -> assertThat(deferred.until()).isEqualTo(NOW.plus(Duration.ofMinutes(2))));
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void several_looks_share_the_commands_time() {
        run(provision(), (_, _, turn) -> {
            for (int look = 0; look < 10; look++) {
                AtomicInteger calls = new AtomicInteger();
                turn.look(() -> {
                    if (calls.incrementAndGet() < 5) {
                        throw busy();
                    }
                    return true;
                });
            }
            return new Outcome.NotFound();
        });

        assertThat(time.nanoTime()).isLessThanOrEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @Test
    @Tag("case-36")
    void what_is_refused_has_failed_in_three_sentences() {
        assertThat(failed(run(provision(), (_, _, turn) -> turn.create(failing(refused()))))).satisfies(fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.FORBIDDEN);
            assertThat(fault.outcomeUnknown()).isFalse();
            assertThat(fault.answer()).contains(REFUSAL);
            assertThat(fault.message()).isEqualTo(
                    "hpc-1, root key: Key Protect: create root key was refused (FORBIDDEN, HTTP 403, NO_ERR,"
                            + " transaction 7f3a). You may not. Give the worker's service ID the role that this needs.");
        });
    }

    @Test
    void a_cluster_of_another_account_is_named_whole() {
        assertThat(failed(run(of("prod"), (_, _, _) -> new Outcome.NotFound())).message()).isEqualTo(
                "prod/hpc-1, root key: this worker has no credentials for the account \"prod\". Set"
                        + " account.prod.ibm.api.key and account.prod.ibm.account.id for the workers, or name an account that"
                        + " they have. Correct what was asked for.");
        assertThat(seen).isEmpty();
    }

    @Test
    void a_failure_after_a_create_says_that_something_exists() {
        FaultReport fault = failed(run(provision(), (_, _, turn) -> {
            turn.create(() -> true);
            return turn.look(failing(refused()));
        }));

        assertThat(fault.outcomeUnknown()).isTrue();
    }

    @Test
    void a_failure_names_what_its_turn_has_made_before_it() {
        Resource made = Resource.ofId("key-1", "instance-1", "us-south");

        Outcome outcome = run(provision(), (_, _, turn) -> {
            turn.create(() -> true);
            turn.made(made);
            return turn.look(failing(refused()));
        }).outcome();

        assertThat(outcome).isInstanceOfSatisfying(
                Outcome.Failed.class, failed -> assertThat(failed.made()).contains(made));
    }

    @Test
    void what_is_put_off_after_a_create_says_that_something_may_exist() {
        assertThat(putOff((_, _, turn) -> turn.look(failing(busy()))).outcomeUnknown()).isFalse();
        assertThat(putOff((_, _, turn) -> turn.create(failing(unanswered()))).outcomeUnknown()).isTrue();
        assertThat(putOff((_, _, turn) -> {
            turn.create(() -> true);
            return turn.look(failing(busy()));
        }).outcomeUnknown()).isTrue();
    }

    private FaultReport putOff(Worker<String> worker) {
        return ((Outcome.Deferred) run(provision(), worker).outcome()).fault().orElseThrow();
    }

    private static FaultException unanswered() {
        return new FaultException(new Fault.UnknownOutcome(IbmAnswer.ofOurs("IAM: create", "timed out")));
    }

    @Test
    void a_failure_of_a_command_that_may_be_a_repetition_says_that_something_may_exist() {
        Worker<String> refusing = (_, _, turn) -> turn.create(failing(refused()));

        assertThat(failed(runner(refusing).answer(provision(), "", true, () -> true)).outcomeUnknown()).isTrue();
        assertThat(failed(run(command(Action.PROVISION, 2, false), refusing)).outcomeUnknown()).isTrue();
        assertThat(failed(run(command(Action.PROVISION, 2, true), refusing)).outcomeUnknown()).isFalse();
    }

    @Test
    void what_another_process_may_have_begun_to_delete_is_deleted_only_when_it_is_asked_for_anew() {
        for (Action action : List.of(Action.COMPENSATE, Action.SWEEP)) {
            Outcome outcome = runner((_, _, _) -> new Outcome.NotFound())
                    .answer(deletion(action), "", true, () -> true).outcome();

            assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
                assertThat(deferred.until()).isEqualTo(NOW.plusSeconds(1));
                assertThat(deferred.fault()).as("so that the saga takes it for sent").isEmpty();
                assertThat(deferred.stopsClock()).isFalse();
            });
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void a_deletion_that_fails_once_its_delete_was_sent_says_that_it_may_have_had_its_effect() {
        assertThat(notRemoved((_, _, turn) -> {
            turn.delete(() -> {
                // IBM Cloud takes it
            });
            return turn.look(failing(refused()));
        }).outcomeUnknown()).isTrue();
        assertThat(notRemoved((_, _, turn) -> {
            turn.delete(() -> {
                throw refused();
            });
            return new Outcome.NotFound();
        }).outcomeUnknown()).isFalse();
    }

    @Test
    void a_deletion_that_is_put_off_once_its_delete_was_sent_says_that_it_may_have_had_its_effect() {
        assertThat(run(deletion(Action.COMPENSATE), (_, _, turn) -> {
            turn.delete(() -> {
                // IBM Cloud takes it
            });
            return turn.look(failing(busy()));
        }).outcome()).isInstanceOfSatisfying(
                Outcome.Deferred.class,
                deferred -> assertThat(deferred.fault().orElseThrow().outcomeUnknown()).isTrue());
    }

    @Test
    void what_another_process_may_have_begun_to_delete_counts_as_sent_also_while_nothing_is_called() {
        gate.pause(new Gate.Pause(clock.instant(), "alice", "maintenance"));

        Outcome outcome = runner((_, _, _) -> new Outcome.NotFound())
                .answer(deletion(Action.COMPENSATE), "", true, () -> true).outcome();

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.fault()).isEmpty();
            assertThat(deferred.stopsClock()).isFalse();
        });
        assertThat(seen).isEmpty();
    }

    private FaultReport notRemoved(Worker<String> worker) {
        return ((Outcome.CompensationFailed) run(deletion(Action.COMPENSATE), worker).outcome()).fault();
    }

    private static Command deletion(Action action) {
        return new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, action, 1, "mark",
                NOW.plusSeconds(600), Optional.of("key-1"), false);
    }

    @Test
    void a_create_of_unknown_outcome_is_asked_for_again_when_its_call_has_ended() {
        FaultException unknown =
                new FaultException(new Fault.UnknownOutcome(IbmAnswer.ofOurs("Key Protect: create root key", "reset")));
        AtomicInteger creates = new AtomicInteger();

        Outcome outcome = run(provision(), (_, _, turn) -> turn.create(() -> {
            creates.incrementAndGet();
            throw unknown;
        })).outcome();

        assertThat(creates).hasValue(1);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.until()).isEqualTo(NOW.plusSeconds(20));
            assertThat(deferred.fault()).map(FaultReport::code).contains(FaultCode.UNKNOWN_OUTCOME);
        });
    }

    @Test
    @Tag("case-16")
    void a_look_is_allowed_after_the_commands_time_and_a_change_is_not() {
        Command late = new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, Action.PROVISION, 1, "mark",
                NOW.minusMillis(1), Optional.empty(), false);
        AtomicInteger changes = new AtomicInteger();

        Outcome outcome = run(late, (_, _, turn) -> {
            turn.look(() -> true);
            turn.delete(changes::incrementAndGet);
            return new Outcome.NotFound();
        }).outcome();

        assertThat(outcome).isEqualTo(new Outcome.Expired(
                "It was not to be acted on after 2025-12-31T23:59:59.999Z, and by this worker's clock it is"
                        + " 2026-01-01T00:00:00Z."));
        assertThat(changes).hasValue(0);
    }

    @Test
    void a_change_that_is_tried_again_is_checked_again() {
        Command soon = new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, Action.PROVISION, 1, "mark",
                NOW.plusMillis(1), Optional.empty(), false);
        AtomicInteger changes = new AtomicInteger();

        Outcome outcome = run(soon, (_, _, turn) -> turn.create(() -> {
            changes.incrementAndGet();
            throw busy();
        })).outcome();

        assertThat(outcome).isInstanceOf(Outcome.Expired.class);
        assertThat(changes).hasValue(1);
    }

    @Test
    void one_that_is_too_late_for_its_second_change_names_what_its_first_has_made() {
        Command soon = new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, Action.PROVISION, 1, "mark",
                NOW.plusMillis(1), Optional.empty(), false);
        Resource made = Resource.ofId("key-1", "instance-1", "us-south");
        AtomicInteger changes = new AtomicInteger();

        Outcome outcome = run(soon, (_, _, turn) -> {
            turn.create(() -> true);
            turn.made(made);
            return turn.create(() -> {
                changes.incrementAndGet();
                throw busy();
            });
        }).outcome();

        assertThat(outcome).isInstanceOfSatisfying(
                Outcome.Deferred.class, deferred -> assertThat(deferred.made()).contains(made));
        assertThat(changes).hasValue(1);
    }

    @Test
    void nothing_is_changed_for_a_command_that_is_anothers_by_now() {
        AtomicInteger changes = new AtomicInteger();
        StepRunner<String> runner = runner((_, _, turn) -> {
            turn.delete(changes::incrementAndGet);
            return new Outcome.NotFound();
        });

        assertThatThrownBy(() -> runner.answer(provision(), "", false, () -> false))
                .isInstanceOf(AbandonedException.class);
        assertThat(changes).hasValue(0);
    }

    @Test
    void a_command_that_is_anothers_by_now_is_looked_into_no_further() {
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean isOurs = new AtomicBoolean(true);
        StepRunner<String> runner = runner((_, _, turn) -> {
            turn.look(() -> {
                isOurs.set(false);
                return looks.incrementAndGet();
            });
            turn.look(looks::incrementAndGet);
            return new Outcome.NotFound();
        });

        assertThatThrownBy(() -> runner.answer(provision(), "", false, isOurs::get))
                .isInstanceOf(AbandonedException.class);
        assertThat(looks).hasValue(1);
    }

    @Test
    void what_was_created_is_told_of_though_the_command_is_anothers_by_now() {
        AtomicBoolean isOurs = new AtomicBoolean(true);
        StepRunner<String> runner = runner((_, _, turn) -> {
            turn.create(() -> {
                isOurs.set(false);
                return "made";
            });
            return turn.look(Outcome.NotFound::new);
        });

        assertThat(runner.answer(provision(), "", false, isOurs::get).outcome()).isEqualTo(new Outcome.NotFound());
    }

    @Test
    void a_delete_without_an_id_deletes_nothing() {
        Outcome outcome = run(command(Action.COMPENSATE, 1, false), (_, _, _) -> new Outcome.NotFound()).outcome();

        assertThat(outcome).isInstanceOfSatisfying(Outcome.CompensationFailed.class,
                failed -> assertThat(failed.fault().message()).isEqualTo(
                        "hpc-1, root key: nothing was deleted. The command does not say the id of what to delete."
                                + " Correct what was asked for."));
        assertThat(seen).isEmpty();
    }

    @Test
    void what_it_does_not_know_is_refused() {
        FaultReport fault = failed(run(command(Action.UNKNOWN, 1, false), (_, _, _) -> new Outcome.NotFound()));

        assertThat(fault.code()).isEqualTo(FaultCode.INVALID);
        assertThat(fault.message()).contains("NOT_YET_SUPPORTED", "UNKNOWN");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFY", "REPAIR"})
    void a_verify_or_repair_without_an_id_is_refused(Action action) {
        FaultReport fault = failed(run(command(action, 1, false), (_, _, _) -> new Outcome.NotFound()));

        assertThat(fault.code()).isEqualTo(FaultCode.INVALID);
        assertThat(fault.message()).contains("does not say the id");
        assertThat(seen).isEmpty();
    }

    @Test
    void only_root_keys_are_repaired() {
        Command command = new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.KMS_INSTANCE, Action.REPAIR, 1, "mark",
                NOW.plusSeconds(60), Optional.of("guid"), false);

        FaultReport fault = failed(run(command, (_, _, _) -> new Outcome.NotFound()));

        assertThat(fault.code()).isEqualTo(FaultCode.INVALID);
        assertThat(fault.message()).contains("NOT_YET_SUPPORTED", "Only root keys are repaired");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFY", "REPAIR"})
    void what_makes_nothing_never_says_that_something_may_exist(Action action) {
        Command again = new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, action, 2, "mark",
                NOW.plusSeconds(60), Optional.of("key-1"), false);

        FaultReport fault = failed(run(again, (_, _, turn) -> turn.look(failing(refused()))));

        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(fault.message()).contains("hpc-1").doesNotContain("keyfold ");
    }

    @ParameterizedTest
    @EnumSource(names = {"RESOLVE", "PROVISION"})
    void what_may_only_adopt_has_failed_for_good_also_with_the_unforeseen(Action action) {
        Worker<String> unforeseen = (_, _, turn) -> {
            turn.look(() -> true);
            throw new IllegalStateException("a bug");
        };

        assertThat(failed(run(command(action, 1, true), unforeseen)).outcomeUnknown()).isFalse();
        assertThat(failed(run(command(action, 1, false), unforeseen)).outcomeUnknown()).isTrue();
    }

    @Test
    void what_is_not_there_is_looked_for_a_second_time() {
        AtomicInteger looks = new AtomicInteger();

        run(provision(), (_, _, turn) -> {
            assertThat(turn.<Integer>lookTwice(seen -> seen == 1, looks::incrementAndGet)).isEqualTo(1);
            assertThat(turn.<Integer>lookTwice(seen -> seen == 1, looks::incrementAndGet)).isEqualTo(3);
            return new Outcome.NotFound();
        });

        assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    @Tag("case-35")
    void rejected_credentials_fail_no_cluster_and_are_not_tried_for_each() {
        FaultException rejected = new FaultException(new Fault.Transient(
                FaultCode.CREDENTIALS_REJECTED, IbmAnswer.ofOurs("IAM: token", "no such key"), Optional.empty()));
        StepRunner<String> runner = runner((_, _, turn) -> turn.create(failing(rejected)));

        Outcome first = runner.answer(provision(), "", false, () -> true).outcome();
        Outcome second = runner.answer(provision(), "", false, () -> true).outcome();

        assertThat(first).isInstanceOf(Outcome.Deferred.class);
        assertThat(second).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.stopsClock()).isTrue();
            assertThat(deferred.why()).startsWith("The worker calls nothing until ").contains("no such key");
            assertThat(deferred.fault()).map(FaultReport::code).contains(FaultCode.CREDENTIALS_REJECTED);
        });
        assertThat(seen).hasSize(1);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void an_account_whose_credentials_are_rejected_keeps_no_other_waiting() {
        FaultException rejected = new FaultException(new Fault.Transient(
                FaultCode.CREDENTIALS_REJECTED, IbmAnswer.ofOurs("IAM: token", "no such key"), Optional.empty()));
        var runners = new StepRunners<String>(Map.of(
                "default", runner((_, _, turn) -> turn.create(failing(rejected))),
                "prod", runner("prod", (_, _, _) -> new Outcome.NotFound(), new Gate())));
        Command inProd = of("prod");

        assertThat(answer(runners, provision())).isInstanceOf(Outcome.Deferred.class);
        assertThat(answer(runners, provision())).isInstanceOf(Outcome.Deferred.class);
        assertThat(answer(runners, inProd)).isInstanceOf(Outcome.NotFound.class);
        assertThat(answer(runners, of("nobodys"))).isInstanceOfSatisfying(
                Outcome.Failed.class,
                failed -> assertThat(failed.fault().message()).contains("account.nobodys.ibm.api.key"));
        assertThat(seen).hasSize(2).last().isEqualTo(inProd);
        assertThat(time.sleeps()).isEmpty();
    }

    private static Outcome answer(StepRunners<String> runners, Command command) {
        return runners.of(command).answer(command, "", false, () -> true).outcome();
    }

    private static Command of(String account) {
        return new Command(
                UUID.randomUUID(), account + "/hpc-1", account, 1, StepName.ROOT_KEY, Action.PROVISION, 1, "mark",
                NOW.plusSeconds(60), Optional.empty(), false);
    }

    @Test
    void a_paused_worker_calls_nothing_and_says_who_paused_it() {
        StepRunner<String> runner = runner((_, _, _) -> new Outcome.NotFound());
        gate.pause(new Gate.Pause(clock.instant(), "alice", "maintenance"));

        StepRunner.Answer paused = runner.answer(provision(), "", false, () -> true);
        gate.resume();
        Outcome resumed = runner.answer(provision(), "", false, () -> true).outcome();

        assertThat(paused.outcome()).isEqualTo(Outcome.Deferred.stoppingTheClock(
                clock.instant().plusSeconds(5),
                "The root-key worker is paused by alice since " + clock.instant() + ": maintenance",
                Optional.empty()));
        assertThat(paused.calls()).isZero();
        assertThat(resumed).isEqualTo(new Outcome.NotFound());
        assertThat(seen).hasSize(1);
    }

    @Test
    void a_command_is_asked_again_the_more_seldom_the_longer_its_worker_is_paused() {
        var pause = new Gate.Pause(NOW, "alice", "");

        assertThat(pause.askAgainAt(NOW.plusSeconds(10))).isEqualTo(NOW.plusSeconds(15));
        assertThat(pause.askAgainAt(NOW.plusSeconds(300))).isEqualTo(NOW.plusSeconds(330));
        assertThat(pause.askAgainAt(NOW.plusSeconds(86_400))).isEqualTo(NOW.plusSeconds(86_460));
    }

    private StepRunner.Answer run(Command command, Worker<String> worker) {
        return runner(worker).answer(command, "", false, () -> true);
    }

    private StepRunner<String> runner(Worker<String> worker) {
        return runner("default", worker, gate);
    }

    private StepRunner<String> runner(String account, Worker<String> worker, Gate gate) {
        Worker<String> watched = (command, target, turn) -> {
            seen.add(command);
            return worker.carryOut(command, target, turn);
        };
        return new StepRunner<>(
                watched,
                account,
                new Turn.Surroundings(
                        clock, time, new Random(1), Duration.ofSeconds(20), Duration.ofSeconds(20)),
                gate);
    }

    static Command provision() {
        return command(Action.PROVISION, 1, false);
    }

    private static Command command(Action action, int attempt, boolean adoptOnly) {
        return new Command(
                UUID.randomUUID(), "default/hpc-1", "default", 1, StepName.ROOT_KEY, action, attempt, "mark",
                NOW.plusSeconds(1800), Optional.empty(), adoptOnly);
    }

    private static <T> Supplier<T> failing(FaultException failure) {
        return () -> {
            throw failure;
        };
    }

    private static FaultException busy() {
        return new FaultException(new Fault.Transient(
                FaultCode.TRANSIENT, IbmAnswer.ofOurs("Key Protect: create root key", "Try later"), Optional.empty()));
    }

    private static FaultException refused() {
        return new FaultException(new Fault.Permanent(FaultCode.FORBIDDEN, REFUSAL));
    }

    private static FaultReport failed(StepRunner.Answer answer) {
        assertThat(answer.outcome()).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) answer.outcome()).fault();
    }

    /// Starts at [#NOW] and passes by waiting.
    private final class TimeOfDay extends Clock {
        @Override
        public Instant instant() {
            return NOW.plusNanos(time.nanoTime());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
