package io.keyfold.workers.rootkey;

import static io.keyfold.workers.EmulatedAccount.MARK;
import static io.keyfold.workers.EmulatedAccount.answer;
import static io.keyfold.workers.EmulatedAccount.expecting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.step.AbandonedException;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// REPAIR of root keys, over HTTP against the emulator.
@Execution(ExecutionMode.CONCURRENT)
class RootKeyRepairTest {
    private static final String NAME = "hpc-1-key";
    private static final String CREATE = "key-protect.create_key";
    private static final String LOOK = "key-protect.get_key_metadata";
    private static final String ENABLE = "key-protect.enable_key";
    private static final String RESTORE = "key-protect.restore_key";
    private static final String UNSET = "key-protect.unset_key_for_deletion";
    private static final String SET_POLICY = "key-protect.put_key_policies";
    private static final int SUSPENDED = 2;

    private final EmulatedAccount account = new EmulatedAccount();
    private final InstanceAddress instance = account.anInstance();
    private final KeyTarget target = new KeyTarget(instance, NAME, Optional.empty(), false, Optional.empty());
    private final StepRunner<KeyTarget> process = account.process(
            new RootKeyWorker(account.cloud().rootKeys(), reference -> {
                throw new AssertionError("no material is brought here: " + reference);
            }));

    private final String key = account.seedKey(instance, NAME, List.of(MARK), false, 1);

    @AfterEach
    void close() {
        assertThat(account.sent(CREATE)).as("a REPAIR makes nothing").isZero();
        account.close();
    }

    @Test
    void a_suspended_key_is_enabled() {
        suspend();

        assertRepaired(answer(process, repair(), target));

        assertThat(account.performed(ENABLE)).isEqualTo(1);
    }

    @Test
    void a_destroyed_key_is_restored_with_what_was_registered() {
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");
        destroy();

        assertRepaired(answer(process, repair(), target));

        assertThat(account.performed(RESTORE)).isEqualTo(1);
        assertThat(account.cloud().rootKeys().registrations(instance, key).orElseThrow()).hasSize(1);
    }

    @Test
    void a_mark_for_deletion_is_taken_back() {
        account.emulator().cloud().vaults().markForDeletion(key, true, EmulatedAccount.SOMEBODY);

        assertRepaired(answer(process, repair(), target));

        assertThat(account.performed(UNSET)).isEqualTo(1);
    }

    @Test
    void all_that_is_amiss_is_put_right_by_one_command() {
        KeyTarget rotating = new KeyTarget(instance, NAME, Optional.of(3), false, Optional.empty());
        account.emulator().cloud().vaults().markForDeletion(key, true, EmulatedAccount.SOMEBODY);
        destroy();

        assertRepaired(answer(process, repair(), rotating));

        assertThat(account.performed(RESTORE)).isEqualTo(1);
        assertThat(account.performed(UNSET)).isEqualTo(1);
        assertThat(account.performed(SET_POLICY)).isEqualTo(1);
        assertThat(account.cloud().rootKeys().rotation(instance, key)).contains(3);
    }

    @Test
    void a_key_that_is_to_take_two_to_delete_is_made_so() {
        KeyTarget guarded = new KeyTarget(instance, NAME, Optional.empty(), true, Optional.empty());

        assertRepaired(answer(process, repair(), guarded));
        assertRepaired(answer(process, repair(), guarded));

        assertThat(account.performed(SET_POLICY)).isEqualTo(1);
        assertThat(account.cloud().rootKeys().sighting(instance, key)).isInstanceOfSatisfying(
                RootKeys.Sighting.Seen.class, seen -> assertThat(seen.key().dualAuthorization()).isTrue());
    }

    @Test
    void a_key_that_is_as_it_should_be_is_left_alone() {
        assertRepaired(answer(process, repair(), target));

        assertThat(account.emulator().cloud().effects().all()).isEmpty();
    }

