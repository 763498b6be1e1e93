package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.request.StepName.VSI_ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.saga.StepCommand.AuthorizationTarget;
import io.keyfold.workflow.saga.StepCommand.InstanceTarget;
import io.keyfold.workflow.saga.StepCommand.KeyTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportTest {
    private final Story story = Story.of("hpc-1");
    private final DeployRequest inputs = story.request("r-1");

    // ---- what is there

    @Test
    void everything_is_looked_up_held_and_looked_at_again_and_nothing_else_is_asked_for() {
        imported();

        assertThat(story.commands()).hasSize(10).allMatch(ImportTest::isOfWhatExists)
                .extracting(StepCommand::action).containsOnly(Action.RESOLVE, Action.PROVISION);
        assertThat(story.commands()).filteredOn(command -> command.action() == Action.PROVISION)
                .extracting(command -> command.expectedId().orElseThrow())
                .containsExactly(INSTANCE, KEY, "p-block", "p-file", "p-cos");
        assertThat(story.ledgerOf(INSTANCE).holds().get("default/hpc-1"))
                .contains(INSTANCE, KEY, "p-block", "p-file", "p-cos");
    }

    @Test
    void all_of_it_stays_somebody_elses_and_the_cluster_is_customer_managed() {
        imported().expect(RunState.COMPLETED);

        assertThat(story.run().kind()).isEqualTo(RunKind.IMPORT);
        assertThat(story.run().request().requestId()).isEqualTo("r-1");
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.saga().resources()).hasSize(5)
                .allMatch(resource -> resource.ownership() == Ownership.ADOPTED);
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().message())
                .isEqualTo("Taken over as it is; nothing was changed. Encrypted with root key \"hpc-1-key\".");
        assertThat(story.audit()).extracting(AuditLine::message).anyMatch(
                message -> message.contains("nothing is made, asked for by tester: ticket 4711"));
    }

    @Test
    void the_names_are_those_that_a_deploy_would_give_unless_others_are_given() {
        story.importing(inputs.withSeparateKeys(true)).foundTwice(KMS_INSTANCE, INSTANCE);
        assertThat(name(KMS_INSTANCE)).isEqualTo("hpc-1-kms");
        assertThat(name(ROOT_KEY)).isEqualTo("hpc-1-key");
        assertThat(name(VSI_ROOT_KEY)).isEqualTo("hpc-1-vsi-key");

        Story other = story.beside("hpc-2");
        other.importing(other.request("r-1").withKmsInstanceName("company-kms").withKmsKeyName("team-key"));
        assertThat(((InstanceTarget) other.lastCommand(KMS_INSTANCE).target()).name()).isEqualTo("company-kms");
    }

    @Test
    void what_is_skipped_is_not_looked_for() {
        story.importing(inputs.withSkipped(StorageService.OBJECT_STORAGE, true)).foundTwice(KMS_INSTANCE, INSTANCE)
                .foundTwice(ROOT_KEY, KEY).foundTwice(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .foundTwice(FILE_STORAGE_AUTHORIZATION, "p-file").expect(RunState.COMPLETED);

        assertThat(story.state(OBJECT_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Skipped());
    }

    @Test
    void a_provider_managed_cluster_is_taken_over_at_once_and_nothing_is_looked_up() {
        story.importing(inputs.withProviderManaged()).expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.PROVIDER_MANAGED);
        assertThat(story.commands()).isEmpty();

        story.importing(story.request("r-2")).expect(RunState.IN_PROGRESS); // customer-managed after all
    }

    // ---- what is missing

    @Test
    void all_that_is_missing_is_told_at_once_and_nothing_is_changed_or_held() {
        story.importing(inputs).foundTwice(KMS_INSTANCE, INSTANCE).failed(ROOT_KEY, FaultCode.NOT_FOUND)
                .expect(RunState.IN_PROGRESS).foundTwice(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .failed(FILE_STORAGE_AUTHORIZATION, FaultCode.NOT_FOUND)
                .foundTwice(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.FAILED);

        assertThat(story.run().fault().orElseThrow().message()).isEqualTo("IBM said NOT_FOUND. IBM said NOT_FOUND");
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().remedy()).contains(
                "kms_key_name", "skip_iam_share_authorization_policy = true", "keyfold retry default/hpc-1",
                "keyfold import");
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.NONE);
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_missing_instance_ends_it_at_once() {
        story.importing(inputs).failed(KMS_INSTANCE, FaultCode.NOT_FOUND).expect(RunState.FAILED);

        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().remedy()).contains("kms_instance_name");
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().message())
                .endsWith("Nothing was made, changed or deleted, and nothing is held.");
    }

    @Test
    void two_of_the_same_name_are_not_guessed_at() {
        story.importing(inputs).failed(KMS_INSTANCE, FaultCode.AMBIGUOUS_NAME).expect(RunState.FAILED);
    }

    @Test
    void what_goes_between_the_two_looks_is_missing() {
        story.importing(inputs).adopted(KMS_INSTANCE, INSTANCE).failed(KMS_INSTANCE, FaultCode.NOT_FOUND)
                .expect(RunState.FAILED);

        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void a_worker_that_cannot_look_for_what_exists_ends_it() {
        story.importing(inputs).foundTwice(KMS_INSTANCE, INSTANCE).foundTwice(ROOT_KEY, KEY)
                .answer(BLOCK_STORAGE_AUTHORIZATION, new Answer.NothingFound())
                .answer(FILE_STORAGE_AUTHORIZATION, new Answer.NothingFound())
                .answer(OBJECT_STORAGE_AUTHORIZATION, new Answer.NothingFound()).expect(RunState.FAILED);

        assertThat(story.run().fault().orElseThrow().message()).contains("workers of the workflow's own version");
    }

    @Test
    void an_authorization_that_its_maker_is_removing_is_not_taken_over() {
        deployed(story.beside("hpc-2")).deprovision("r-1", "gone").compensated(KEY);
        story.importing(inputs.withKmsInstanceName("hpc-2-kms")).foundTwice(KMS_INSTANCE, INSTANCE)
                .adopted(ROOT_KEY, "22222222-0000-4000-8000-000000000002")
                .adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block");

        assertThat(story.state(BLOCK_STORAGE_AUTHORIZATION)).isInstanceOfSatisfying(
                StepState.Failed.class, failed -> assertThat(failed.fault().code()).isEqualTo(FaultCode.BEING_REMOVED));
    }

    @Test
    void its_retry_looks_again_and_makes_nothing_either() {
        story.importing(inputs).failed(KMS_INSTANCE, FaultCode.NOT_FOUND).control(ControlAction.RETRY, "r-1");

        assertThat(story.run().number()).isEqualTo(2);
        assertThat(story.run().kind()).isEqualTo(RunKind.IMPORT);
        found(story.foundTwice(KMS_INSTANCE, INSTANCE)).expect(RunState.COMPLETED);
        assertThat(story.commands()).allMatch(ImportTest::isOfWhatExists);
    }

    @Test
    void a_cancel_or_the_deadline_ends_it_and_lets_go_of_what_was_found() {
        story.importing(inputs).foundTwice(KMS_INSTANCE, INSTANCE).foundTwice(ROOT_KEY, KEY)
                .control(ControlAction.CANCEL, "r-1").expect(RunState.CANCELLED);
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();

        story.importing(story.request("r-2")).foundTwice(KMS_INSTANCE, INSTANCE).after(Duration.ofMinutes(31))
                .expect(RunState.FAILED);
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void one_that_is_cancelled_before_it_is_read_is_born_cancelled() {
        story.control(ControlAction.CANCEL, "r-1").importing(inputs).expect(RunState.CANCELLED);

        assertThat(story.commands()).isEmpty();
    }

    // ---- what is refused

    @Test
    void every_broken_rule_is_told_together_also_those_of_an_import_alone() {
        story.importing(
                inputs.withRegion("mars").withRotationIntervalMonths(3).withKeyMaterialReference("file:hpc-1.key"))
                .expect(RunState.REJECTED);

        assertThat(story.run().kind()).isEqualTo(RunKind.IMPORT);
        assertThat(story.run().violations()).extracting(Violation::input)
                .contains("region", "rotation_interval_months", "key_material_reference");
        assertThat(story.commands()).isEmpty();
    }

    @Test
    void without_inputs_or_with_those_of_another_request_it_is_refused() {
        assertRefused(story.control(ControlAction.IMPORT, "r-1"), RefusalCode.INVALID_REQUEST);
        assertRefused(
                story.when(
                        new SagaEvent.ControlRequested(
                                "c-1", ControlAction.IMPORT, "r-1", "", "", "", List.of(),
                                Optional.of(story.request("r-2")))),
                RefusalCode.INVALID_REQUEST);
        story.when(
                new SagaEvent.ControlRequested(
                        "c-2", ControlAction.IMPORT, "r-1", "", "", "", List.of(), Optional.of(story.request(""))))
                .expect(RunState.IN_PROGRESS);
        assertThat(story.run().request().requestId()).isEqualTo("r-1");
    }

    @Test
    void a_cluster_that_keyfold_has_deployed_is_not_imported_over() {
        deployed(story);
        assertRefused(story.importing(story.request("r-2")), RefusalCode.ALREADY_MANAGED);
        assertThat(story.lastLine().message()).contains("Change it with a deploy");
        assertThat(story.run().number()).isEqualTo(1);
    }

    @Test
    void an_imported_cluster_is_let_go_of_before_it_is_imported_again() {
        imported();
        assertRefused(story.importing(story.request("r-2")), RefusalCode.ALREADY_MANAGED);
        assertThat(story.lastLine().message()).contains("deletes nothing");

        story.deprovision("r-1", "imported with wrong inputs").importing(story.request("r-3"))
                .expect(RunState.IN_PROGRESS);
        found(story.foundTwice(KMS_INSTANCE, INSTANCE)).expect(RunState.COMPLETED);
    }

    @Test
    void while_a_run_is_going_it_is_refused_and_sent_again_it_has_no_effect() {
        assertRefused(story.importing(inputs).importing(story.request("r-2")), RefusalCode.BUSY);

        found(story.foundTwice(KMS_INSTANCE, INSTANCE)).deprovision("r-1", "let go").importing(inputs);
        assertThat(story.lastLine().code()).isEqualTo("DUPLICATE_REQUEST");
    }

    // ---- afterwards

    @Test
    void a_deploy_of_the_same_inputs_changes_nothing_and_makes_no_second_instance() {
        imported().deploy(story.request("r-2")).expect(RunState.COMPLETED);

        assertThat(story.commands()).hasSize(10);
        assertThat(story.saga().resources()).hasSize(5)
                .allMatch(resource -> resource.ownership() == Ownership.ADOPTED);
        assertThat(story.saga().inForce().orElseThrow().request().requestId()).isEqualTo("r-2");
    }

    @Test
    void so_does_a_deploy_of_the_hand_over() {
        DeployRequest handOver = story.request("r-2").withKmsInstanceName("hpc-1-kms").withKmsKeyName("hpc-1-key")
                .withSkipped(StorageService.BLOCK_STORAGE, true).withSkipped(StorageService.FILE_STORAGE, true)
                .withSkipped(StorageService.OBJECT_STORAGE, true);
        imported().deploy(handOver).expect(RunState.COMPLETED);

        assertThat(story.commands()).hasSize(10);
    }

    @Test
    void a_deploy_that_wants_something_else_of_an_imported_key_is_refused_rather_than_ignored() {
        imported().deploy(story.request("r-2").withRotationIntervalMonths(3)).expect(RunState.REJECTED)
                .deploy(story.request("r-4").withDualAuthorizationDelete(true)).expect(RunState.REJECTED)
                .deploy(story.request("r-3").withKeyMaterialReference("file:hpc-1.key")).expect(RunState.REJECTED);

        assertThat(story.run().violations()).extracting(Violation::code).containsExactly("KEY_MATERIAL_FIXED");
        assertThat(story.commands()).hasSize(10);
    }

    @Test
    void a_later_deploy_adds_what_was_skipped_and_owns_only_that() {
        story.importing(inputs.withSkipped(StorageService.OBJECT_STORAGE, true)).foundTwice(KMS_INSTANCE, INSTANCE)
                .foundTwice(ROOT_KEY, KEY).foundTwice(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .foundTwice(FILE_STORAGE_AUTHORIZATION, "p-file").deploy(story.request("r-2"))
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED)
                .deprovision("r-2", "decommissioned");

        assertThat(story.deleted()).containsExactly("p-cos");
        story.compensated("p-cos").expect(RunState.COMPLETED);
        assertThat(story.deleted()).containsExactly("p-cos");
    }

    @Test
    void a_deprovision_lets_go_and_deletes_nothing() {
        imported().deprovision("r-1", "").expect(RunState.COMPLETED); // no reason: nothing is destroyed

        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().message()).startsWith("Let go of");
        assertThat(story.deleted()).isEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.DEPROVISIONED);
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void its_things_are_verified_by_their_ids_and_left_to_whoever_they_belong_to() {
        imported().control(ControlAction.VERIFY, "r-1");
        List<StepCommand> looks = story.commands().subList(10, story.commands().size());
        assertThat(looks).hasSize(5).allMatch(command -> command.action() == Action.VERIFY);
        for (StepCommand look : looks) {
            story.when(
                    story.answered(
                            look,
                            new Answer.Verified(
                                    look.step() == ROOT_KEY ? Inspection.missing("It is gone.")
                                            : new Inspection(Condition.INTACT, List.of(), Optional.empty()))));
        }
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);

        assertRefused(story.control(ControlAction.REPAIR, "r-1"), RefusalCode.NEEDS_A_PERSON);
    }

    @Test
    void while_the_cluster_is_paused_it_waits() {
        story.importing(inputs).control(ControlAction.PAUSE, "r-1");
        assertThat(story.saga().isPaused()).isTrue();
        found(story.adopted(KMS_INSTANCE, INSTANCE).control(ControlAction.RESUME, "r-1").foundTwice(KMS_INSTANCE,
                INSTANCE))
                .expect(RunState.COMPLETED);
        assertThat(story.commands()).allMatch(ImportTest::isOfWhatExists);
    }

    private Story imported() {
        return found(story.importing(inputs).foundTwice(KMS_INSTANCE, INSTANCE));
    }

    private static Story found(Story told) {
        return told.foundTwice(ROOT_KEY, KEY).foundTwice(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .foundTwice(FILE_STORAGE_AUTHORIZATION, "p-file").foundTwice(OBJECT_STORAGE_AUTHORIZATION, "p-cos");
    }

    private static Story deployed(Story told) {
        return told.deploy(told.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
    }

    private static void assertRefused(Story told, RefusalCode code) {
        assertThat(told.lastLine().code()).as(told.lastLine().message()).isEqualTo(code.name());
    }

    static boolean isOfWhatExists(StepCommand command) {
        return switch (command.target()) {
            case InstanceTarget target -> target.adoptOnly();
            case KeyTarget target -> target.adoptOnly();
            case AuthorizationTarget target -> target.authorization().adoptOnly();
        };
    }

    private String name(StepName step) {
        return switch (story.lastCommand(step).target()) {
            case InstanceTarget target -> target.name();
            case KeyTarget target -> target.name();
            case AuthorizationTarget _ -> "";
        };
    }
}
