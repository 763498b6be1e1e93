package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.request.StepName.VSI_ROOT_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.request.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SagaFoldTest {
    private static final String SECOND = "11111111-0000-4000-8000-000000000002";

    private final Story story = Story.of("hpc-1");
    private final DeployRequest newEverything = story.request("r-1");
    private final DeployRequest existing = story.request("r-1").withKmsInstanceName("shared-kms")
            .withKmsKeyName("shared-key");

    private Story deployed() {
        instanceReady();
        return restCreated();
    }

    private Story restCreated() {
        return story.created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos");
    }

    private Story instanceReady() {
        return story.deploy(newEverything).created(KMS_INSTANCE, Story.INSTANCE);
    }

    // ---- up

    @Test
    void the_instance_comes_first_and_everything_else_at_once_when_it_is_there() {
        story.deploy(newEverything);
        assertThat(story.commands()).extracting(StepCommand::step).containsExactly(KMS_INSTANCE);

        story.created(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.commands()).extracting(StepCommand::step).containsExactly(
                KMS_INSTANCE, ROOT_KEY, BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION,
                OBJECT_STORAGE_AUTHORIZATION);
    }

    @Test
    void a_cluster_whose_every_step_is_reached_is_customer_managed() {
        deployed().expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.saga().resources()).allMatch(resource -> resource.ownership() == Ownership.CREATED).hasSize(5);
        assertThat(story.saga().inForce().orElseThrow().uses()).containsEntry(ROOT_KEY, Story.KEY).hasSize(5);
    }

    @Test
    void every_command_carries_the_mark_of_installation_cluster_run_and_purpose() {
        instanceReady();

        assertThat(story.lastCommand(ROOT_KEY).mark()).matches("kf-test-[a-z2-7]{26}-1-key-1");
        assertThat(story.lastCommand(ROOT_KEY).mark().length()).isLessThanOrEqualTo(90);
        assertThat(story.lastCommand(ROOT_KEY).notAfter()).isEqualTo(story.run().deadline());
    }

    @Test
    void separate_keys_make_two_keys() {
        story.deploy(newEverything.withSeparateKeys(true)).created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(story.commands()).extracting(StepCommand::step).contains(ROOT_KEY, VSI_ROOT_KEY);
    }

    @Test
    @Tag("case-102")
    void a_provider_managed_cluster_is_complete_at_once_and_sends_nothing() {
        story.deploy(story.request("r-1").withProviderManaged()).expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.PROVIDER_MANAGED);
        assertThat(story.commands()).isEmpty();
    }

    @Test
    @Tag("case-101")
    void a_skipped_authorization_is_neither_looked_up_nor_created() {
        story.deploy(newEverything.withSkipped(StorageService.BLOCK_STORAGE, true)).created(KMS_INSTANCE,
                Story.INSTANCE);

        assertThat(story.state(BLOCK_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Skipped());
        assertThat(story.commands()).extracting(StepCommand::step).doesNotContain(BLOCK_STORAGE_AUTHORIZATION);
    }

    @Test
    void a_named_instance_is_resolved_held_and_looked_at_again_before_it_is_used() {
        story.deploy(existing);
        assertThat(story.lastCommand(KMS_INSTANCE).action()).isEqualTo(Action.RESOLVE);

        story.adopted(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.lastCommand(KMS_INSTANCE).action()).isEqualTo(Action.PROVISION);
        assertThat(story.lastCommand(KMS_INSTANCE).expectedId()).contains(Story.INSTANCE);
        assertThat(story.ledgerOf(Story.INSTANCE).holds()).containsKey("default/hpc-1");

        story.adopted(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Adopted(Story.INSTANCE));
    }

    @Test
    @Tag("case-98")
    void a_policy_that_exists_already_is_used_only_after_the_ledger_granted_it() {
        instanceReady().adopted(BLOCK_STORAGE_AUTHORIZATION, "p-foreign");

        assertThat(story.state(BLOCK_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Adopted("p-foreign"));
        assertThat(story.ledgerOf(Story.INSTANCE).holds().get("default/hpc-1")).contains("p-foreign");
    }

    @Test
    void a_deferred_step_is_asked_again_when_its_time_has_come_and_not_before() {
        story.deploy(newEverything).deferred(KMS_INSTANCE, Duration.ofSeconds(20));
        assertThat(story.saga().nextWakeUp()).contains(Story.START.plusSeconds(20));

        story.after(Duration.ofSeconds(19));
        assertThat(story.commands()).hasSize(1);

        story.after(Duration.ofSeconds(1));
        assertThat(story.commands()).hasSize(2);
        assertThat(story.commands().get(1).id()).isNotEqualTo(story.commands().get(0).id());
    }

    @Test
    @Tag("case-73")
    void an_expired_command_is_sent_again_under_a_new_id() {
        story.deploy(newEverything).answer(KMS_INSTANCE, new Answer.Expired("too old")).after(Duration.ofSeconds(5));

        assertThat(story.commands()).hasSize(2);
        assertThat(story.commands().get(1).id()).isNotEqualTo(story.commands().get(0).id());
    }

    // ---- down

    @Test
    @Tag("case-49")
    void a_failed_run_undoes_keys_then_authorizations_then_the_instance() {
        instanceReady().created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN).expect(RunState.COMPENSATING);
        assertThat(story.deleted()).containsExactly(Story.KEY);

        story.compensated(Story.KEY);
        assertThat(story.deleted()).containsExactly(Story.KEY, "p-block", "p-cos");

        story.compensated("p-block").compensated("p-cos");
        assertThat(story.deleted()).containsExactly(Story.KEY, "p-block", "p-cos", Story.INSTANCE);

        story.compensated(Story.INSTANCE).expect(RunState.FAILED);
        assertThat(story.run().fault().orElseThrow().code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.NONE);
    }

    @Test
    @Tag("case-97")
    void an_adopted_root_key_survives_the_failure_of_the_cluster() {
        story.deploy(existing).adopted(KMS_INSTANCE, Story.INSTANCE).adopted(KMS_INSTANCE, Story.INSTANCE)
                .adopted(ROOT_KEY, Story.KEY).adopted(ROOT_KEY, Story.KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN)
                .compensated("p-block").compensated("p-cos").expect(RunState.FAILED);

        assertThat(story.deleted()).containsExactly("p-block", "p-cos");
        assertThat(story.ledgerOf(Story.INSTANCE).holds()).isEmpty();
    }

    @Test
    void a_step_that_never_answered_is_looked_for_twice_before_it_counts_as_not_created() {
        story.deploy(newEverything).after(Duration.ofMinutes(30)).expect(RunState.COMPENSATING);
        assertThat(story.lastCommand(KMS_INSTANCE).action()).isEqualTo(Action.RESOLVE);

        story.answer(KMS_INSTANCE, new Answer.NothingFound()).expect(RunState.COMPENSATING);
        story.after(Duration.ofSeconds(60)).answer(KMS_INSTANCE, new Answer.NothingFound()).expect(RunState.FAILED);
        assertThat(story.run().fault().orElseThrow().code()).isEqualTo(FaultCode.DEADLINE_EXCEEDED);
    }

    @Test
    void what_a_look_finds_is_deleted_and_looked_for_once_more() {
        story.deploy(newEverything).outcomeUnknown(KMS_INSTANCE).expect(RunState.COMPENSATING)
                .created(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.deleted()).containsExactly(Story.INSTANCE);

        story.compensated(Story.INSTANCE).after(Duration.ofSeconds(60))
                .answer(KMS_INSTANCE, new Answer.NothingFound()).expect(RunState.FAILED);
    }

    @Test
    @Tag("case-61")
    @Tag("case-92")
    void a_late_creation_after_the_end_brings_its_own_undoing() {
        story.deploy(newEverything);
        StepCommand first = story.lastCommand(KMS_INSTANCE);
        story.after(Duration.ofMinutes(30)).answer(KMS_INSTANCE, new Answer.NothingFound())
                .after(Duration.ofSeconds(60)).answer(KMS_INSTANCE, new Answer.NothingFound()).expect(RunState.FAILED);

        var late = new Answer.Completed(Story.resource(KMS_INSTANCE, Story.INSTANCE), true, Story.START, List.of());
        story.when(story.answered(first, late));

        assertThat(story.deleted()).containsExactly(Story.INSTANCE);
        story.compensated(Story.INSTANCE).expect(RunState.FAILED);
        assertThat(story.saga().undos()).isEmpty();
    }

    @Test
    @Tag("case-91")
    void a_creation_told_of_after_its_step_failed_for_good_is_undone_too() {
        story.deploy(newEverything).failed(KMS_INSTANCE, FaultCode.FORBIDDEN).expect(RunState.FAILED)
                .created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(story.deleted()).containsExactly(Story.INSTANCE);
        story.compensated(Story.INSTANCE).expect(RunState.FAILED);
        assertThat(story.saga().resources()).isEmpty();
    }

    @Test
    @Tag("case-92")
    void a_late_adoption_deletes_nothing() {
        deployed();
        var late = new Answer.Completed(Story.resource(ROOT_KEY, "foreign"), false, Story.START, List.of());
        story.when(story.answered(story.lastCommand(ROOT_KEY), late));

        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_surplus_instance_is_removed_while_the_run_goes_on() {
        story.deploy(newEverything).answer(
                KMS_INSTANCE,
                new Answer.Completed(
                        Story.resource(KMS_INSTANCE, Story.INSTANCE), true, Story.START,
                        List.of(Story.resource(KMS_INSTANCE, "second"))));

        assertThat(story.deleted()).containsExactly("second");
        story.expect(RunState.IN_PROGRESS).compensated("second");
        assertThat(story.saga().resource(Story.INSTANCE)).isPresent();
    }

    @Test
    @Tag("case-93")
    void a_key_in_use_parks_the_run_and_a_retry_goes_on_from_there() {
        instanceReady().created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN)
                .notCompensated(Story.KEY, FaultCode.KEY_IN_USE).expect(RunState.KEY_IN_USE);
        assertThat(story.deleted()).containsExactly(Story.KEY);
        assertThat(story.ledgerOf(Story.INSTANCE).bars()).as("a refused delete bars nothing").isEmpty();

        story.control(ControlAction.RETRY, "r-1").expect(RunState.COMPENSATING).compensated(Story.KEY)
                .compensated("p-block").compensated("p-cos").compensated(Story.INSTANCE).expect(RunState.FAILED);
    }

    @Test
    @Tag("case-93")
    void a_parked_run_still_occupies_its_cluster() {
        instanceReady().created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN)
                .notCompensated(Story.KEY, FaultCode.KEY_IN_USE).deploy(story.request("r-2"));

        assertThat(story.lastLine().code()).isEqualTo("BUSY");
        story.expect(RunState.KEY_IN_USE);
    }

    @Test
    void an_authorization_whose_source_still_has_registrations_is_retained() {
        instanceReady().created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file").failed(ROOT_KEY, FaultCode.QUOTA_EXCEEDED)
                .notCompensated("p-block", FaultCode.REGISTRATIONS_REMAIN).compensated("p-cos").compensated("p-file")
                .compensated(Story.INSTANCE).expect(RunState.FAILED);

        assertThat(story.saga().resource("p-block").orElseThrow().ownership()).isEqualTo(Ownership.RETAINED);
    }

    @Test
    void what_is_retained_and_asked_about_again_is_deleted_by_an_order_of_its_own() {
        instanceReady().created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file").failed(ROOT_KEY, FaultCode.QUOTA_EXCEEDED)
                .notCompensated("p-block", FaultCode.REGISTRATIONS_REMAIN);
        StepCommand first = story.deletionOf("p-block");
        story.compensated("p-cos").compensated("p-file").compensated(Story.INSTANCE).expect(RunState.FAILED);

        story.after(Duration.ofHours(2));

        StepCommand second = story.deletionOf("p-block");
        assertThat(story.deleted()).filteredOn("p-block"::equals).hasSize(2);
        assertThat(second.id()).as("or a late answer to the first would be taken for its own").isNotEqualTo(first.id());
    }

    // ---- made, and not shown yet

    @Test
    void an_instance_that_is_made_but_not_shown_yet_is_asked_for_by_its_id() {
        story.deploy(story.request("r-1")).madeNotReady(KMS_INSTANCE, Story.INSTANCE, Duration.ofSeconds(10))
                .after(Duration.ofSeconds(10));

        assertThat(story.lastCommand(KMS_INSTANCE).action()).isEqualTo(Action.PROVISION);
        assertThat(story.lastCommand(KMS_INSTANCE).expectedId()).contains(Story.INSTANCE);
        assertThat(story.deferred(KMS_INSTANCE, Duration.ofSeconds(10)).after(Duration.ofSeconds(10))
                .lastCommand(KMS_INSTANCE).expectedId()).as("however often").contains(Story.INSTANCE);
    }

    @Test
    void what_is_made_but_not_shown_yet_is_deleted_by_its_id_when_the_run_is_undone() {
        story.deploy(story.request("r-1")).madeNotReady(KMS_INSTANCE, Story.INSTANCE, Duration.ofSeconds(10))
                .control(ControlAction.CANCEL, "r-1");

        assertThat(story.deleted()).containsExactly(Story.INSTANCE);
        assertThat(story.lastCommand(KMS_INSTANCE).action()).as("there may be another").isEqualTo(Action.RESOLVE);
    }

    @Test
    void what_is_made_but_not_shown_yet_is_deleted_when_it_is_told_only_after_the_run_began_to_be_undone() {
        story.deploy(story.request("r-1"));
        StepCommand provision = story.lastCommand(KMS_INSTANCE);
        story.control(ControlAction.CANCEL, "r-1").when(story.answered(
                provision, story.notReady(KMS_INSTANCE, Story.INSTANCE, Duration.ofSeconds(10))));

        assertThat(story.deleted()).containsExactly(Story.INSTANCE);
    }

    @Test
    void a_second_instance_that_was_made_but_not_shown_yet_is_deleted_when_the_first_is_ready() {
        story.deploy(story.request("r-1"));
        StepCommand first = story.lastCommand(KMS_INSTANCE);
        story.deferred(KMS_INSTANCE, Duration.ofSeconds(20)).after(Duration.ofSeconds(20))
                .when(story.answered(first, story.notReady(KMS_INSTANCE, SECOND, Duration.ofSeconds(10))))
                .created(KMS_INSTANCE, Story.INSTANCE).expect(RunState.IN_PROGRESS);

        assertThat(story.deleted()).containsExactly(SECOND);
    }

    @Test
    void what_was_made_is_still_told_apart_when_the_answer_is_repeated() {
        story.deploy(story.request("r-1"));
        var told = story.answered(story.lastCommand(KMS_INSTANCE),
                story.notReady(KMS_INSTANCE, Story.INSTANCE, Duration.ofSeconds(10)));
        story.when(told).after(Duration.ofSeconds(10)).when(told).created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Created(Story.INSTANCE));
        assertThat(story.deleted()).isEmpty();
    }

    // ---- cancel and retry

    @Test
    void a_retry_asks_again_for_answers_that_never_came_while_undoing() {
        instanceReady().created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").outcomeUnknown(ROOT_KEY).expect(RunState.COMPENSATING);
        StepCommand unanswered = story.lastCommand(ROOT_KEY);

        story.control(ControlAction.RETRY, "r-1").expect(RunState.COMPENSATING);

        assertThat(story.lastCommand(ROOT_KEY).action()).isEqualTo(Action.RESOLVE);
        assertThat(story.lastCommand(ROOT_KEY).id()).isNotEqualTo(unanswered.id());
    }

    @Test
    @Tag("case-99")
    void a_delete_that_was_never_answered_keeps_its_bar_though_the_next_one_is_refused() {
        instanceReady().created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        StepCommand unanswered = story.deletionOf(Story.KEY);

        story.control(ControlAction.RETRY, "r-1").notCompensated(Story.KEY, FaultCode.KEY_IN_USE)
                .expect(RunState.KEY_IN_USE);

        assertThat(story.deletionOf(Story.KEY).id()).isNotEqualTo(unanswered.id());
        assertThat(story.ledgerOf(Story.INSTANCE).bars()).as("the first delete may still land").containsKey(Story.KEY);
    }

    @Test
    void a_failed_run_is_tried_again_as_a_run_of_its_own() {
        story.deploy(newEverything).failed(KMS_INSTANCE, FaultCode.QUOTA_EXCEEDED).expect(RunState.FAILED)
                .control(ControlAction.RETRY, "r-1").expect(RunState.IN_PROGRESS);

        assertThat(story.run().number()).isEqualTo(2);
        assertThat(story.lastCommand(KMS_INSTANCE).run()).isEqualTo(2);
    }

    @Test
    void a_retry_of_a_request_whose_own_deadline_is_over_has_the_usual_time() {
        story.deploy(newEverything.withDeadline(Story.START.plusSeconds(60)))
                .failed(KMS_INSTANCE, FaultCode.QUOTA_EXCEEDED).after(Duration.ofHours(1))
                .control(ControlAction.RETRY, "r-1").expect(RunState.IN_PROGRESS);

        assertThat(story.run().deadline()).isEqualTo(Story.START.plus(Duration.ofMinutes(90)));
    }

    @Test
    @Tag("case-90")
    void a_cancel_undoes_the_run_and_ends_it_as_cancelled() {
        instanceReady().control(ControlAction.CANCEL, "r-1").expect(RunState.COMPENSATING);
        for (StepName step : List.of(
                ROOT_KEY, BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION)) {
            story.answer(step, new Answer.NothingFound());
        }
        story.after(Duration.ofSeconds(60));
        for (StepName step : List.of(
                ROOT_KEY, BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION)) {
            story.answer(step, new Answer.NothingFound());
        }
        story.compensated(Story.INSTANCE).expect(RunState.CANCELLED);
        assertThat(story.saga().resources()).isEmpty();
    }

    @Test
    @Tag("case-14")
    @Tag("case-90")
    void a_cancel_that_comes_before_its_deploy_is_remembered() {
        story.control(ControlAction.CANCEL, "r-1").deploy(newEverything).expect(RunState.CANCELLED);

        assertThat(story.commands()).isEmpty();
    }

    @Test
    @Tag("case-90")
    void a_cancel_after_the_end_is_refused_and_says_so() {
        deployed().control(ControlAction.CANCEL, "r-1").expect(RunState.COMPLETED);

        assertThat(story.lastLine().code()).isEqualTo("ALREADY_FINISHED");
    }

    @Test
    void a_repeated_control_has_no_effect() {
        story.deploy(newEverything).control(ControlAction.CANCEL, "r-1", "c-1").control(
                ControlAction.CANCEL, "r-1", "c-1");

        assertThat(story.lastLine().code()).isEqualTo("DUPLICATE_REQUEST");
    }

    @Test
    void actions_of_later_versions_are_refused_and_not_ignored() {
        story.control(ControlAction.UNKNOWN, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("UNKNOWN_ACTION");
    }

    // ---- requests

    @Test
    @Tag("case-11")
    void the_same_request_twice_is_one_run() {
        deployed().deploy(newEverything);

        assertThat(story.lastLine().code()).isEqualTo("DUPLICATE_REQUEST");
        assertThat(story.saga().runs()).isEqualTo(1);
    }

    @Test
    @Tag("case-12")
    void the_same_request_id_with_other_inputs_is_a_conflict() {
        deployed().deploy(newEverything.withRegion("eu-de"));

        assertThat(story.lastLine().code()).isEqualTo("REQUEST_CONFLICT");
        story.expect(RunState.COMPLETED);
    }

    @Test
    @Tag("case-96")
    void a_request_while_a_run_is_going_is_refused_as_busy_and_may_be_sent_again() {
        story.deploy(newEverything).deploy(story.request("r-2"));

        assertThat(story.lastLine().code()).isEqualTo("BUSY");
        assertThat(story.saga().seenRequests()).extracting(SeenRequest::requestId).containsExactly("r-1");
    }

    @Test
    void a_rejected_request_never_changes_what_holds() {
        deployed().deploy(story.request("r-2").withKeyManagement("vault")).expect(RunState.REJECTED);

        assertThat(story.run().violations()).isNotEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.saga().resources()).hasSize(5);
    }

    @Test
    void a_cluster_with_resources_cannot_move_to_another_region() {
        deployed().deploy(story.request("r-2").withRegion("eu-de")).expect(RunState.REJECTED);

        assertThat(story.run().violations()).extracting(violation -> violation.code()).contains("REGION_FIXED");
    }

    @Test
    void a_cluster_with_resources_keeps_the_key_region_that_was_asked_for() {
        // What is found lies in us-south: an adopted instance may lie elsewhere than asked.
        story.deploy(existing.withKmsRegion("eu-de")).adopted(KMS_INSTANCE, Story.INSTANCE)
                .adopted(KMS_INSTANCE, Story.INSTANCE).adopted(ROOT_KEY, Story.KEY).adopted(ROOT_KEY, Story.KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);

        expectKeyRegionFixed(story.request("r-2"), "us-south", "eu-de");
        expectKeyRegionFixed(story.request("r-3").withKmsRegion("jp-tok"), "jp-tok", "eu-de");
        story.deploy(story.request("r-4").withKmsRegion("eu-de")).expect(RunState.COMPLETED);
    }

    @Test
    void the_resources_region_is_the_key_region_where_no_request_of_ours_is_in_force() {
        story.deploy(newEverything.withKmsRegion("eu-de")).created(KMS_INSTANCE, Story.INSTANCE);
        Story other = story.beside("hpc-2");
        other.deploy(other.request("x-1").withKmsInstanceName("hpc-1-kms")).adopted(KMS_INSTANCE, Story.INSTANCE);
        story.failed(ROOT_KEY, FaultCode.QUOTA_EXCEEDED);
        answerOpenLooksWithNothing();
        assertThat(story.saga().inForce()).isEmpty();
        assertThat(story.saga().resources()).extracting(Resource::region).containsExactly("us-south");

        expectKeyRegionFixed(story.request("r-2").withKmsRegion("eu-de"), "eu-de", "us-south");
        story.deploy(story.request("r-3")).expect(RunState.IN_PROGRESS);
    }

    @Test
    void the_resources_region_is_the_key_region_where_encryption_is_left_to_the_provider() {
        deployed().deploy(story.request("r-2").withProviderManaged()).expect(RunState.COMPLETED);

        expectKeyRegionFixed(story.request("r-3").withKmsRegion("eu-de"), "eu-de", "us-south");
    }

    @Test
    void material_that_is_brought_is_named_in_the_command_and_only_there() {
        story.deploy(newEverything.withKeyMaterialReference("file:hpc-1.key")).created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(story.commands()).extracting(StepCommand::target).filteredOn(StepCommand.KeyTarget.class::isInstance)
                .extracting(target -> ((StepCommand.KeyTarget) target).material())
                .containsExactly(Optional.of("file:hpc-1.key"));
    }

    @Test
    void a_key_that_the_cluster_has_gets_no_other_material() {
        deployed().deploy(story.request("r-2").withKeyMaterialReference("file:hpc-1.key")).expect(RunState.REJECTED);

        assertThat(story.run().violations()).containsExactly(
                new Violation(
                        "KEY_MATERIAL_FIXED", "key_material_reference", "(not shown)",
                        "left out, or what it was imported from, as long as the cluster has the root key "
                                + Story.KEY));
    }

    @Test
    void a_key_that_was_imported_goes_on_being_used_with_the_same_reference_and_without() {
        story.deploy(newEverything.withKeyMaterialReference("file:hpc-1.key")).created(KMS_INSTANCE, Story.INSTANCE);
        restCreated();

        story.deploy(story.request("r-2").withKeyMaterialReference("file:hpc-1.key")).expect(RunState.COMPLETED);
        story.deploy(story.request("r-3").withKeyMaterialReference("file:other.key")).expect(RunState.REJECTED);
        story.deploy(story.request("r-4")).expect(RunState.COMPLETED);
        story.deploy(story.request("r-5").withKeyMaterialReference("file:hpc-1.key")).expect(RunState.COMPLETED);
        assertThat(story.commands()).hasSize(5);
    }

    @Test
    void a_generated_key_is_not_taken_for_an_imported_one_by_way_of_another_deploy() {
        deployed().deploy(story.request("r-2").withKmsInstanceName("elsewhere").withKeyMaterialReference("file:a.key"))
                .failed(KMS_INSTANCE, FaultCode.NOT_FOUND).expect(RunState.FAILED)
                .deploy(story.request("r-3").withKeyMaterialReference("file:a.key")).expect(RunState.REJECTED);

        assertThat(story.run().violations()).extracting(Violation::code).containsExactly("KEY_MATERIAL_FIXED");
    }

    private void expectKeyRegionFixed(DeployRequest request, String given, String fixed) {
        story.deploy(request).expect(RunState.REJECTED);
        assertThat(story.run().violations()).containsExactly(
                Violation.of(
                        RefusalCode.REGION_FIXED, "kms_region", given,
                        "\"" + fixed + "\", as long as the cluster has resources there"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Default", "hpc"})
    void our_own_hand_over_fed_back_as_a_request_changes_nothing(String resourceGroup) {
        story.deploy(newEverything.withResourceGroup(resourceGroup)).created(KMS_INSTANCE, Story.INSTANCE);
        restCreated().deploy(
                story.request("r-2").withKmsInstanceName("hpc-1-kms").withKmsKeyName("hpc-1-key")
                        .withResourceGroup(resourceGroup).withSkipped(StorageService.BLOCK_STORAGE, true)
                        .withSkipped(StorageService.FILE_STORAGE, true)
                        .withSkipped(StorageService.OBJECT_STORAGE, true))
                .expect(RunState.COMPLETED);

        assertThat(story.saga().runs()).isEqualTo(2);
        assertThat(story.commands()).hasSize(5);
        assertThat(story.saga().resources()).allMatch(resource -> resource.ownership() == Ownership.CREATED).hasSize(5);
    }

    @Test
    void a_narrowed_authorization_is_still_said_to_be_narrow_when_our_hand_over_was_fed_back() {
        String guid = "01234567-89ab-cdef-0123-456789abcdef";
        story.deploy(newEverything.withCosInstanceGuid(guid)).created(KMS_INSTANCE, Story.INSTANCE);
        restCreated().deploy(story.request("r-2").withSkipped(StorageService.OBJECT_STORAGE, true))
                .expect(RunState.COMPLETED);

        assertThat(story.saga().inForce().orElseThrow().request().cosInstanceGuid()).contains(guid);
        assertThat(story.commands()).hasSize(5);
    }

    // ---- rotation

    @Test
    void a_rotation_is_ordered_with_the_key_and_kept_with_it() {
        story.deploy(newEverything.withRotationIntervalMonths(3)).created(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.lastCommand(ROOT_KEY).target()).isInstanceOfSatisfying(
                StepCommand.KeyTarget.class, target -> assertThat(target.rotationMonths()).contains(3));
        restCreated().expect(RunState.COMPLETED);

        assertThat(story.saga().resource(Story.KEY).orElseThrow().rotationMonths()).contains(3);
    }

    @Test
    void another_rotation_of_a_key_that_is_there_is_refused_and_none_or_the_same_changes_nothing() {
        story.deploy(newEverything.withRotationIntervalMonths(3)).created(KMS_INSTANCE, Story.INSTANCE);
        restCreated();

        story.deploy(story.request("r-2").withRotationIntervalMonths(6)).expect(RunState.REJECTED);
        assertThat(story.run().violations()).extracting(Violation::message).containsExactly(
                "NOT_YET_SUPPORTED: rotation_interval_months = 6; allowed: 3 or left out: the root key \"hpc-1-key\""
                        + " exists already, and its rotation cannot be changed yet");
        story.deploy(story.request("r-3")).expect(RunState.COMPLETED);
        story.deploy(
                story.request("r-4").withKmsInstanceName("hpc-1-kms").withKmsKeyName("hpc-1-key"))
                .expect(RunState.COMPLETED);
        story.deploy(story.request("r-5").withRotationIntervalMonths(3)).expect(RunState.COMPLETED);
        assertThat(story.commands()).hasSize(5);
        assertThat(story.saga().resource(Story.KEY).orElseThrow().rotationMonths()).contains(3);
    }

    @Test
    void a_rotation_that_is_asked_for_later_is_refused_not_ignored() {
        deployed().deploy(story.request("r-2").withRotationIntervalMonths(6)).expect(RunState.REJECTED);

        assertThat(story.run().violations()).extracting(Violation::code).containsExactly("NOT_YET_SUPPORTED");
    }

    // ---- deletion by two identities

    @Test
    void that_deleting_takes_two_is_ordered_with_the_key_and_kept_with_it() {
        story.deploy(newEverything.withDualAuthorizationDelete(true)).created(KMS_INSTANCE, Story.INSTANCE);
        assertThat(story.lastCommand(ROOT_KEY).target()).isInstanceOfSatisfying(
                StepCommand.KeyTarget.class, target -> assertThat(target.dualAuthorization()).isTrue());
        restCreated().expect(RunState.COMPLETED);

        assertThat(story.saga().resource(Story.KEY).orElseThrow().dualAuthorization()).isTrue();
        story.control(ControlAction.VERIFY, "r-1");
        assertThat(story.lastCommand(ROOT_KEY).target()).isInstanceOfSatisfying(
                StepCommand.KeyTarget.class, target -> assertThat(target.dualAuthorization()).isTrue());
    }

    @Test
    void a_key_that_takes_two_goes_on_taking_two_whatever_is_asked_later() {
        story.deploy(newEverything.withDualAuthorizationDelete(true)).created(KMS_INSTANCE, Story.INSTANCE);
        restCreated();

        story.deploy(story.request("r-2")).expect(RunState.COMPLETED);
        story.deploy(story.request("r-3").withDualAuthorizationDelete(true)).expect(RunState.COMPLETED);
        assertThat(story.commands()).hasSize(5);
        assertThat(story.saga().resource(Story.KEY).orElseThrow().dualAuthorization()).isTrue();
    }

    @Test
    void two_that_are_asked_for_later_are_refused_not_ignored() {
        deployed().deploy(story.request("r-2").withDualAuthorizationDelete(true)).expect(RunState.REJECTED);

        assertThat(story.run().violations()).extracting(Violation::message).containsExactly(
                "NOT_YET_SUPPORTED: dual_authorization_delete = true; allowed: false: the root key \"hpc-1-key\" exists"
                        + " already, and what deleting it takes cannot be changed yet");
    }

    @Test
    void undoing_a_run_that_has_made_such_a_key_waits_for_the_other_identity() {
        story.deploy(newEverything.withDualAuthorizationDelete(true)).created(KMS_INSTANCE, Story.INSTANCE)
                .created(ROOT_KEY, Story.KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .failed(OBJECT_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN)
                .notCompensated(Story.KEY, FaultCode.SECOND_AUTHORIZATION_NEEDED).expect(RunState.COMPENSATION_FAILED)
                .control(ControlAction.RETRY, "r-1").compensated(Story.KEY).compensated("p-block")
                .compensated("p-file").compensated(Story.INSTANCE).expect(RunState.FAILED);
    }

    // ---- delegation

    @Test
    void delegation_is_ordered_for_block_and_file_storage_alone() {
        story.deploy(newEverything.withAuthorizationDelegation(true)).created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(rolesOrdered()).containsExactly(
                List.of("Reader", "Authorization Delegator"),
                List.of("Reader", "Authorization Delegator"),
                List.of("Reader"));
    }

    @Test
    void delegation_that_is_asked_for_later_leaves_the_old_authorizations_unused_and_makes_new_ones() {
        deployed().deploy(story.request("r-2").withAuthorizationDelegation(true)).expect(RunState.IN_PROGRESS);
        assertThat(story.state(OBJECT_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Kept("p-cos"));
        story.created(BLOCK_STORAGE_AUTHORIZATION, "p-block-2").created(FILE_STORAGE_AUTHORIZATION, "p-file-2")
                .expect(RunState.COMPLETED);

        expectAuthorizations(Ownership.UNUSED, false, "p-block", "p-file");
        expectAuthorizations(Ownership.CREATED, true, "p-block-2", "p-file-2");
        expectAuthorizations(Ownership.CREATED, false, "p-cos");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void delegation_that_is_taken_back_uses_the_old_authorizations_again() {
        deployed().deploy(story.request("r-2").withAuthorizationDelegation(true))
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block-2").created(FILE_STORAGE_AUTHORIZATION, "p-file-2");
        // IAM refuses the same attributes and roles, and the worker reads the one that it names.
        story.deploy(story.request("r-3")).adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-file").expect(RunState.COMPLETED);

        expectAuthorizations(Ownership.CREATED, false, "p-block", "p-file", "p-cos");
        expectAuthorizations(Ownership.UNUSED, true, "p-block-2", "p-file-2");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void what_iam_makes_no_narrower_one_beside_stays_in_use_and_is_known_to_be_delegable() {
        deployedDelegating().deploy(story.request("r-2")).adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file-2").expect(RunState.COMPLETED);

        expectAuthorizations(Ownership.CREATED, true, "p-block");
        expectAuthorizations(Ownership.UNUSED, true, "p-file");
        // Asked again, it is tried again: somebody may have taken the other one away.
        story.deploy(story.request("r-3")).expect(RunState.IN_PROGRESS);
        assertThat(story.state(FILE_STORAGE_AUTHORIZATION)).isEqualTo(new StepState.Kept("p-file-2"));
    }

    @Test
    void somebody_elses_authorization_is_asked_about_again_once_delegation_is_wanted() {
        story.deploy(newEverything).created(KMS_INSTANCE, Story.INSTANCE).created(ROOT_KEY, Story.KEY)
                .adopted(BLOCK_STORAGE_AUTHORIZATION, "theirs").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos");
        story.deploy(story.request("r-2").withAuthorizationDelegation(true))
                .adopted(BLOCK_STORAGE_AUTHORIZATION, "theirs").created(FILE_STORAGE_AUTHORIZATION, "p-file-2")
                .expect(RunState.COMPLETED);

        expectAuthorizations(Ownership.ADOPTED, true, "theirs");
    }

    @Test
    void a_change_to_delegation_that_fails_takes_back_its_own_authorizations_only() {
        deployed().deploy(story.request("r-2").withAuthorizationDelegation(true))
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block-2")
                .failed(FILE_STORAGE_AUTHORIZATION, FaultCode.NAME_TAKEN).compensated("p-block-2")
                .expect(RunState.FAILED);

        expectAuthorizations(Ownership.CREATED, false, "p-block", "p-file", "p-cos");
        assertThat(story.deleted()).containsExactly("p-block-2");
    }

    @Test
    void our_own_hand_over_changes_nothing_of_what_may_be_delegated() {
        deployedDelegating().deploy(
                story.request("r-2").withKmsInstanceName("hpc-1-kms").withKmsKeyName("hpc-1-key")
                        .withSkipped(StorageService.BLOCK_STORAGE, true).withSkipped(StorageService.FILE_STORAGE, true)
                        .withSkipped(StorageService.OBJECT_STORAGE, true))
                .expect(RunState.COMPLETED);
        expectAuthorizations(Ownership.CREATED, true, "p-block", "p-file");

        story.deploy(story.request("r-3").withAuthorizationDelegation(true)).expect(RunState.COMPLETED);
        assertThat(story.commands()).hasSize(5);
    }

    private Story deployedDelegating() {
        story.deploy(newEverything.withAuthorizationDelegation(true)).created(KMS_INSTANCE, Story.INSTANCE);
        return restCreated();
    }

    private List<List<String>> rolesOrdered() {
        return story.commands().stream().map(StepCommand::target)
                .filter(StepCommand.AuthorizationTarget.class::isInstance)
                .map(target -> ((StepCommand.AuthorizationTarget) target).authorization().roles()).toList();
    }

    private void expectAuthorizations(Ownership ownership, boolean delegates, String... ids) {
        assertThat(story.saga().resources())
                .filteredOn(resource -> resource.step().name().endsWith("_AUTHORIZATION"))
                .filteredOn(resource -> resource.ownership() == ownership && resource.delegates() == delegates)
                .extracting(Resource::id).containsExactlyInAnyOrder(ids);
    }

    @Test
    void another_key_name_leaves_the_old_key_unused_and_in_place() {
        deployed().deploy(
                story.request("r-2").withKmsInstanceName("hpc-1-kms").withKmsKeyName("other-key"))
                .adopted(ROOT_KEY, "other").adopted(ROOT_KEY, "other").expect(RunState.COMPLETED);

        assertThat(story.saga().resource(Story.KEY).orElseThrow().ownership()).isEqualTo(Ownership.UNUSED);
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_failed_change_leaves_the_last_completed_plan_in_force() {
        deployed().deploy(
                story.request("r-2").withKmsInstanceName("hpc-1-kms").withKmsKeyName("other-key"))
                .failed(ROOT_KEY, FaultCode.NOT_FOUND).expect(RunState.FAILED);

        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.saga().inForce().orElseThrow().request().requestId()).isEqualTo("r-1");
        assertThat(story.deleted()).isEmpty();
    }

    // ---- the ledger

    @Test
    void an_instance_that_another_cluster_holds_is_retained() {
        instanceReady();
        Story other = story.beside("hpc-2");
        other.deploy(other.request("x-1").withKmsInstanceName("hpc-1-kms")).adopted(KMS_INSTANCE, Story.INSTANCE);

        story.failed(ROOT_KEY, FaultCode.QUOTA_EXCEEDED);
        answerOpenLooksWithNothing();
        story.expect(RunState.FAILED);

        assertThat(story.deleted()).isEmpty();
        Resource instance = story.saga().resource(Story.INSTANCE).orElseThrow();
        assertThat(instance.ownership()).isEqualTo(Ownership.RETAINED);
        assertThat(instance.keptFor()).containsExactly("default/hpc-2");
    }

    @Test
    @Tag("case-99")
    void an_instance_that_is_being_removed_cannot_be_adopted() {
        instanceReady().failed(ROOT_KEY, FaultCode.QUOTA_EXCEEDED);
        answerOpenLooksWithNothing();
        assertThat(story.deleted()).containsExactly(Story.INSTANCE);

        Story other = story.beside("hpc-2");
        other.deploy(other.request("x-1").withKmsInstanceName("hpc-1-kms")).adopted(KMS_INSTANCE, Story.INSTANCE)
                .expect(RunState.FAILED);
        assertThat(other.run().fault().orElseThrow().code()).isEqualTo(FaultCode.BEING_REMOVED);
    }

    private void answerOpenLooksWithNothing() {
        for (int look = 1; look <= 2; look++) {
            for (Step step : story.run().steps()) {
                if (step.state() instanceof StepState.Looking) {
                    story.answer(step.name(), new Answer.NothingFound());
                }
            }
            story.after(Duration.ofSeconds(60));
        }
    }

    // ---- replays

    @Test
    @Tag("case-109")
    void a_repeated_answer_changes_nothing() {
        deployed();
        Saga before = story.saga();
        story.created(ROOT_KEY, Story.KEY).created(KMS_INSTANCE, Story.INSTANCE);

        assertThat(story.saga().showsTheSameAs(before)).isTrue();
        assertThat(story.saga().revision()).isEqualTo(before.revision());
    }

    @Test
    @Tag("case-14")
    void an_answer_nobody_waits_for_is_written_down() {
        story.when(
                new SagaEvent.StepAnswered(
                        Story.anyCommand(), 7, ROOT_KEY, Action.PROVISION,
                        new Answer.Failed(Story.fault(FaultCode.FORBIDDEN, false)), "worker-1"));

        assertThat(story.lastLine().event()).isEqualTo(AuditEvent.LATE_ANSWER);
        assertThat(story.saga().lastRun()).isEqualTo(Optional.empty());
    }
}