    static Stream<Arguments> faults() {
        return Stream.of(ENABLE, RESTORE, UNSET, SET_POLICY, LOOK)
                .flatMap(call -> Faults.all().stream().map(fault -> Arguments.of(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_a_call_the_key_is_usable_in_the_end_and_each_change_was_made_once(
            String call, String fault) {
        KeyTarget rotating = new KeyTarget(instance, NAME, Optional.of(3), false, Optional.empty());
        account.emulator().cloud().vaults().markForDeletion(key, true, EmulatedAccount.SOMEBODY);
        if (call.equals(ENABLE)) {
            suspend();
        } else {
            destroy();
        }
        account.strike(call, fault);

        assertRepaired(account.untilSettled(process, repair(), rotating));

        account.emulator().cloud().faults().clear();
        assertThat(account.performed(ENABLE) + account.performed(RESTORE)).isEqualTo(1);
        assertThat(account.performed(UNSET)).isEqualTo(1);
        assertThat(account.performed(SET_POLICY)).isEqualTo(1);
        assertThat(account.cloud().rootKeys().rotation(instance, key)).contains(3);
    }

    @ParameterizedTest
    @MethodSource("after")
    void what_has_had_its_effect_is_not_sent_again(String fault) {
        destroy();
        account.strike(RESTORE, fault);

        assertRepaired(account.untilSettled(process, repair(), target));

        assertThat(account.sent(RESTORE)).isEqualTo(1);
    }

    static Stream<String> after() {
        return Faults.AFTER.stream();
    }

    @Test
    void what_is_still_too_early_is_deferred_until_it_is_not() {
        account.emulator().cloud().vaults().destroy(key, EmulatedAccount.SOMEBODY);

        assertThat(answer(process, repair(), target)).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.until()).isBetween(account.now().plusSeconds(28), account.now().plusSeconds(32));
            assertThat(deferred.fault().orElseThrow().answer().orElseThrow().code()).contains("REQ_TOO_EARLY_ERR");
        });
        assertRepaired(account.untilSettled(process, repair(), target));
        account.emulator().cloud().vaults().move(key, SUSPENDED, EmulatedAccount.SOMEBODY);
        assertThat(answer(process, repair(), target)).isInstanceOf(Outcome.Deferred.class);
        assertRepaired(account.untilSettled(process, repair(), target));
    }

    @Test
    void somebody_elses_key_is_not_touched() {
        String theirs = account.seedKey(instance, NAME, List.of("kf-other-mark"), false, SUSPENDED);
        account.pass(Duration.ofMinutes(1));

        FaultReport fault = failed(answer(process, expecting(repair(), theirs), target));

        assertThat(fault.code()).isEqualTo(FaultCode.INVALID);
        assertThat(fault.message()).contains("was made by someone else", "ask its owner");
        assertThat(account.emulator().cloud().effects().all()).isEmpty();
    }

    @Test
    void a_key_that_was_purged_is_lost() {
        account.emulator().cloud().vaults().purge(key);

        assertLost(answer(process, repair(), target), "it was purged");
    }

    @Test
    void a_key_past_the_time_in_which_it_can_be_restored_is_lost() {
        destroy();
        account.pass(Duration.ofDays(31));

        assertLost(answer(process, repair(), target), "30 days");
        assertThat(account.sent(RESTORE)).isZero();
    }

    @Test
    void a_key_whose_instance_is_gone_is_lost() {
        account.emulator().cloud().instances().remove(instance.guid(), EmulatedAccount.SOMEBODY);

        assertLost(answer(process, repair(), target), "its instance " + instance.guid());
    }

    @Test
    void what_ibm_refuses_to_restore_is_lost_in_ibms_words() {
        destroy();
        account.strike(RESTORE, "{\"type\":\"status\",\"status\":400,\"body\":\"{\\\"resources\\\":[{"
                + "\\\"errorMsg\\\":\\\"Bad Request\\\",\\\"reasons\\\":[{\\\"code\\\":\\\"KEY_RESTORE_EXPIRED\\\","
                + "\\\"message\\\":\\\"Key restoration has expired\\\",\\\"status\\\":400}]}]}\"}");

        assertLost(answer(process, repair(), target), "Key restoration has expired");
    }

    @Test
    void a_deactivated_key_cannot_be_enabled() {
        account.emulator().cloud().vaults().move(key, 3, EmulatedAccount.SOMEBODY);

        FaultReport fault = failed(answer(process, repair(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.KEY_NOT_USABLE);
        assertThat(fault.message()).contains("Key Protect enables only suspended keys, and it is deactivated");
        assertThat(account.sent(ENABLE)).isZero();
    }

    @Test
    @Tag("case-113")
    void without_the_role_it_fails_in_ibms_words() {
        suspend();
        account.strike(ENABLE, 0, Faults.FORBIDDEN);

        FaultReport fault = failed(answer(process, repair(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(fault.message()).contains("enable root key", "the role that this needs.");
    }

    @Test
    void nothing_is_changed_after_the_commands_time() {
        suspend();
        Command late = repair();
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target)).isInstanceOf(Outcome.Expired.class);
        assertThat(account.sent(ENABLE)).isZero();
    }

    @Test
    void nothing_is_changed_once_the_command_is_another_processs() {
        suspend();
        AtomicInteger asked = new AtomicInteger();

        assertThatThrownBy(() -> process.answer(repair(), target, false, () -> asked.incrementAndGet() == 1))
                .isInstanceOf(AbandonedException.class);
        assertThat(account.sent(LOOK)).isEqualTo(1);
        assertThat(account.sent(ENABLE)).isZero();
    }

    @Test
    void the_other_workers_repair_nothing() {
        Command instanceRepair = expecting(account.command(StepName.KMS_INSTANCE, Action.REPAIR), instance.guid());

        assertThat(failed(answer(process, instanceRepair, target)).code()).isEqualTo(FaultCode.INVALID);
    }

    private void suspend() {
        account.emulator().cloud().vaults().move(key, SUSPENDED, EmulatedAccount.SOMEBODY);
        account.pass(Duration.ofMinutes(1));
    }

    private void destroy() {
        account.emulator().cloud().vaults().destroy(key, EmulatedAccount.SOMEBODY);
        account.pass(Duration.ofMinutes(1));
    }

    private Command repair() {
        return expecting(account.command(StepName.ROOT_KEY, Action.REPAIR), key);
    }

    private void assertRepaired(Outcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(
                Outcome.Created.class, created -> assertThat(created.resource().id()).isEqualTo(key));
        assertThat(account.cloud().rootKeys().byAlias(instance, MARK))
                .hasValueSatisfying(seen -> assertThat(seen.isUsable()).isTrue());
    }

    private static void assertLost(Outcome outcome, String words) {
        FaultReport fault = failed(outcome);
        assertThat(fault.code()).isEqualTo(FaultCode.KEY_LOST);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(fault.message()).contains("cannot be brought back; nothing was made in its place", words);
    }

    private static FaultReport failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).fault();
    }
}
