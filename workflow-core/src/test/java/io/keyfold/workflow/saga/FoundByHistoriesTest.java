package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.StepName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What [RandomHistories] found, or led to, each told as the shortest story that leads there.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FoundByHistoriesTest {
    private static final String LATE_KEY = "22222222-0000-4000-8000-000000000002";

    private final Story story = Story.of("hpc-1");

    @Test
    void a_named_instance_that_cannot_be_used_after_all_is_not_held_any_more() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .failed(KMS_INSTANCE, FaultCode.FORBIDDEN).expect(RunState.FAILED);

        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void whoever_only_adopts_has_made_nothing_even_if_the_outcome_is_unknown() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .outcomeUnknown(KMS_INSTANCE).expect(RunState.FAILED);

        assertThat(story.state(KMS_INSTANCE)).isInstanceOf(StepState.Failed.class);
    }

    @Test
    void a_create_of_unknown_outcome_is_looked_for_once_more_when_what_stood_in_its_way_is_gone() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE)
                .created(ROOT_KEY, KEY).created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").outcomeUnknown(BLOCK_STORAGE_AUTHORIZATION)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-first").compensated(KEY).compensated("p-first")
                .compensated("p-file").compensated("p-cos").expect(RunState.COMPENSATING);

        story.after(Duration.ofSeconds(60)).created(BLOCK_STORAGE_AUTHORIZATION, "p-second").compensated("p-second")
                .after(Duration.ofSeconds(60)).answer(BLOCK_STORAGE_AUTHORIZATION, new Answer.NothingFound())
                .compensated(INSTANCE).expect(RunState.FAILED);
        assertThat(story.saga().resources()).isEmpty();
    }

    @Test
    void a_parked_deletion_is_given_up_when_a_later_run_uses_the_thing() {
        undoneButTheKeyMayCome();
        story.created(BLOCK_STORAGE_AUTHORIZATION, "p-late").notCompensated("p-late", FaultCode.FORBIDDEN)
                .deploy(story.request("r-2").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, "key-2")
                .adopted(BLOCK_STORAGE_AUTHORIZATION, "p-late").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
        int before = story.deleted().size();
        story.control(ControlAction.RETRY, "r-2");

        assertThat(story.deleted()).hasSize(before);
        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.saga().resource("p-late").orElseThrow().ownership()).isEqualTo(Ownership.CREATED);
    }

    @Test
    void a_thing_that_was_made_too_late_leaves_no_hold_behind() {
        undoneButTheKeyMayCome().created(ROOT_KEY, LATE_KEY).compensated(LATE_KEY);

        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).holds()).doesNotContainKey("default/hpc-1");
    }

    @Test
    void what_is_told_once_more_of_a_thing_that_is_gone_is_not_kept_for_another_cluster() {
        undoneButTheKeyMayCome();
        Story other = story.beside("hpc-2");
        other.deploy(other.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE);

        story.created(BLOCK_STORAGE_AUTHORIZATION, "policy-block").compensated("policy-block");

        assertThat(story.saga().resources()).isEmpty();
    }

    @Test
    void what_was_unused_stays_unused_if_the_run_that_wants_it_again_fails() {
        leftToTheProvider();

        story.deploy(story.request("r-3")).failed(BLOCK_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        foundNothingOf(FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION).expect(RunState.FAILED);

        assertThat(story.saga().resources()).hasSize(5)
                .allMatch(resource -> resource.ownership() == Ownership.UNUSED);
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void a_cluster_that_comes_back_from_the_provider_uses_its_own_instance_and_key_again() {
        leftToTheProvider();

        story.deploy(story.request("r-3")).adopted(BLOCK_STORAGE_AUTHORIZATION, "policy-block")
                .adopted(FILE_STORAGE_AUTHORIZATION, "policy-share").adopted(OBJECT_STORAGE_AUTHORIZATION, "policy-cos")
                .expect(RunState.COMPLETED);

        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Kept(INSTANCE));
        assertThat(story.state(ROOT_KEY)).isEqualTo(new StepState.Kept(KEY));
        assertThat(story.saga().resources()).hasSize(5)
                .allMatch(resource -> resource.ownership() == Ownership.CREATED);
        assertThat(story.ledgerOf(INSTANCE).holds().get("default/hpc-1")).hasSize(5);
    }

    @Test
    @Tag("case-99")
    void an_id_stays_barred_if_one_of_the_deletes_sent_for_it_may_yet_land() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .failed(BLOCK_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        var unknown = Optional.of(Story.fault(FaultCode.UNKNOWN_OUTCOME, true));
        story.when(
                story.answered(
                        story.deletionOf(KEY),
                        new Answer.Deferred(Story.START.plusSeconds(20), "outcome unknown", unknown, Optional.empty())))
                .after(Duration.ofSeconds(21)).notCompensated(KEY, FaultCode.KEY_IN_USE);

        assertThat(story.ledgerOf(INSTANCE).bars()).containsKey(KEY);
    }

    @Test
    void an_id_stays_barred_if_a_delete_that_ibm_cloud_took_has_not_shown_when_the_next_one_is_refused() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .failed(BLOCK_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        story.putOff(KEY, Duration.ofSeconds(10)).after(Duration.ofSeconds(11))
                .notCompensated(KEY, FaultCode.FORBIDDEN);

        assertThat(story.ledgerOf(INSTANCE).bars()).containsKey(KEY);
    }

    @Test
    void a_retry_asks_the_ledger_for_no_second_leave_while_it_waits_for_the_first() {
        assertThat(UndoFold.fold(new UndoState.AskingLeave(Story.anyCommand()), new UndoFold.Signal.Retried()))
                .isInstanceOf(UndoFold.Next.Ignore.class);
    }

    @Test
    void a_hold_on_the_own_instance_goes_with_what_the_failed_run_made_in_it() {
        leftToTheProvider();

        story.deploy(story.request("r-3").withCosInstanceGuid("01234567-89ab-cdef-0123-456789abcdef"))
                .created(OBJECT_STORAGE_AUTHORIZATION, "policy-narrow")
                .failed(BLOCK_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        foundNothingOf(FILE_STORAGE_AUTHORIZATION).compensated("policy-narrow").expect(RunState.FAILED);

        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    @Tag("case-95")
    void an_old_workers_answer_does_not_take_the_going_runs_instance_for_its_own_surplus() {
        story.deploy(story.request("r-1"));
        StepCommand old = story.lastCommand(KMS_INSTANCE);
        story.control(ControlAction.CANCEL, "r-1");
        foundNothingOf(KMS_INSTANCE).expect(RunState.CANCELLED);
        story.deploy(story.request("r-2"));

        // It has listed the instances by name, and sees what run 2's worker has made but not told of yet.
        CloudResource another = Story.resource(KMS_INSTANCE, "33333333-0000-4000-8000-000000000001");
        CloudResource ofRunTwo = Story.resource(KMS_INSTANCE, INSTANCE);
        story.when(story.answered(old, new Answer.Completed(another, true, Story.START, List.of(ofRunTwo))));
        assertThat(story.deleted()).isEmpty();

        story.created(KMS_INSTANCE, INSTANCE);
        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Created(another.id()));
        assertThat(story.deleted()).containsExactly(INSTANCE);
    }

    @Test
    @Tag("case-95")
    void an_old_look_that_is_told_late_gives_the_going_run_no_instance_that_may_be_gone_since() {
        story.deploy(story.request("r-1"));
        StepCommand slow = story.lastCommand(KMS_INSTANCE);
        story.control(ControlAction.CANCEL, "r-1");
        StepCommand look = story.lastCommand(KMS_INSTANCE);
        CloudResource gone = Story.resource(KMS_INSTANCE, "33333333-0000-4000-8000-000000000001");
        Answer seen = new Answer.Completed(gone, true, Story.START, List.of());
        story.when(story.answered(slow, seen)).compensated(gone.id()).expect(RunState.CANCELLED)
                .deploy(story.request("r-2")).when(story.answered(look, seen));

        assertThat(story.state(KMS_INSTANCE)).isInstanceOf(StepState.Provisioning.class);
        assertThat(story.deleted()).containsExactly(gone.id());
    }

    @Test
    void a_parked_run_goes_on_by_itself_once_a_late_answer_tells_what_it_could_not_look_for() {
        story.deploy(story.request("r-1"));
        StepCommand slow = story.lastCommand(KMS_INSTANCE);
        story.control(ControlAction.CANCEL, "r-1").failed(KMS_INSTANCE, FaultCode.FORBIDDEN)
                .expect(RunState.COMPENSATION_FAILED);

        story.when(
                story.answered(
                        slow,
                        new Answer.Completed(
                                Story.resource(KMS_INSTANCE, INSTANCE),
                                true,
                                Story.START,
                                List.of())))
                .compensated(INSTANCE).expect(RunState.CANCELLED);
    }

    @Test
    void a_parked_run_ends_by_itself_once_a_late_answer_tells_that_the_thing_is_gone() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).failed(ROOT_KEY, FaultCode.FORBIDDEN);
        foundNothingOf(BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION)
                .notCompensated(INSTANCE, FaultCode.FORBIDDEN).expect(RunState.COMPENSATION_FAILED)
                .compensated(INSTANCE).expect(RunState.FAILED);
    }

    @Test
    void what_is_told_of_too_late_and_could_not_be_deleted_goes_with_a_deprovision_of_a_cancelled_deploy() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).control(ControlAction.CANCEL, "r-1");
        foundNothingOf(
                ROOT_KEY, BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION)
                .expect(RunState.CANCELLED).created(ROOT_KEY, LATE_KEY).notCompensated(LATE_KEY, FaultCode.FORBIDDEN);

        story.deprovision("r-1", "the end").compensated(LATE_KEY).expect(RunState.COMPLETED);

        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.DEPROVISIONED);
    }

    @Test
    void what_an_earlier_run_was_told_of_too_late_and_this_run_took_for_its_own_is_kept_for_others_once() {
        undoneButTheKeyMayCome().created(ROOT_KEY, LATE_KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-late");
        Story other = story.beside("hpc-2");
        other.deploy(other.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).adopted(BLOCK_STORAGE_AUTHORIZATION, "p-late");
        story.deploy(story.request("r-2").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).created(BLOCK_STORAGE_AUTHORIZATION, "p-late")
                .failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);

        story.compensated(LATE_KEY);
        foundNothingOf(ROOT_KEY, OBJECT_STORAGE_AUTHORIZATION).expect(RunState.FAILED);

        assertThat(story.state(BLOCK_STORAGE_AUTHORIZATION)).isInstanceOf(StepState.Retained.class);
        assertThat(story.deleted()).doesNotContain("p-late");
    }

    @Test
    void that_something_is_ours_after_all_is_written_down_also_when_no_step_is_about_it() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY);
        StepCommand first = story.lastCommand(BLOCK_STORAGE_AUTHORIZATION);
        story.adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
        story.deploy(story.request("r-2").withKmsInstanceName("shared")).expect(RunState.IN_PROGRESS);

        CloudResource ours = Story.resource(BLOCK_STORAGE_AUTHORIZATION, "p-block");
        story.when(story.answered(first, new Answer.Completed(ours, true, Story.START, List.of())));

        assertThat(story.saga().resource("p-block").orElseThrow().ownership()).isEqualTo(Ownership.CREATED);
        assertThat(story.lastLine().message()).endsWith("p-block is ours after all, by its mark");
    }

    @Test
    void what_a_failure_names_that_comes_too_late_is_deleted() {
        StepCommand stalled = anotherWorkerHasMadeTheInstance();

        story.when(story.answered(stalled, failed(Optional.of(Story.resource(KMS_INSTANCE, "second")))));

        assertThat(story.deleted()).containsExactly("second");
        story.compensated("second").expect(RunState.COMPLETED);
        assertThat(story.saga().undos()).isEmpty();
    }

    @Test
    void what_a_failure_that_comes_too_late_may_have_made_is_looked_for_and_deleted() {
        StepCommand stalled = anotherWorkerHasMadeTheInstance();

        story.when(story.answered(stalled, failed(Optional.empty())));

        assertThat(story.saga().nextWakeUp()).contains(story.now().plusSeconds(60));
        story.after(Duration.ofSeconds(60));
        StepCommand look = story.lastCommand(KMS_INSTANCE);
        assertThat(look.action()).isEqualTo(Action.RESOLVE);
        assertThat(look.target()).isInstanceOfSatisfying(
                StepCommand.InstanceTarget.class, target -> assertThat(target.name()).isEqualTo("hpc-1-kms"));
        story.when(
                story.answered(
                        look, new Answer.Completed(
                                Story.resource(KMS_INSTANCE, INSTANCE), true, story.now(),
                                List.of(Story.resource(KMS_INSTANCE, "second")))));

        assertThat(story.deleted()).containsExactly("second");
        assertThat(story.saga().lookouts()).isEmpty();
        assertThat(story.saga().inForce().orElseThrow().uses()).containsValue(INSTANCE);
    }

    /// History 8206.
    @Test
    void that_what_is_kept_for_others_has_to_wait_for_a_key_that_is_in_use_is_written_down() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block");
        Story other = story.beside("hpc-2");
        other.deploy(other.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block");
        story.control(ControlAction.CANCEL, "r-1");
        foundNothingOf(ROOT_KEY, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION).expect(RunState.CANCELLED);
        story.after(Duration.ofMinutes(10)).created(ROOT_KEY, LATE_KEY)
                .notCompensated(LATE_KEY, FaultCode.KEY_IN_USE);
        int before = story.audit().size();

        story.after(Duration.ofMinutes(50));
        assertThat(story.audit().subList(before, story.audit().size())).extracting(AuditLine::message).containsExactly(
                "Authorization of block storage p-block: its deletion waits for that of " + LATE_KEY,
                "KMS instance " + INSTANCE + ": its deletion waits for that of " + LATE_KEY);

        story.after(Duration.ofMinutes(10)).compensated(LATE_KEY);
        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.saga().resources()).extracting(Resource::ownership)
                .containsExactlyInAnyOrder(Ownership.RETAINED, Ownership.RETAINED);
    }

    @Test
    void a_look_for_what_may_have_been_made_goes_on_until_it_is_answered() {
        StepCommand stalled = anotherWorkerHasMadeTheInstance();
        story.when(
                story.answered(
                        stalled, new Answer.Deferred(
                                story.now(), "no answer", Optional.of(Story.fault(FaultCode.UNKNOWN_OUTCOME, true)),
                                Optional.empty())));

        story.after(Duration.ofSeconds(60)).failed(KMS_INSTANCE, FaultCode.FORBIDDEN);
        assertThat(story.saga().nextWakeUp()).contains(story.now().plus(Duration.ofHours(1)));
        story.after(Duration.ofHours(1)).answer(KMS_INSTANCE, new Answer.Expired("too late"));
        assertThat(story.saga().nextWakeUp()).contains(story.now().plusSeconds(5));
        story.after(Duration.ofSeconds(5)).answer(KMS_INSTANCE, new Answer.NothingFound());

        assertThat(story.saga().lookouts()).isEmpty();
        assertThat(story.saga().nextWakeUp()).isEmpty();
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void what_an_earlier_run_may_have_made_is_not_taken_from_the_going_one() {
        StepCommand stalled = anotherWorkerHasMadeTheInstance();
        story.deprovision("r-1", "not needed");
        List.of(KEY, "p-block", "p-file", "p-cos", INSTANCE).forEach(story::compensated);
        story.deploy(story.request("r-2")).expect(RunState.IN_PROGRESS);
        story.when(story.answered(stalled, failed(Optional.empty()))).after(Duration.ofSeconds(60));
        StepCommand look = story.lastCommand(KMS_INSTANCE);
        Answer found = new Answer.Completed(Story.resource(KMS_INSTANCE, "kms-2"), true, story.now(), List.of());

        story.when(story.answered(look, found));
        assertThat(look.run()).isEqualTo(1);
        assertThat(story.deleted()).doesNotContain("kms-2");
        assertThat(story.saga().lookouts()).hasSize(1);
    }

    /// The first worker was stopped before its call, and goes on long after.
    private StepCommand anotherWorkerHasMadeTheInstance() {
        story.deploy(story.request("r-1"));
        StepCommand stalled = story.lastCommand(KMS_INSTANCE);
        story.deferred(KMS_INSTANCE, Duration.ofSeconds(20)).after(Duration.ofSeconds(20))
                .created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
        return stalled;
    }

    private static Answer failed(Optional<CloudResource> made) {
        return new Answer.Failed(Story.fault(FaultCode.FORBIDDEN, true), made);
    }

    /// Run 1 failed and is wholly undone; its key was never found.
    private Story undoneButTheKeyMayCome() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).created(BLOCK_STORAGE_AUTHORIZATION, "policy-block")
                .failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        return foundNothingOf(ROOT_KEY, OBJECT_STORAGE_AUTHORIZATION).compensated("policy-block")
                .expect(RunState.FAILED);
    }

    private void leftToTheProvider() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "policy-block")
                .created(FILE_STORAGE_AUTHORIZATION, "policy-share").created(OBJECT_STORAGE_AUTHORIZATION, "policy-cos")
                .deploy(story.request("r-2").withProviderManaged()).expect(RunState.COMPLETED);
    }

    /// Both looks find nothing.
    private Story foundNothingOf(StepName... steps) {
        for (StepName step : List.of(steps)) {
            story.answer(step, new Answer.NothingFound());
        }
        story.after(Duration.ofSeconds(61));
        for (StepName step : List.of(steps)) {
            story.answer(step, new Answer.NothingFound());
        }
        return story;
    }
}
