package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RepairTest {
    private static final Inspection INTACT = new Inspection(Condition.INTACT, List.of(), Optional.empty());
    private static final Inspection GONE = Inspection.missing("It is gone.");
    private static final Inspection DISABLED =
            new Inspection(Condition.CHANGED, List.of("It is disabled."), Optional.empty());

    private final Story story = Story.of("hpc-1");

    @Test
    void a_disabled_key_is_made_usable_again_under_the_mark_it_was_made_with_and_no_other_is_made() {
        found(deployed(), Map.of(ROOT_KEY, DISABLED)).control(ControlAction.REPAIR, "r-1");

        StepCommand repair = story.commands().getLast();
        assertThat(repair.action()).isEqualTo(Action.REPAIR);
        assertThat(repair.expectedId()).contains(KEY);
        assertThat(repair.run()).isEqualTo(2);
        assertThat(repair.mark()).endsWith("-1-key-1");
        assertThat(story.run().kind()).isEqualTo(RunKind.REPAIR);

        story.created(ROOT_KEY, KEY).expect(RunState.COMPLETED);
        assertThat(story.state(ROOT_KEY)).isEqualTo(new StepState.Kept(KEY));
        assertThat(story.saga().standing()).as("nobody has looked yet").isEqualTo(Standing.DRIFTED);
        answers(Map.of());
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
    }

    @Test
    void an_authorization_of_ours_that_is_gone_is_made_anew_and_the_old_one_struck_out() {
        found(deployed(), Map.of(FILE_STORAGE_AUTHORIZATION, GONE)).control(ControlAction.REPAIR, "r-1");
        assertThat(story.commands().getLast().action()).isEqualTo(Action.PROVISION);

        story.created(FILE_STORAGE_AUTHORIZATION, "p-file-2").expect(RunState.COMPLETED);
        assertThat(story.saga().resource("p-file")).isEmpty();
        assertThat(story.saga().inForce().orElseThrow().id(FILE_STORAGE_AUTHORIZATION)).contains("p-file-2");
        assertThat(story.ledgerOf(INSTANCE).holds().get("default/hpc-1")).contains("p-file-2").doesNotContain("p-file");
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        answers(Map.of());
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_deploy_that_overtakes_the_look_after_a_repair_does_not_say_that_all_is_well() {
        found(deployed(), Map.of(FILE_STORAGE_AUTHORIZATION, GONE)).control(ControlAction.REPAIR, "r-1")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file-2").expect(RunState.COMPLETED)
                .deploy(story.request("r-2")).expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        found(story, Map.of(), "r-2");
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
    }

    @Test
    void what_was_there_all_along_is_kept_and_not_made_twice() {
        found(deployed(), Map.of(FILE_STORAGE_AUTHORIZATION, GONE)).control(ControlAction.REPAIR, "r-1")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-file").expect(RunState.COMPLETED);

        assertThat(story.state(FILE_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Kept("p-file"));
        assertThat(story.saga().resource("p-file").orElseThrow().ownership()).isEqualTo(Ownership.CREATED);
    }

    @Test
    void where_somebody_has_made_one_meanwhile_that_is_adopted_and_ours_deleted_to_be_sure() {
        found(deployed(), Map.of(FILE_STORAGE_AUTHORIZATION, GONE)).control(ControlAction.REPAIR, "r-1")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-theirs").expect(RunState.COMPLETED);

        assertThat(story.deleted()).containsExactly("p-file");
        story.compensated("p-file");
        assertThat(story.saga().resource("p-file")).isEmpty();
        assertThat(story.saga().resource("p-theirs").orElseThrow().ownership()).isEqualTo(Ownership.ADOPTED);
    }

    @Test
    void a_lost_key_ends_the_repair_with_the_data_at_stake_and_nothing_in_its_place() {
        var counted = new Inspection(
                Condition.INTACT, List.of(),
                Optional.of(
                        List.of(
                                new RegistrationCount(Optional.of(StorageService.BLOCK_STORAGE), "is", "volume", 12),
                                new RegistrationCount(Optional.of(StorageService.FILE_STORAGE), "is", "share", 1))));
        found(found(deployed(), Map.of(ROOT_KEY, counted)), Map.of(ROOT_KEY, GONE, FILE_STORAGE_AUTHORIZATION, GONE))
                .control(ControlAction.REPAIR, "r-1").created(FILE_STORAGE_AUTHORIZATION, "p-file-2")
                .failed(ROOT_KEY, FaultCode.KEY_LOST);

        assertThat(story.deleted()).as("the repair is undone").containsExactly("p-file-2");
        story.compensated("p-file-2").expect(RunState.FAILED);
        assertThat(story.run().fault().orElseThrow().code()).isEqualTo(FaultCode.KEY_LOST);
        assertThat(story.run().fault().orElseThrow().message()).contains("At stake: 12 volumes, 1 share on 2026-11-24");
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().remedy())
                .contains("restore that from backups");
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        assertThat(story.saga().resource(KEY)).isPresent();
        assertThat(story.saga().inForce().orElseThrow().id(FILE_STORAGE_AUTHORIZATION)).contains("p-file");
    }

    @Test
    void a_lost_instance_ends_the_repair_at_once() {
        found(deployed(), Map.of(KMS_INSTANCE, GONE)).control(ControlAction.REPAIR, "r-1").expect(RunState.FAILED);

        assertThat(story.run().fault().orElseThrow().code()).isEqualTo(FaultCode.KEY_LOST);
        assertThat(story.run().fault().orElseThrow().message()).contains(INSTANCE, "never counted");
        assertThat(story.commands()).extracting(StepCommand::action).last().isEqualTo(Action.VERIFY);
    }

    @Test
    void what_is_somebody_elses_is_never_touched() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared").withKmsKeyName("team-key"))
                .adopted(KMS_INSTANCE, INSTANCE).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(ROOT_KEY, KEY).adopted(ROOT_KEY, KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .expect(RunState.COMPLETED);
        found(story, Map.of(ROOT_KEY, DISABLED)).control(ControlAction.REPAIR, "r-1");

        assertThat(story.lastLine().code()).isEqualTo("NEEDS_A_PERSON");
        assertThat(story.saga().runs()).isEqualTo(1);

        found(story, Map.of(ROOT_KEY, DISABLED, FILE_STORAGE_AUTHORIZATION, GONE)).control(ControlAction.REPAIR, "r-1");
        assertThat(story.commands()).extracting(StepCommand::action).doesNotContain(Action.REPAIR);
        story.created(FILE_STORAGE_AUTHORIZATION, "p-file-2").expect(RunState.COMPLETED);
        answers(Map.of(ROOT_KEY, DISABLED));
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
    }

    @Test
    void without_drift_there_is_nothing_to_repair() {
        deployed().control(ControlAction.REPAIR, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("NOTHING_TO_REPAIR");
        found(story, Map.of()).control(ControlAction.REPAIR, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("NOTHING_TO_REPAIR");
    }

    @Test
    void while_a_check_is_going_nothing_is_repaired() {
        found(deployed(), Map.of(ROOT_KEY, DISABLED)).control(ControlAction.VERIFY, "r-1")
                .control(ControlAction.REPAIR, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("BUSY");
    }

    @Test
    void a_repair_that_is_cancelled_undoes_what_it_made_and_a_later_answer_about_the_key_changes_nothing() {
        found(deployed(), Map.of(ROOT_KEY, DISABLED, FILE_STORAGE_AUTHORIZATION, GONE))
                .control(ControlAction.REPAIR, "r-1").created(FILE_STORAGE_AUTHORIZATION, "p-file-2")
                .control(ControlAction.CANCEL, "r-1");
        assertThat(story.deleted()).containsExactly("p-file-2");
        story.created(ROOT_KEY, KEY).compensated("p-file-2").expect(RunState.CANCELLED);

        assertThat(story.saga().resource(KEY).orElseThrow().ownership()).isEqualTo(Ownership.CREATED);
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
    }

    @Test
    void a_failed_repair_is_tried_again_as_a_new_one() {
        found(deployed(), Map.of(ROOT_KEY, DISABLED)).control(ControlAction.REPAIR, "r-1")
                .failed(ROOT_KEY, FaultCode.FORBIDDEN).expect(RunState.FAILED).control(ControlAction.RETRY, "r-1");

        assertThat(story.run().number()).isEqualTo(3);
        assertThat(story.run().isRepair()).isTrue();
        story.created(ROOT_KEY, KEY).expect(RunState.COMPLETED);
    }

    @Test
    void a_repair_that_is_put_off_is_asked_again() {
        found(deployed(), Map.of(ROOT_KEY, DISABLED)).control(ControlAction.REPAIR, "r-1")
                .deferred(ROOT_KEY, Duration.ofSeconds(31));
        var first = story.lastCommand(ROOT_KEY);
        story.after(Duration.ofSeconds(31));

        assertThat(story.lastCommand(ROOT_KEY).action()).isEqualTo(Action.REPAIR);
        assertThat(story.lastCommand(ROOT_KEY).id()).isNotEqualTo(first.id());
    }

    // ---- words

    private Story deployed() {
        return story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
    }

    /// Verified, with this seen and all else intact.
    private Story found(Story cluster, Map<StepName, Inspection> seen) {
        return found(cluster, seen, "r-1");
    }

    private Story found(Story cluster, Map<StepName, Inspection> seen, String requestId) {
        cluster.control(ControlAction.VERIFY, requestId);
        answers(seen);
        return cluster;
    }

    private void answers(Map<StepName, Inspection> seen) {
        story.saga().inForce().orElseThrow().uses().keySet()
                .forEach(step -> story.answer(step, new Answer.Verified(seen.getOrDefault(step, INTACT))));
    }
}
