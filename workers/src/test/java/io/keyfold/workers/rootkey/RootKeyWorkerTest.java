package io.keyfold.workers.rootkey;

import static io.keyfold.workers.EmulatedAccount.MARK;
import static io.keyfold.workers.EmulatedAccount.adopting;
import static io.keyfold.workers.EmulatedAccount.answer;
import static io.keyfold.workers.EmulatedAccount.expecting;
import static java.time.temporal.ChronoUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyfold.emulator.service.Role;
import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class RootKeyWorkerTest {
    private static final String NAME = "hpc-1-key";
    private static final String CREATE = "key-protect.create_key";
    private static final String LOOK = "key-protect.get_key_metadata";
    private static final String LIST = "key-protect.list_keys";
    private static final String SET_POLICY = "key-protect.put_key_policies";
    private static final String GET_ROTATION = "key-protect.get_key_policies";
    private static final String DELETE = "key-protect.delete_key";
    private static final String AGREE = "key-protect.set_key_for_deletion";

    private final EmulatedAccount account = new EmulatedAccount();
    private final InstanceAddress instance = account.anInstance();
    private final KeyTarget target = new KeyTarget(instance, NAME, Optional.empty(), false, Optional.empty());
    private final KeyTarget rotating = new KeyTarget(instance, NAME, Optional.of(3), false, Optional.empty());
    private final KeyTarget guarded = new KeyTarget(instance, NAME, Optional.empty(), true, Optional.empty());
    private final StepRunner<KeyTarget> process = account.process(
            new RootKeyWorker(account.cloud().rootKeys(), reference -> {
                throw new AssertionError("no material is brought here: " + reference);
            }));

    @AfterEach
    void close() {
        account.close();
    }

    // Rotation

    @Test
    void a_new_key_is_ready_once_its_rotation_is_read_back() {
        Resource key = created(answer(process, provision(), rotating)).resource();

        assertThat(rotationOf(key)).contains(3);
        created(answer(process, provision(), rotating));
        assertThat(account.emulator().cloud().counts().calls(SET_POLICY)).isEqualTo(1);
        assertThat(rotationOf(created(answer(process, provision(), target)).resource())).contains(3);
    }

    static Stream<Arguments> faultsOfARotation() {
        return Stream.of(SET_POLICY, GET_ROTATION)
                .flatMap(call -> Faults.all().stream().map(fault -> Arguments.of(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfARotation")
    void whatever_becomes_of_setting_it_there_is_one_key_with_its_rotation(String call, String fault) {
        account.strike(call, fault);

        Resource key = created(account.untilSettled(process, provision(), rotating)).resource();

        account.emulator().cloud().faults().clear();
        assertThat(account.cloud().rootKeys().named(instance, NAME)).extracting(RootKey::id).containsExactly(key.id());
        assertThat(rotationOf(key)).contains(3);
    }

    @Test
    void a_rotation_that_is_refused_fails_the_step_and_the_key_is_still_to_be_undone() {
        account.strike(SET_POLICY, 9, Faults.FORBIDDEN);

        assertThat(answer(process, provision(), rotating)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.fault().code()).isEqualTo(FaultCode.FORBIDDEN);
            assertThat(failed.fault().outcomeUnknown()).isTrue();
            assertThat(failed.fault().message()).contains("set a key's rotation");
        });
    }

    private Optional<Integer> rotationOf(Resource key) {
        return account.cloud().rootKeys().rotation(instance, key.id());
    }

    // Deletion by two

    @Test
    void a_new_key_is_ready_once_it_reads_that_deleting_it_takes_two() {
        Resource key = created(answer(process, provision(), guarded)).resource();

        assertThat(takesTwo(key)).isTrue();
        created(answer(process, provision(), guarded));
        assertThat(account.emulator().cloud().counts().calls(SET_POLICY)).isEqualTo(1);
        assertThat(answer(process, expecting(compensate(), key.id()), guarded))
                .isInstanceOfSatisfying(
                        Outcome.CompensationFailed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo(FaultCode.SECOND_AUTHORIZATION_NEEDED));
    }

    @Test
    void a_key_that_has_it_from_its_instance_is_not_given_it_again() {
        Resource key = created(answer(process, provision(), target)).resource();
        requireTwo(key.id());

        created(answer(process, provision(), guarded));
        assertThat(account.sent(SET_POLICY)).isZero();
    }

    static Stream<Arguments> faultsOfAGuard() {
        return Stream.of(SET_POLICY, LOOK)
                .flatMap(call -> Faults.all().stream().map(fault -> Arguments.of(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAGuard")
    void whatever_becomes_of_a_call_there_is_one_key_that_takes_two(String call, String fault) {
        account.strike(call, fault);

        Resource key = created(account.untilSettled(process, provision(), guarded)).resource();

        account.emulator().cloud().faults().clear();
        assertThat(account.cloud().rootKeys().named(instance, NAME)).extracting(RootKey::id).containsExactly(key.id());
        assertThat(takesTwo(key)).isTrue();
    }

    @Test
    void where_the_rotation_is_refused_the_worker_alone_still_undoes_the_key() {
        account.strike(SET_POLICY, 9, Faults.FORBIDDEN);
        KeyTarget both = new KeyTarget(instance, NAME, Optional.of(3), true, Optional.empty());

        assertThat(answer(process, provision(), both)).isInstanceOf(Outcome.Failed.class);

        account.emulator().cloud().faults().clear();
        String key = living().getFirst();
        assertThat(answer(process, expecting(compensate(), key), both)).isInstanceOf(Outcome.Compensated.class);
    }

    private boolean takesTwo(Resource key) {
        return account.cloud().rootKeys().sighting(instance, key.id()) instanceof RootKeys.Sighting.Seen(SeenKey seen)
                && seen.dualAuthorization();
    }

    // PROVISION of a new one

    @Test
    void a_new_key_is_created_once_with_our_mark_as_its_alias() {
        Resource key = created(answer(process, provision(), target)).resource();

        assertThat(key.name()).isEqualTo(NAME);
        assertThat(key.instanceId()).isEqualTo(instance.guid());
        assertThat(key.region()).isEqualTo("us-south");
        assertThat(key.crn()).endsWith(":key:" + key.id());
        assertThat(account.cloud().rootKeys().byAlias(instance, MARK)).map(RootKey::id).contains(key.id());
    }

    @Test
    void the_first_time_it_is_looked_for_by_its_name_alone_and_read_back_by_its_mark() {
        created(answer(process, provision(), target));

        assertThat(List.of(account.sent(LIST), account.sent(CREATE), account.sent(LOOK))).containsExactly(1L, 1L, 1L);

        created(answer(process, account.again(provision(), 2), target));
        assertThat(List.of(account.sent(LIST), account.sent(CREATE), account.sent(LOOK))).as("later by its mark")
                .containsExactly(1L, 1L, 2L);
    }

    @Test
    void asked_again_it_is_recognised_and_not_created_again() {
        Resource first = created(answer(process, provision(), target)).resource();

        assertThat(created(answer(process, provision(), target)).resource()).isEqualTo(first);
        assertThat(created(process.answer(provision(), target, true, () -> true).outcome()).resource())
                .isEqualTo(first);
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_key_that_another_process_may_have_begun_to_create_is_created_only_when_it_is_asked_for_anew() {
        assertThat(process.answer(provision(), target, true, () -> true).outcome())
                .isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> assertThat(deferred.fault()).isEmpty());
        assertThat(account.performed(CREATE)).isZero();

        created(answer(process, provision(), target));
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    static Stream<String> faults() {
        return Faults.all().stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-28")
    @Tag("case-29")
    void whatever_becomes_of_the_create_there_is_one_key_in_the_end(String fault) {
        account.strike(CREATE, fault);

        Resource key = created(account.untilSettled(process, provision(), target)).resource();

        assertThat(living()).containsExactly(key.id());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_the_looks_there_is_one_key_in_the_end(String fault) {
        account.strike(LOOK, 2, fault);
        account.strike(LIST, fault);

        Resource key = created(account.untilSettled(process, provision(), target)).resource();

        assertThat(living()).containsExactly(key.id());
    }

    static Stream<Arguments> pairs() {
        return Faults.AFTER.stream()
                .flatMap(first -> Faults.all().stream()
                        .filter(second -> !second.contains("hang") && !second.contains("retry_after"))
                        .map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatever_becomes_of_two_creates_there_is_one_key_in_the_end(String first, String second) {
        account.strike(CREATE, first);
        account.emulator().cloud().addFaults(
                "{\"name\":\"look\",\"operation\":\"" + LOOK + "\",\"count\":9,\"fault\":" + second + "}");

        Resource key = created(account.untilSettled(process, provision(), target)).resource();

        assertThat(living()).containsExactly(key.id());
    }

    @Test
    @Tag("case-37")
    void a_key_that_cannot_be_read_back_yet_is_deferred_and_not_created_again() {
        account.strike(CREATE, "{\"type\":\"delayed_visibility\",\"ms\":60000}");

        assertThat(answer(process, provision(), target)).isInstanceOf(Outcome.Deferred.class);
        created(account.untilSettled(process, provision(), target));
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_key_of_the_name_that_is_somebody_elses_is_taken_and_never_adopted() {
        String theirs = account.seedKey(instance, NAME, List.of("their-alias"), false, 1);

        FaultReport fault = failed(answer(process, provision(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.NAME_TAKEN);
        assertThat(fault.message()).contains(theirs);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-38")
    void a_destroyed_key_of_the_name_or_the_mark_is_as_good_as_none() {
        account.seedKey(instance, NAME, List.of(), false, 5);
        Resource first = created(answer(process, provision(), target)).resource();
        answer(process, expecting(compensate(), first.id()), target);

        Resource second = created(answer(process, provision(), target)).resource();
        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void nothing_is_created_after_the_commands_time() {
        Command late = provision();
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target)).isInstanceOf(Outcome.Expired.class);
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-51")
    void a_refused_create_has_failed_at_once_and_a_full_instance_too() {
        // Key Protect says 401 for it, which may also mean an old token: so a new one is tried.
        account.strike(CREATE, 2, Faults.FORBIDDEN);
        FaultReport forbidden = failed(answer(process, provision(), target));
        assertThat(forbidden.code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(forbidden.outcomeUnknown()).isFalse();

        account.strike(CREATE, Faults.QUOTA);
        assertThat(failed(answer(process, provision(), target)).code()).isEqualTo(FaultCode.QUOTA_EXCEEDED);
        assertThat(living()).isEmpty();
    }

    // RESOLVE and adoption

    @Test
    void a_named_key_is_adopted_and_never_created() {
        String theirs = account.seedKey(instance, NAME, List.of(), false, 1);

        assertThat(answer(process, adopting(resolve()), target)).isInstanceOfSatisfying(Outcome.Adopted.class,
                adopted -> assertThat(adopted.resource().id()).isEqualTo(theirs));
        assertThat(answer(process, expecting(adopting(provision()), theirs), target))
                .isInstanceOf(Outcome.Adopted.class);
        assertThat(account.sent(CREATE)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 2", "false, 3"})
    @Tag("case-42")
    void a_named_key_that_is_no_active_root_key_cannot_be_used(boolean extractable, int state) {
        String theirs = account.seedKey(instance, NAME, List.of(), extractable, state);

        assertThat(failed(answer(process, adopting(resolve()), target)).code()).isEqualTo(FaultCode.KEY_NOT_USABLE);
        assertThat(failed(answer(process, expecting(adopting(provision()), theirs), target)).code())
                .isEqualTo(FaultCode.KEY_NOT_USABLE);
    }

    @Test
    @Tag("case-41")
    void of_two_keys_of_the_name_the_only_usable_one_is_meant() {
        account.seedKey(instance, NAME, List.of(), true, 1);
        String theirs = account.seedKey(instance, NAME, List.of(), false, 1);

        assertThat(answer(process, adopting(resolve()), target)).isInstanceOfSatisfying(Outcome.Adopted.class,
                adopted -> assertThat(adopted.resource().id()).isEqualTo(theirs));
    }

    @Test
    @Tag("case-41")
    void two_usable_keys_of_the_name_are_an_error_that_names_both() {
        String one = account.seedKey(instance, NAME, List.of(), false, 1);
        String other = account.seedKey(instance, NAME, List.of(), false, 1);

        FaultReport fault = failed(answer(process, adopting(resolve()), target));

        assertThat(fault.code()).isEqualTo(FaultCode.AMBIGUOUS_NAME);
        assertThat(fault.message()).contains(one, other);
    }

    @Test
    @Tag("case-25")
    void a_named_key_that_is_not_there_is_not_found() {
        account.seedKey(instance, NAME, List.of(), false, 5);

        assertThat(failed(answer(process, adopting(resolve()), target)).code()).isEqualTo(FaultCode.NOT_FOUND);
        assertThat(failed(answer(process, expecting(adopting(provision()), "no-such-key"), target)).code())
                .isEqualTo(FaultCode.NOT_FOUND);
        assertThat(account.emulator().cloud().counts().calls("key-protect.create_key")).isZero();
    }

    @Test
    void a_look_for_this_runs_own_finds_it_by_its_mark_or_nothing() {
        account.seedKey(instance, NAME, List.of("another-runs-mark"), false, 1);
        assertThat(answer(process, resolve(), target)).isEqualTo(new Outcome.NotFound());

        String ours = account.seedKey(instance, NAME, List.of(MARK), false, 1);
        assertThat(created(answer(process, resolve(), target)).resource().id()).isEqualTo(ours);
    }

    // SWEEP

    @Test
    void a_sweep_deletes_the_key_that_carries_the_mark_and_no_other() {
        String marked = account.seedKey(instance, NAME, List.of("theirs", MARK), false, 1);
        String unmarked = account.seedKey(instance, NAME, List.of(), false, 1);
        String otherRuns = account.seedKey(instance, NAME, List.of(MARK.replace("-1-root", "-2-root")), false, 1);

        assertThat(answer(process, expecting(sweep(), marked), target)).isInstanceOf(Outcome.Compensated.class);
        for (String foreign : List.of(unmarked, otherRuns)) {
            assertThat(answer(process, expecting(sweep(), foreign), target))
                    .isInstanceOfSatisfying(
                            Outcome.CompensationFailed.class,
                            kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.NOT_OURS));
        }
        assertThat(living()).containsExactlyInAnyOrder(unmarked, otherRuns);
    }

    @Test
    void a_sweep_sends_no_delete_for_what_it_does_not_see() {
        String elsewhere = account.seedKey(account.anInstance(), NAME, List.of(MARK), false, 1);

        assertThat(answer(process, expecting(sweep(), elsewhere), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(account.sent(DELETE)).isZero();
    }

    @Test
    void a_sweep_does_not_force_what_is_in_use() {
        String marked = account.seedKey(instance, NAME, List.of(MARK), false, 1);
        account.register(instance, marked, "crn:v1:bluemix:public:is:us-south-1:a/1::volume:r006-1");

        assertThat(answer(process, expecting(sweep(), marked), target))
                .isInstanceOfSatisfying(
                        Outcome.CompensationFailed.class,
                        kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.KEY_IN_USE));
        assertThat(living()).containsExactly(marked);
    }

    private Command sweep() {
        return account.command(StepName.ROOT_KEY, Action.SWEEP);
    }

    // COMPENSATE

    @Test
    void exactly_the_expected_key_is_deleted_and_seen_gone() {
        Resource ours = created(answer(process, provision(), target)).resource();
        String twin = account.seedKey(instance, NAME, List.of(), false, 1);

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(Outcome.Compensated.class, gone -> {
                    assertThat(gone.resource()).isEqualTo(ours);
                    assertThat(gone.restorableUntil()).hasValueSatisfying(
                            until -> assertThat(until)
                                    .isCloseTo(account.now().plus(Duration.ofDays(30)), within(1, MINUTES)));
                    assertThat(gone.instead()).isEmpty();
                });
        assertThat(living()).containsExactly(twin);
    }

    @Test
    void one_that_others_deleted_days_ago_is_restorable_from_then_on() {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.emulator().cloud().vaults().destroy(ours.id(), EmulatedAccount.SOMEBODY);
        Instant deleted = account.now();
        account.pass(Duration.ofDays(12));

        assertThat(removed(ours).restorableUntil()).hasValueSatisfying(
                until -> assertThat(until).isCloseTo(deleted.plus(Duration.ofDays(30)), within(1, MINUTES)));
    }

    @Test
    void one_that_was_deleted_more_than_30_days_ago_is_not_restorable() {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.emulator().cloud().vaults().destroy(ours.id(), EmulatedAccount.SOMEBODY);
        account.pass(Duration.ofDays(31));

        assertThat(removed(ours).restorableUntil()).isEmpty();
    }

    @Test
    void one_that_was_purged_is_not_claimed_to_be_restorable_nor_deleted() {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.emulator().cloud().vaults().purge(ours.id());

        Outcome.Compensated gone = removed(ours);
        assertThat(gone.restorableUntil()).isEmpty();
        assertThat(gone.instead()).startsWith("was not there to delete").contains("purged");
    }

    @Test
    void one_whose_instance_is_in_reclamation_is_said_to_come_back_with_it() {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.emulator().cloud().instances().removeRestorably(instance.guid(), EmulatedAccount.SOMEBODY);

        Outcome.Compensated gone = removed(ours);
        assertThat(gone.restorableUntil()).isEmpty();
        assertThat(gone.instead())
                .startsWith("was not there to delete: its instance " + instance.guid() + " is gone.")
                .contains("brings back the key too", "cannot be known now");
    }

    private Outcome.Compensated removed(Resource key) {
        return (Outcome.Compensated) answer(process, expecting(compensate(), key.id()), target);
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-48")
    void whatever_becomes_of_the_delete_the_key_is_gone_in_the_end(String fault) {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.strike(DELETE, fault);

        assertThat(account.untilSettled(process, expecting(compensate(), ours.id()), target))
                .isInstanceOf(Outcome.Compensated.class);
        assertThat(living()).isEmpty();
        assertThat(account.performed(DELETE)).isEqualTo(1);
    }

    @Test
    @Tag("case-47")
    void a_key_that_has_gone_already_is_compensated() {
        Resource ours = created(answer(process, provision(), target)).resource();
        answer(process, expecting(compensate(), ours.id()), target);

        assertThat(answer(process, expecting(compensate(), ours.id()), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(answer(process, expecting(compensate(), "00000000-0000-4000-8000-000000000001"), target))
                .isInstanceOf(Outcome.Compensated.class);
    }

    @Test
    @Tag("case-46")
    void a_key_in_use_is_never_forced_and_what_it_protects_is_named() {
        Resource ours = created(answer(process, provision(), target)).resource();
        String volume = "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1";
        account.register(instance, ours.id(), volume);

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(Outcome.CompensationFailed.class, failed -> {
                    assertThat(failed.resource()).isEqualTo(ours);
                    assertThat(failed.fault().code()).isEqualTo(FaultCode.KEY_IN_USE);
                    assertThat(failed.fault().message())
                            .startsWith("hpc-1, root key: Key Protect: ")
                            .contains("PROTECTED_RESOURCE_ERR")
                            .endsWith("It still protects " + volume
                                    + ". Remove what still needs it.");
                });
        assertThat(living()).containsExactly(ours.id());
    }

    @Test
    void a_key_that_two_have_to_delete_is_agreed_to_and_found_gone_once_the_other_has_deleted_it() {
        Resource ours = created(answer(process, provision(), target)).resource();
        requireTwo(ours.id());

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(Outcome.CompensationFailed.class, failed -> {
                    assertThat(failed.resource()).isEqualTo(ours);
                    assertThat(failed.fault().code()).isEqualTo(FaultCode.SECOND_AUTHORIZATION_NEEDED);
                    assertThat(failed.fault().message())
                            .contains("AUTHORIZATIONS_NOT_MET")
                            .endsWith("The deletion of key " + ours.id() + " in instance " + instance.guid()
                                    + " takes two identities. The worker's has agreed, for 7 days. Have another identity"
                                    + " than the worker's service ID delete it.");
                });
        assertThat(account.performed(AGREE)).isEqualTo(1);
        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .as("its own agreement is not the other's").isInstanceOf(Outcome.CompensationFailed.class);
        assertThat(living()).containsExactly(ours.id());

        try (IbmCloud other = another()) {
            other.rootKeys().delete(instance, ours.id());
        }

        assertThat(answer(process, expecting(compensate(), ours.id()), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(living()).isEmpty();
    }

    @Test
    void a_key_that_the_other_has_agreed_to_is_deleted_by_the_worker() {
        Resource ours = created(answer(process, provision(), target)).resource();
        requireTwo(ours.id());
        try (IbmCloud other = another()) {
            other.rootKeys().setForDeletion(instance, ours.id());
        }

        assertThat(answer(process, expecting(compensate(), ours.id()), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(account.performed(AGREE)).isEqualTo(1);
    }

    @Test
    void a_key_in_use_that_two_have_to_delete_is_not_agreed_to() {
        Resource ours = created(answer(process, provision(), target)).resource();
        requireTwo(ours.id());
        String volume = "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1";
        account.register(instance, ours.id(), volume);

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(Outcome.CompensationFailed.class, failed -> {
                    assertThat(failed.fault().code()).isEqualTo(FaultCode.KEY_IN_USE);
                    assertThat(failed.fault().message()).contains(ours.id(), "It still protects " + volume);
                });
        assertThat(account.performed(AGREE)).isZero();
    }

    @Test
    void an_agreement_whose_answer_is_lost_is_given_again() {
        Resource ours = created(answer(process, provision(), target)).resource();
        requireTwo(ours.id());
        account.strike(AGREE, "{\"type\":\"reset_after\"}");

        assertThat(account.untilSettled(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(
                        Outcome.CompensationFailed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo(FaultCode.SECOND_AUTHORIZATION_NEEDED));
        assertThat(living()).containsExactly(ours.id());
    }

    /// The key comes to take two identities, and none has agreed.
    private void requireTwo(String key) {
        account.emulator().cloud().vaults().markForDeletion(key, false, EmulatedAccount.SOMEBODY);
    }

    private IbmCloud another() {
        var cloud = account.emulator().cloud();
        cloud.addApiKey("another-key", "another", cloud.account(), Set.of(Role.VIEWER, Role.MANAGER));
        return account.cloud("another-key");
    }

    @Test
    void a_delete_after_the_commands_time_is_not_sent() {
        Resource ours = created(answer(process, provision(), target)).resource();
        Command late = expecting(compensate(), ours.id());
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target)).isInstanceOf(Outcome.Expired.class);
        assertThat(account.sent(DELETE)).isZero();
    }

    private Command provision() {
        return account.command(StepName.ROOT_KEY, Action.PROVISION);
    }

    private Command resolve() {
        return account.command(StepName.ROOT_KEY, Action.RESOLVE);
    }

    private Command compensate() {
        return account.command(StepName.ROOT_KEY, Action.COMPENSATE);
    }

    private List<String> living() {
        return account.cloud().rootKeys().named(instance, NAME).stream().map(RootKey::id).toList();
    }

    private static Outcome.Created created(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return (Outcome.Created) outcome;
    }

    private static FaultReport failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).fault();
    }
}
