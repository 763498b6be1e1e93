package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SweepTest {
    private static final String WHY = "ticket 4711";
    private static final String OTHER_INSTANCE = "33333333-0000-4000-8000-000000000001";

    private final Story story = Story.of("hpc-1");

    // ---- what is deleted

    @Test
    void what_carries_the_mark_of_a_run_that_is_over_and_is_in_no_state_is_deleted_in_the_order_of_all_deletions() {
        deployed(story).sweep(
                "r-1", WHY, instance(OTHER_INSTANCE, "hpc-1-kms"),
                orphan(BLOCK_STORAGE_AUTHORIZATION, "p-lost", OTHER_INSTANCE),
                orphan(ROOT_KEY, "k-lost", OTHER_INSTANCE));
        assertThat(story.deleted()).containsExactly("k-lost");

        story.compensated("k-lost");
        assertThat(story.deleted()).containsExactly("k-lost", "p-lost");

        story.compensated("p-lost").compensated(OTHER_INSTANCE);
        assertThat(story.deleted()).containsExactly("k-lost", "p-lost", OTHER_INSTANCE);
        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.saga().resources()).hasSize(5).allMatch(Resource::isInUse);
        story.expect(RunState.COMPLETED);
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
    }

    @Test
    void the_worker_has_to_see_the_mark_first() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        StepCommand command = story.deletionOf("k-lost");
        assertThat(command.action()).isEqualTo(Action.SWEEP);
        assertThat(command.mark()).isEqualTo(mark("test", "hpc-1", 1, ROOT_KEY));
    }

    @Test
    void the_orphans_of_a_cluster_that_is_long_gone_are_deleted_too() {
        deployed(story).deprovision("r-1", WHY).compensated(KEY).compensated("p-block").compensated("p-file")
                .compensated("p-cos").compensated(INSTANCE).expect(RunState.COMPLETED)
                .sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost", OTHER_INSTANCE));

        assertThat(story.deleted()).last().isEqualTo("k-lost");
    }

    @Test
    void what_is_found_again_is_asked_for_anew() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost")).notCompensated("k-lost", FaultCode.KEY_IN_USE);
        var first = story.deletionOf("k-lost").id();
        story.sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.deletionOf("k-lost").id()).isNotEqualTo(first);
    }

    @Test
    void what_a_late_answer_proves_to_be_ours_is_deleted_whatever_the_sweep_has_said_of_it() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));
        StepCommand swept = story.deletionOf("k-lost");
        story.created(ROOT_KEY, "k-lost");
        assertThat(story.deletionOf("k-lost").action()).isEqualTo(Action.COMPENSATE);

        story.when(
                story.answered(
                        swept,
                        new Answer.CompensationFailed("k-lost", Story.fault(FaultCode.NOT_OURS, false))));
        assertThat(story.saga().undos()).hasSize(1);
        story.compensated("k-lost");
        assertThat(story.saga().undos()).isEmpty();
    }

    // ---- what is not

    @Test
    void what_carries_no_mark_or_that_of_another_installation_or_cluster_or_run_is_not_deleted() {
        deployed(story);
        for (String mark : List.of(
                "", "kf-test", mark("other", "hpc-1", 1, ROOT_KEY), mark("test", "hpc-2", 1, ROOT_KEY),
                mark("test", "hpc-1", 2, ROOT_KEY), mark("test", "hpc-1", 1, BLOCK_STORAGE_AUTHORIZATION))) {
            story.sweep("r-1", WHY, found(ROOT_KEY, 1, mark, "k-lost", INSTANCE, "hpc-1-key"));
            assertThat(story.lastLine().code()).as(mark).isEqualTo("NOT_AN_ORPHAN");
            assertThat(story.lastLine().resourceId()).isEqualTo("k-lost");
        }
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void what_a_run_is_said_to_have_made_that_there_was_not_is_not_deleted() {
        deployed(story);
        for (int run : new int[]{-1, 0, 2, 99}) {
            story.sweep("r-1", WHY, instance(OTHER_INSTANCE, "hpc-1-kms", run));
        }
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void nothing_is_deleted_while_a_run_is_going() {
        deployed(story).deploy(story.request("r-2").withSeparateKeys(true))
                .sweep("r-2", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.lastLine().code()).isEqualTo("BUSY");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void what_the_saga_lists_in_whatever_ownership_is_not_deleted() {
        deployed(story).deploy(story.request("r-2").withSeparateKeys(true)).created(StepName.VSI_ROOT_KEY, "k-2")
                .expect(RunState.COMPLETED).deploy(story.request("r-3")).expect(RunState.COMPLETED);
        assertThat(story.saga().resource("k-2").orElseThrow().ownership()).isEqualTo(Ownership.UNUSED);

        story.sweep(
                "r-3", WHY, orphan(ROOT_KEY, KEY), instance(INSTANCE, "hpc-1-kms"),
                found(StepName.VSI_ROOT_KEY, 2, mark("test", "hpc-1", 2, StepName.VSI_ROOT_KEY), "k-2", INSTANCE, ""));
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void what_is_being_deleted_already_is_left_to_that() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost")).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.deleted()).containsExactly("k-lost");
    }

    @Test
    void an_instance_of_another_name_or_in_another_ledger_entry_is_not_deleted() {
        deployed(story).sweep("r-1", WHY, instance(OTHER_INSTANCE, "hpc-2-kms"))
                .sweep("r-1", WHY, found(KMS_INSTANCE, 1, "", OTHER_INSTANCE, INSTANCE, "hpc-1-kms"));

        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void an_authorization_on_which_a_skipping_deploy_relies_is_not_deleted() {
        deployed(story, story.request("r-1").withSkipped(StorageService.BLOCK_STORAGE, true))
                .sweep("r-1", WHY, orphan(BLOCK_STORAGE_AUTHORIZATION, "p-lost"));

        assertThat(story.lastLine().message()).contains("relies on");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void ids_that_are_none_too_much_at_once_and_nothing_are_refused() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "../keys/" + KEY))
                .sweep("r-1", WHY).sweep(
                        "r-1", WHY,
                        IntStream.range(0, 101).mapToObj(n -> orphan(ROOT_KEY, "k-" + n)).toArray(Found[]::new));

        assertThat(story.lastLine().code()).isEqualTo("INVALID_REQUEST");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void one_that_looked_before_the_latest_deploy_is_refused() {
        deployed(story).deploy(story.request("r-2")).expect(RunState.COMPLETED)
                .deploy(story.request("r-3")).expect(RunState.COMPLETED)
                .sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.lastLine().code()).isEqualTo("UNKNOWN_DEPLOY");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_paused_cluster_is_left_alone() {
        deployed(story).control(ControlAction.PAUSE, "r-1").sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.lastLine().code()).isEqualTo("PAUSED");
    }

    @Test
    void a_root_key_wants_a_reason_and_is_told_so() {
        deployed(story).sweep("r-1", "", orphan(ROOT_KEY, "k-lost"));

        assertThat(story.audit()).filteredOn(line -> line.event() == AuditEvent.CONTROL_REFUSED).hasSize(2)
                .extracting(AuditLine::code).containsOnly("DELETION_PROTECTED");
        assertThat(story.lastLine().resourceId()).isEqualTo("k-lost");
        assertThat(story.lastLine().message()).contains("--reason").doesNotContain("deletion_protection");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_root_key_wants_a_second_person_where_two_have_to_agree() {
        Story strict = Story.where(new SagaSettings(
                "test", Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofHours(1),
                Duration.ofMinutes(10), true, Duration.ZERO));
        deployed(strict).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(strict.lastLine().code()).isEqualTo("DELETION_PROTECTED");
        assertThat(strict.lastLine().message()).contains("a second person's agreement");
    }

    @Test
    void a_root_key_that_lacks_a_reason_keeps_nothing_else() {
        deployed(story).sweep(
                "r-1", "", orphan(ROOT_KEY, "k-lost"), orphan(BLOCK_STORAGE_AUTHORIZATION, "p-lost"),
                instance(OTHER_INSTANCE, "hpc-1-kms"));

        assertThat(story.deleted()).containsExactly("p-lost", OTHER_INSTANCE);
        assertThat(story.audit()).filteredOn(line -> line.event() == AuditEvent.CONTROL_REFUSED).singleElement()
                .satisfies(line -> {
                    assertThat(line.code()).isEqualTo("DELETION_PROTECTED");
                    assertThat(line.resourceId()).isEqualTo("k-lost");
                });
    }

    @Test
    void of_several_each_is_decided_by_itself_and_told() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, KEY), orphan(ROOT_KEY, "k-lost"),
                orphan(ROOT_KEY, "k-lost"));

        assertThat(story.deleted()).containsExactly("k-lost");
        assertThat(story.audit()).filteredOn(line -> line.code().equals("NOT_AN_ORPHAN"))
                .extracting(AuditLine::resourceId).containsExactly(KEY, "k-lost");
    }

    // ---- what cannot be deleted

    @Test
    void what_another_cluster_holds_is_kept_and_never_listed_as_ours() {
        Story other = story.beside("hpc-2");
        deployed(story);
        other.deploy(other.request("r-1").withKmsInstanceName("hpc-1-kms").withKmsKeyName("lost"))
                .adopted(KMS_INSTANCE, INSTANCE).adopted(KMS_INSTANCE, INSTANCE).adopted(ROOT_KEY, "k-lost")
                .adopted(ROOT_KEY, "k-lost").adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-file").adopted(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .expect(RunState.COMPLETED);
        story.sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));

        assertThat(story.deleted()).isEmpty();
        assertThat(story.lastLine().message()).contains("kept for default/hpc-2");
        assertThat(story.saga().resource("k-lost")).isEmpty();
        assertThat(story.saga().undos()).isEmpty();
    }

    @Test
    void what_the_worker_does_not_see_to_be_ours_or_ibm_refuses_to_delete_is_forgotten() {
        deployed(story);
        for (FaultCode code : List.of(FaultCode.NOT_OURS, FaultCode.KEY_IN_USE, FaultCode.FORBIDDEN)) {
            story.sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost")).notCompensated("k-lost", code);

            assertThat(story.lastLine().event()).isEqualTo(AuditEvent.COMPENSATION_FAILED);
            assertThat(story.lastLine().code()).isEqualTo(code.name());
            assertThat(story.saga().undos()).isEmpty();
            assertThat(story.saga().resource("k-lost")).isEmpty();
            assertThat(story.ledgerOf(INSTANCE).bars()).doesNotContainKey("k-lost");
        }
        story.sweep("r-1", WHY, orphan(BLOCK_STORAGE_AUTHORIZATION, "p-lost"))
                .notCompensated("p-lost", FaultCode.REGISTRATIONS_REMAIN);
        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.saga().resource("p-lost")).isEmpty();
        story.expect(RunState.COMPLETED);
    }

    @Test
    void what_another_cluster_has_made_and_uses_no_more_is_that_clusters_to_delete() {
        Story other = story.beside("hpc-2");
        deployed(story);
        other.deploy(other.request("r-1").withKmsInstanceName("hpc-1-kms"))
                .adopted(KMS_INSTANCE, INSTANCE).adopted(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, "k-theirs")
                .adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block").adopted(FILE_STORAGE_AUTHORIZATION, "p-file")
                .adopted(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED)
                .deploy(other.request("r-2").withProviderManaged()).expect(RunState.COMPLETED);
        assertThat(other.saga().resource("k-theirs").orElseThrow().ownership()).isEqualTo(Ownership.UNUSED);

        story.sweep("r-1", WHY, orphan(ROOT_KEY, "k-theirs"));
        assertThat(story.deleted()).isEmpty();
        assertThat(story.lastLine().message()).contains("kept for default/hpc-2");
    }

    @Test
    void what_is_not_ours_was_never_sent_a_delete_so_nothing_bars_it() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));
        story.when(story.answered(story.deletionOf("k-lost"), new Answer.Deferred(
                Story.START.plusSeconds(10), "no answer", Optional.of(Story.fault(FaultCode.UNKNOWN_OUTCOME, true)),
                Optional.empty()))).after(Duration.ofSeconds(10)).notCompensated("k-lost", FaultCode.NOT_OURS);

        assertThat(story.saga().undos()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).bars()).doesNotContainKey("k-lost");
    }

    @Test
    void a_delete_of_unknown_outcome_is_not_forgotten_and_stays_one_that_has_to_see_the_mark() {
        deployed(story).sweep("r-1", WHY, orphan(ROOT_KEY, "k-lost"));
        StepCommand first = story.deletionOf("k-lost");
        story.when(story.answered(first, new Answer.Deferred(
                Story.START.plusSeconds(10), "no answer", Optional.of(Story.fault(FaultCode.UNKNOWN_OUTCOME, true)),
                Optional.empty()))).after(Duration.ofSeconds(10)).notCompensated("k-lost", FaultCode.KEY_IN_USE);
        assertThat(story.saga().undos()).singleElement().matches(Undo::isParked);

        story.control(ControlAction.RETRY, "r-1");
        assertThat(story.deletionOf("k-lost").action()).isEqualTo(Action.SWEEP);
        story.compensated("k-lost");
        assertThat(story.saga().undos()).isEmpty();
    }

    @Test
    void marks_are_read_as_they_are_written() {
        String mark = mark("test", "hpc-1", 12, StepName.VSI_ROOT_KEY);
        assertThat(Mark.read(mark).orElseThrow().text()).isEqualTo(mark);
        assertThat(Mark.read(mark).orElseThrow().run()).isEqualTo(12);
        for (String none : List.of(
                "", "kf", mark + "-1", mark.toUpperCase(java.util.Locale.ROOT), mark.replace("vsikey", "nokey"),
                mark.replace("-12-", "-0-"), "x" + mark)) {
            assertThat(Mark.read(none)).as(none).isEmpty();
        }
    }

    // ---- what is told

    private static Story deployed(Story story) {
        return deployed(story, story.request("r-1"));
    }

    private static Story deployed(Story story, io.keyfold.workflow.request.DeployRequest request) {
        story.deploy(request).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY);
        if (!request.skipBlockStorageAuthorization()) {
            story.created(BLOCK_STORAGE_AUTHORIZATION, "p-block");
        }
        return story.created(FILE_STORAGE_AUTHORIZATION, "p-file").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .expect(RunState.COMPLETED);
    }

    private static String mark(String installation, String prefix, int run, StepName step) {
        return Mark.of(installation, new ClusterId("default", prefix), run, step, 1);
    }

    private static Found orphan(StepName step, String id) {
        return orphan(step, id, INSTANCE);
    }

    private static Found orphan(StepName step, String id, String instance) {
        return found(step, 1, mark("test", "hpc-1", 1, step), id, instance, "");
    }

    private static Found instance(String guid, String name) {
        return instance(guid, name, 1);
    }

    private static Found instance(String guid, String name, int run) {
        return found(KMS_INSTANCE, run, "", guid, guid, name);
    }

    private static Found found(StepName step, int run, String mark, String id, String instance, String name) {
        return new Found(step, run, mark, new CloudResource(id, "", name, instance, "us-south", Optional.empty()));
    }
}
