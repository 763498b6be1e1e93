package io.keyfold.workers.kmsinstance;

import static io.keyfold.workers.EmulatedAccount.adopting;
import static io.keyfold.workers.EmulatedAccount.answer;
import static io.keyfold.workers.EmulatedAccount.expecting;
import static java.time.temporal.ChronoUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class KmsInstanceWorkerTest {
    private static final String NAME = "hpc-1-kms";
    private static final String CREATE = "resource-controller.create_instance";
    private static final String LIST = "resource-controller.list_instances";
    private static final String GET = "resource-controller.get_instance";
    private static final String DELETE = "resource-controller.delete_instance";

    private final EmulatedAccount account = new EmulatedAccount();
    private final StepRunner<InstanceTarget> process = account.process(new KmsInstanceWorker(
            account.cloud().kmsInstances(), NewKmsInstance.AllowedNetwork.PUBLIC_AND_PRIVATE));

    private final Instant firstIssuedAt = account.now();

    @AfterEach
    void close() {
        account.close();
    }

    // VERIFY

    @Test
    void an_active_instance_of_its_name_is_intact() {
        String guid = account.seedInstance(NAME);

        Outcome.Verified verified = verify(guid);

        assertThat(verified.resource().id()).isEqualTo(guid);
        assertThat(verified.resource().name()).isEqualTo(NAME);
        assertThat(verified.inspection())
                .isEqualTo(new Inspection(Inspection.Condition.INTACT, List.of(), Optional.empty()));
        assertThat(account.sent(LIST)).isZero();
    }

    @Test
    void an_instance_of_another_name_is_changed() {
        assertThat(verify(account.seedInstance("renamed")).inspection()).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Inspection.Condition.CHANGED);
            assertThat(seen.differences()).singleElement().asString()
                    .startsWith("Its name should be \"hpc-1-kms\", and is \"renamed\"");
        });
    }

    @Test
    @Tag("case-32")
    void an_instance_that_is_not_active_is_changed() {
        account.behave("provisioning.delay.ms", 600_000L);
        account.strike(CREATE, "{\"type\":\"stuck_provisioning\"}");
        answer(process, provision(), target());
        String guid = account.cloud().kmsInstances().named(NAME).getFirst().guid();

        assertThat(verify(guid).inspection()).isEqualTo(new Inspection(
                Inspection.Condition.CHANGED, List.of("It should be active, and is provisioning."), Optional.empty()));
    }

    @Test
    @Tag("case-50")
    void a_deleted_instance_is_missing_and_said_to_be_restorable_where_it_is() {
        String reclaimed = account.seedInstance(NAME);
        account.emulator().cloud().instances().removeRestorably(reclaimed, EmulatedAccount.SOMEBODY);
        String removed = account.seedInstance(NAME);
        account.emulator().cloud().instances().remove(removed, EmulatedAccount.SOMEBODY);

        assertMissing(reclaimed, "pending reclamation", "can restore it");
        assertMissing(removed, "deleted for good");
        assertMissing("00000000-0000-4000-8000-000000000001", "knows no such instance");
    }

    @Test
    void a_single_answer_that_it_is_not_there_is_not_believed() {
        String guid = account.seedInstance(NAME);
        account.strike(GET, "{\"type\":\"status\",\"status\":404}");

        assertThat(verify(guid).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void without_the_right_to_look_it_has_failed_and_is_never_called_missing() {
        String guid = account.seedInstance(NAME);
        account.strike(GET, 0, Faults.FORBIDDEN);

        assertThat(failed(
                answer(process, expecting(account.command(StepName.KMS_INSTANCE, Action.VERIFY), guid), target()))
                .code())
                .isEqualTo(FaultCode.FORBIDDEN);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_a_verifys_look_it_is_seen_as_it_is_in_the_end(String fault) {
        String guid = account.seedInstance(NAME);
        account.strike(GET, fault);

        assertThat(account.untilSettled(process, expecting(account.command(StepName.KMS_INSTANCE, Action.VERIFY), guid),
                target()))
                .isInstanceOfSatisfying(Outcome.Verified.class,
                        seen -> assertThat(seen.inspection().condition()).isEqualTo(Inspection.Condition.INTACT));
    }

    private Outcome.Verified verify(String guid) {
        Outcome outcome =
                answer(process, expecting(account.command(StepName.KMS_INSTANCE, Action.VERIFY), guid), target());
        assertThat(outcome).isInstanceOf(Outcome.Verified.class);
        return (Outcome.Verified) outcome;
    }

    private void assertMissing(String guid, String... words) {
        Outcome.Verified verified = verify(guid);
        assertThat(verified.resource().id()).isEqualTo(guid);
        assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.MISSING);
        assertThat(verified.inspection().differences()).singleElement().asString().contains(words);
    }

    // PROVISION of a new one

    @Test
    void a_new_instance_is_created_once_and_read_back() {
        Outcome.Created created = created(answer(process, provision(), target()));

        assertThat(created.resource().name()).isEqualTo(NAME);
        assertThat(created.resource().region()).isEqualTo("us-south");
        assertThat(created.resource().instanceId()).isEqualTo(created.resource().id());
        assertThat(created.resource().crn()).contains(created.resource().id());
        assertThat(created.surplus()).isEmpty();
        assertThat(standing()).containsExactly(created.resource().id());
    }

    @Test
    void asked_again_it_is_recognised_and_not_created_again() {
        Outcome.Created first = created(answer(process, provision(), target()));

        assertThat(created(answer(process, account.again(provision(), 2), target())).resource())
                .isEqualTo(first.resource());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    static Stream<String> faults() {
        return Faults.all().stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-28")
    void whatever_becomes_of_the_create_there_is_one_instance_in_the_end(String fault) {
        account.strike(CREATE, fault);

        Outcome.Created created = created(account.untilSettled(process, provision(), target()));

        assertThat(standing()).containsExactly(created.resource().id());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_a_look_there_is_one_instance_in_the_end(String fault) {
        account.strike(LIST, 2, fault);
        account.strike(GET, fault);

        Outcome.Created created = created(account.untilSettled(process, provision(), target()));

        assertThat(standing()).containsExactly(created.resource().id());
    }

    static Stream<Arguments> pairs() {
        return Faults.AFTER.stream().flatMap(create -> Stream.of(
                "{\"type\":\"status\",\"status\":503}", "{\"type\":\"reset_before\"}", "{\"type\":\"truncate\"}")
                .map(look -> Arguments.of(create, look)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Tag("case-29")
    void a_create_whose_answer_was_lost_is_found_however_the_looks_after_it_go(String create, String look) {
        account.strike(CREATE, create);
        account.emulator().cloud().addFaults("{\"name\":\"look\",\"operation\":\"" + LIST
                + "\",\"skip\":4,\"count\":9,\"fault\":" + look + "}");

        Outcome.Created created = created(account.untilSettled(process, provision(), target()));

        assertThat(standing()).containsExactly(created.resource().id());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    @Tag("case-37")
    void a_lost_create_that_no_list_shows_yet_is_waited_for_and_not_repeated() {
        account.strike(CREATE, "{\"type\":\"reset_after\"}");
        account.strike(LIST, 0, "{\"type\":\"stale_list\",\"ms\":15000}");

        Outcome first = answer(process, provision(), target());

        assertThat(first).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.until()).isAfterOrEqualTo(account.now().plusSeconds(19));
            assertThat(deferred.fault()).map(FaultReport::code).contains(FaultCode.UNKNOWN_OUTCOME);
        });
        account.pass(Duration.ofSeconds(20));
        created(account.untilSettled(process, provision(), target()));
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_known_create_that_nothing_shows_yet_is_waited_for_and_not_repeated() {
        account.strike(CREATE, "{\"type\":\"delayed_visibility\",\"ms\":60000}");

        Resource made = madeNotReady(answer(process, provision(), target()));
        Command next = expecting(account.again(provision(), 2), made.id());
        account.pass(Duration.ofSeconds(20));
        assertThat(answer(process, next, target())).isInstanceOf(Outcome.Deferred.class);
        account.pass(Duration.ofSeconds(45));
        assertThat(created(account.untilSettled(process, next, target())).resource()).isEqualTo(made);
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_create_is_told_of_even_if_the_looks_after_it_fail() {
        account.emulator().cloud().addFaults("{\"operation\":\"" + LIST
                + "\",\"skip\":4,\"count\":20,\"fault\":{\"type\":\"status\",\"status\":503}}");

        madeNotReady(answer(process, provision(), target()));

        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    @Tag("case-32")
    void one_that_takes_long_to_provision_is_deferred_and_then_found_ready() {
        account.strike(CREATE, "{\"type\":\"provisioning\",\"ms\":60000}");

        assertThat(answer(process, provision(), target())).isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.until()).isAfter(account.now());
            assertThat(deferred.why()).endsWith("is not active yet, but provisioning.");
            assertThat(deferred.fault()).isEmpty();
        });
        created(account.untilSettled(process, provision(), target()));
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void one_that_is_ready_within_a_turn_is_waited_for() {
        account.strike(CREATE, "{\"type\":\"provisioning\",\"ms\":5000}");

        created(answer(process, provision(), target()));
    }

    @Test
    @Tag("case-32")
    void one_that_fails_to_provision_has_failed_and_may_exist() {
        account.strike(CREATE, "{\"type\":\"provisioning\",\"ms\":0,\"fails\":true}");

        FaultReport fault = failed(answer(process, provision(), target()));

        assertThat(fault.code()).isEqualTo(FaultCode.NEVER_READY);
        assertThat(fault.outcomeUnknown()).isTrue();
    }

    @Test
    void one_that_cannot_be_looked_at_once_it_is_made_is_named_by_the_failure() {
        answer(process, resolve(), target());
        long toLook = account.sent(LIST);
        account.emulator().cloud().addFaults(
                "{\"name\":\"no more lists\",\"operation\":\"" + LIST + "\",\"skip\":" + toLook
                        + ",\"fault\":{\"type\":\"status\",\"status\":403}}");

        Outcome outcome = answer(process, provision(), target());

        assertThat(account.performed(CREATE)).isEqualTo(1);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.fault().code()).isEqualTo(FaultCode.FORBIDDEN);
            assertThat(failed.fault().outcomeUnknown()).isTrue();
            assertThat(failed.made().map(Resource::name)).contains(NAME);
        });
    }

    @Test
    @Tag("case-100")
    void a_name_that_is_somebody_elses_is_taken_and_never_adopted() {
        String theirs = account.seedInstance(NAME);

        FaultReport fault = failed(answer(process, provision(), target()));

        assertThat(fault.code()).isEqualTo(FaultCode.NAME_TAKEN);
        assertThat(fault.message())
                .isEqualTo("hpc-1, KMS instance: there is a Key Protect instance named \"hpc-1-kms\" already (" + theirs
                        + "). It is not this run's, and only what is named in the request is taken into use."
                        + " Rename or remove it, or name it in the request to have it used.");
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-95")
    void an_instance_of_an_earlier_run_is_not_this_runs() {
        Resource earlier = created(answer(process, provision(), target())).resource();

        assertThat(failed(answer(process, provision(), target(List.of(earlier.id())))).code())
                .isEqualTo(FaultCode.NAME_TAKEN);
        account.pass(Duration.ofMinutes(6));
        assertThat(failed(answer(process, provision(), targetSince(Duration.ZERO))).code())
                .isEqualTo(FaultCode.NAME_TAKEN);
    }

    @Test
    void of_several_of_ours_the_oldest_is_the_answer_and_the_others_are_surplus() {
        String us = account.cloud().kmsInstances().whoAmI();
        String first = account.seedInstance(NAME, us);
        account.pass(Duration.ofSeconds(1));
        String second = account.seedInstance(NAME, us);
        account.pass(Duration.ofSeconds(1));
        String third = account.seedInstance(NAME, us);

        Outcome.Created created = created(answer(process, provision(), targetSince(Duration.ofMinutes(1))));

        assertThat(created.resource().id()).isEqualTo(first);
        assertThat(created.surplus()).extracting(Resource::id).containsExactly(second, third);
        assertThat(account.performed(DELETE)).isZero();
    }

    @Test
    @Tag("case-60")
    void what_a_predecessor_may_have_begun_is_waited_for_by_one_call() {
        Outcome outcome = process.answer(provision(), target(), true, () -> true).outcome();

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(Duration.between(account.now(), deferred.until()))
                        .isCloseTo(Duration.ofSeconds(20), Duration.ofSeconds(1)));
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    void what_a_predecessor_has_created_is_taken_at_once() {
        created(answer(process, provision(), target()));

        created(process.answer(provision(), target(), true, () -> true).outcome());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void nothing_is_created_after_the_commands_time() {
        Command late = provision();
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target())).isInstanceOf(Outcome.Expired.class);
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-36")
    void a_refused_create_has_failed_at_once_in_IBMs_words() {
        account.strike(CREATE, Faults.FORBIDDEN);

        FaultReport fault = failed(answer(process, provision(), target()));

        assertThat(fault.code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(fault.answer().orElseThrow().httpStatus()).hasValue(403);
        assertThat(fault.answer().orElseThrow().transactionId()).isPresent();
        assertThat(fault.message())
                .startsWith("hpc-1, KMS instance: Resource Controller: ")
                .contains("was refused (FORBIDDEN, HTTP 403",
                        fault.answer().orElseThrow().transactionId().orElseThrow())
                .endsWith("Give the worker's service ID the role that this needs.");
        assertThat(account.sent(CREATE)).isEqualTo(1);
    }

    @Test
    @Tag("case-51")
    void a_create_beyond_the_quota_has_failed() {
        account.strike(CREATE, Faults.QUOTA);

        assertThat(failed(answer(process, provision(), target())).code()).isEqualTo(FaultCode.QUOTA_EXCEEDED);
    }

    @Test
    @Tag("case-52")
    void a_resource_group_that_is_not_there_is_named() {
        InstanceTarget target = new InstanceTarget(NAME, "us-south", "Nowhere", account.now(), List.of(), List.of());

        FaultReport fault = failed(answer(process, provision(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.NOT_FOUND);
        assertThat(fault.message()).contains("there is no resource group named \"Nowhere\"");
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    void a_second_failure_of_a_run_says_that_the_first_may_have_left_something() {
        account.strike(CREATE, Faults.FORBIDDEN);

        assertThat(failed(answer(process, account.again(provision(), 2), target())).outcomeUnknown()).isTrue();
    }

    // RESOLVE and adoption

    @Test
    void a_named_instance_is_adopted_and_never_created() {
        String theirs = account.seedInstance(NAME);

        assertThat(answer(process, adopting(resolve()), target()))
                .isInstanceOfSatisfying(Outcome.Adopted.class,
                        adopted -> assertThat(adopted.resource().id()).isEqualTo(theirs));
        assertThat(answer(process, expecting(adopting(provision()), theirs), target()))
                .isInstanceOf(Outcome.Adopted.class);
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-25")
    void a_named_instance_that_is_not_there_is_not_found() {
        FaultReport fault = failed(answer(process, adopting(resolve()), target()));

        assertThat(fault.code()).isEqualTo(FaultCode.NOT_FOUND);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(account.emulator().cloud().counts().calls("resource-controller.create_instance")).isZero();
    }

    @Test
    @Tag("case-40")
    void two_of_the_name_are_an_error_that_names_both() {
        String one = account.seedInstance(NAME);
        String other = account.seedInstance(NAME);

        FaultReport fault = failed(answer(process, adopting(resolve()), target()));

        assertThat(fault.code()).isEqualTo(FaultCode.AMBIGUOUS_NAME);
        assertThat(fault.message()).contains(one, other);
    }

    @Test
    @Tag("case-38")
    void a_granted_instance_that_has_gone_is_not_found() {
        String theirs = account.seedInstance(NAME);
        account.emulator().cloud().cloud()
                .locked(() -> account.emulator().cloud().instances().remove(theirs, "IBMid-x"));

        assertThat(failed(answer(process, expecting(adopting(provision()), theirs), target())).code())
                .isEqualTo(FaultCode.NOT_FOUND);
        assertThat(failed(answer(process, adopting(provision()), target())).code()).isEqualTo(FaultCode.INVALID);
    }

    @Test
    void a_look_for_this_runs_own_finds_it_or_nothing() {
        account.seedInstance("hpc-1-km");
        assertThat(answer(process, resolve(), target())).isEqualTo(new Outcome.NotFound());

        Resource ours = created(answer(process, provision(), target())).resource();
        assertThat(created(answer(process, resolve(), target())).resource()).isEqualTo(ours);
    }

    @Test
    void a_look_that_is_refused_has_failed_without_saying_that_there_is_nothing() {
        account.strike(LIST, Faults.FORBIDDEN);

        assertThat(failed(answer(process, resolve(), target())).outcomeUnknown()).isTrue();
    }

    // SWEEP

    @Test
    void a_sweep_removes_an_instance_of_the_name_that_we_have_created_and_no_other() {
        String ours = account.seedInstance(NAME, account.cloud().identity().iamId());
        String somebodys = account.seedInstance(NAME);
        String named = account.seedInstance("hpc-2-kms", account.cloud().identity().iamId());

        assertThat(answer(process, expecting(sweep(), ours), target())).isInstanceOf(Outcome.Compensated.class);
        for (String foreign : List.of(somebodys, named)) {
            assertThat(answer(process, expecting(sweep(), foreign), target())).isInstanceOfSatisfying(
                    Outcome.CompensationFailed.class,
                    kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.NOT_OURS));
        }
        assertThat(account.cloud().kmsInstances().all()).extracting(KmsInstance::guid)
                .containsExactlyInAnyOrder(somebodys, named);
    }

    private Command sweep() {
        return account.command(StepName.KMS_INSTANCE, Action.SWEEP);
    }

    // COMPENSATE

    @Test
    void exactly_the_expected_instance_is_removed_and_seen_gone() {
        Resource ours = created(answer(process, provision(), target())).resource();
        String twin = account.seedInstance(NAME);

        assertThat(answer(process, expecting(compensate(), ours.id()), target()))
                .isInstanceOfSatisfying(Outcome.Compensated.class, gone -> {
                    assertThat(gone.resource()).isEqualTo(ours);
                    assertThat(gone.restorableUntil()).hasValueSatisfying(
                            until -> assertThat(until)
                                    .isCloseTo(account.now().plus(Duration.ofDays(7)), within(1, MINUTES)));
                    assertThat(gone.instead()).isEmpty();
                });
        assertThat(standing()).containsExactly(twin);
    }

    @Test
    void of_one_that_others_have_deleted_nothing_is_claimed() {
        String reclaimed = account.seedInstance(NAME);
        account.emulator().cloud().instances().removeRestorably(reclaimed, EmulatedAccount.SOMEBODY);
        String removed = account.seedInstance(NAME);
        account.emulator().cloud().instances().remove(removed, EmulatedAccount.SOMEBODY);

        assertGone(reclaimed, "was in reclamation already");
        assertGone(removed, "was removed already");
        assertGone("00000000-0000-4000-8000-000000000001", "was not there to delete");
    }

    private void assertGone(String guid, String instead) {
        Outcome.Compensated gone = (Outcome.Compensated) answer(process, expecting(compensate(), guid), target());
        assertThat(gone.restorableUntil()).isEmpty();
        assertThat(gone.instead()).startsWith(instead);
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-48")
    void whatever_becomes_of_the_delete_the_instance_is_gone_in_the_end(String fault) {
        Resource ours = created(answer(process, provision(), target())).resource();
        account.strike(DELETE, fault);

        assertThat(account.untilSettled(process, expecting(compensate(), ours.id()), target()))
                .isInstanceOf(Outcome.Compensated.class);
        assertThat(standing()).isEmpty();
        assertThat(account.performed(DELETE)).isEqualTo(1);
    }

    @Test
    @Tag("case-47")
    @Tag("case-94")
    void one_that_has_gone_already_is_compensated() {
        Resource ours = created(answer(process, provision(), target())).resource();
        answer(process, expecting(compensate(), ours.id()), target());

        assertThat(answer(process, expecting(compensate(), ours.id()), target()))
                .isInstanceOf(Outcome.Compensated.class);
        assertThat(answer(process, expecting(compensate(), "00000000-0000-0000-0000-000000000001"), target()))
                .isInstanceOf(Outcome.Compensated.class);
    }

    @Test
    @Tag("case-49")
    void one_with_keys_left_is_not_removed() {
        Resource ours = created(answer(process, provision(), target())).resource();
        account.seedKey(new InstanceAddress("us-south", ours.id()), "left", List.of(), false, 1);

        assertThat(answer(process, expecting(compensate(), ours.id()), target()))
                .isInstanceOfSatisfying(Outcome.CompensationFailed.class, failed -> {
                    assertThat(failed.fault().code()).isEqualTo(FaultCode.KEYS_REMAIN);
                    assertThat(failed.fault().message())
                            .endsWith("Remove the keys that are left in it.");
                });
    }

    @Test
    @Tag("case-33")
    void one_that_is_still_being_provisioned_is_asked_again_later() {
        account.strike(CREATE, "{\"type\":\"provisioning\",\"ms\":60000}");
        answer(process, provision(), target());
        String guid = standing().getFirst();

        Outcome outcome = account.untilSettled(process, expecting(compensate(), guid), target());

        assertThat(outcome).isInstanceOf(Outcome.Compensated.class);
        assertThat(standing()).isEmpty();
    }

    @Test
    void a_delete_after_the_commands_time_is_not_sent() {
        Resource ours = created(answer(process, provision(), target())).resource();
        Command late = expecting(compensate(), ours.id());
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target())).isInstanceOf(Outcome.Expired.class);
        assertThat(account.sent(DELETE)).isZero();
    }

    private Command provision() {
        return account.command(StepName.KMS_INSTANCE, Action.PROVISION);
    }

    private Command resolve() {
        return account.command(StepName.KMS_INSTANCE, Action.RESOLVE);
    }

    private Command compensate() {
        return account.command(StepName.KMS_INSTANCE, Action.COMPENSATE);
    }

    private InstanceTarget target() {
        return target(List.of());
    }

    private InstanceTarget target(List<String> foreignIds) {
        return new InstanceTarget(NAME, "us-south", "Default", firstIssuedAt, foreignIds, List.of("cluster:hpc-1"));
    }

    private InstanceTarget targetSince(Duration ago) {
        return new InstanceTarget(NAME, "us-south", "Default", account.now().minus(ago), List.of(), List.of());
    }

    private List<String> standing() {
        return account.cloud().kmsInstances().named(NAME).stream().map(KmsInstance::guid).toList();
    }

    private static Resource madeNotReady(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
        return ((Outcome.Deferred) outcome).made().orElseThrow();
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
