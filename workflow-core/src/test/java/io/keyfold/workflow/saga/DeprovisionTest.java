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
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StepName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DeprovisionTest {
    private static final String WHY = "the cluster is gone";
    private static final String OTHER_INSTANCE = "33333333-0000-4000-8000-000000000001";

    private final Story story = Story.of("hpc-1");

    @Test
    @Tag("case-49")
    void it_removes_keys_then_authorizations_then_the_instance() {
        deployed(story).deprovision("r-1", WHY);
        assertThat(story.deleted()).containsExactly(KEY);

        story.compensated(KEY);
        assertThat(story.deleted()).containsExactly(KEY, "p-block", "p-file", "p-cos");

        story.compensated("p-block").compensated("p-file").compensated("p-cos");
        assertThat(story.deleted()).last().isEqualTo(INSTANCE);

        story.compensated(INSTANCE).expect(RunState.COMPLETED);
        assertThat(story.saga().standing()).isEqualTo(Standing.DEPROVISIONED);
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void it_says_until_when_a_deleted_key_can_be_restored() {
        Optional<Instant> told = Optional.of(Story.START.plus(Duration.ofDays(12)));
        deployed(story).deprovision("r-1", WHY).gone(KEY, told, "");

        assertThat(story.state(ROOT_KEY)).isEqualTo(new StepState.Compensated(KEY, told, ""));
    }

    @Test
    void where_the_worker_does_not_say_until_when_nothing_is_claimed() {
        deployed(story).deprovision("r-1", WHY).gone(KEY, Optional.empty(), "was not there to delete");

        assertThat(story.state(ROOT_KEY))
                .isEqualTo(new StepState.Compensated(KEY, Optional.empty(), "was not there to delete"));
    }

    @Test
    void the_standing_is_no_longer_what_it_was_as_soon_as_something_is_deleted() {
        deployed(story).deprovision("r-1", WHY);
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);

        story.compensated(KEY);
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
    }

    @Test
    @Tag("case-97")
    void what_was_adopted_is_let_go_and_never_deleted() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).adopted(KMS_INSTANCE, INSTANCE)
                .adopted(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-file").created(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .expect(RunState.COMPLETED).deprovision("r-1", WHY).compensated(KEY).compensated("p-block")
                .compensated("p-cos").expect(RunState.COMPLETED);

        assertThat(story.deleted()).containsExactlyInAnyOrder(KEY, "p-block", "p-cos");
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();
    }

    @Test
    void letting_go_of_what_others_have_made_is_told_as_such_and_as_no_deletion() {
        story.importing(story.request("r-1").withKmsInstanceName("shared").withKmsKeyName("theirs"))
                .foundTwice(KMS_INSTANCE, INSTANCE).foundTwice(ROOT_KEY, KEY)
                .foundTwice(BLOCK_STORAGE_AUTHORIZATION, "p-block").foundTwice(FILE_STORAGE_AUTHORIZATION, "p-file")
                .foundTwice(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
        int before = story.audit().size();

        story.deprovision("r-1", "").expect(RunState.COMPLETED);

        assertThat(story.deleted()).isEmpty();
        assertThat(story.audit().subList(before, story.audit().size())).extracting(AuditLine::message)
                .anyMatch(message -> message.endsWith("The cluster is let go of; nothing is deleted."))
                .anyMatch(message -> message.contains("nothing was deleted; what others have made stays as it is"))
                .noneMatch(message -> message.contains("removed") || message.contains("is gone"));
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().message())
                .isEqualTo("Let go of; nothing was deleted: what others have made stays as it is.");
    }

    @Test
    void a_provider_managed_cluster_has_nothing_to_delete() {
        story.deploy(story.request("r-1").withProviderManaged()).deprovision("r-1", "").expect(RunState.COMPLETED);

        assertThat(story.commands()).isEmpty();
        assertThat(story.saga().standing()).isEqualTo(Standing.DEPROVISIONED);
    }

    @Test
    void what_an_earlier_change_left_unused_goes_too() {
        deployed(story).deploy(story.request("r-2").withSeparateKeys(true)).created(StepName.VSI_ROOT_KEY, "k-2")
                .expect(RunState.COMPLETED).deploy(story.request("r-3")).expect(RunState.COMPLETED)
                .deprovision("r-3", WHY);

        assertThat(story.deleted()).containsExactlyInAnyOrder(KEY, "k-2");
    }

    // ---- protection

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t \n"})
    void a_protected_cluster_is_not_removed_without_a_reason(String none) {
        deployed(story).deprovision("r-1", none);

        assertThat(story.lastLine().code()).isEqualTo("DELETION_PROTECTED");
        assertThat(story.deleted()).isEmpty();
        story.expect(RunState.COMPLETED);
    }

    @Test
    void a_cluster_whose_protection_was_lifted_needs_no_reason() {
        deployed(story, story.request("r-1").withDeletionProtection(false)).deprovision("r-1", "");

        assertThat(story.deleted()).containsExactly(KEY);
    }

    @Test
    void where_two_persons_have_to_agree_the_second_is_another_one() {
        Story strict = Story.where(new SagaSettings(
                "test", Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofHours(1),
                Duration.ofMinutes(10), true, Duration.ZERO));
        deployed(strict).deprovision("r-1", WHY);
        assertThat(strict.lastLine().code()).isEqualTo("DELETION_PROTECTED");

        int control = 10;
        for (String sameOrNobody : List.of("", " ", "\t", "operator", "Operator", " operator ")) {
            strict.when(removal("c-" + control++, "operator", sameOrNobody));
            assertThat(strict.lastLine().code()).as("<%s>", sameOrNobody).isEqualTo("DELETION_PROTECTED");
        }
        assertThat(strict.lastLine().message()).contains("operator is who asks for it");

        strict.when(removal("c-3", "operator", "owner"));
        assertThat(strict.deleted()).containsExactly(KEY);
        assertThat(strict.audit())
                .anyMatch(line -> line.message().contains("asked for by operator, agreed to by owner"));
    }

    @Test
    void where_no_key_is_destroyed_neither_a_reason_nor_a_second_person_is_wanted() {
        Story strict = Story.where(new SagaSettings(
                "test", Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofHours(1),
                Duration.ofMinutes(10), true, Duration.ZERO));
        strict.deploy(strict.request("r-1").withKmsInstanceName("company-kms").withKmsKeyName("team-key"))
                .foundTwice(KMS_INSTANCE, INSTANCE).foundTwice(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED).deprovision("r-1", "");

        assertThat(strict.deleted()).containsExactly("p-block", "p-file", "p-cos");
    }

    @Test
    void a_key_whose_protection_was_lifted_is_removed_without_a_reason_whatever_protects_the_others() {
        deployed(story, story.request("r-1").withDeletionProtection(false))
                .deploy(story.request("r-2").withSeparateKeys(true).withDeletionProtection(false))
                .created(StepName.VSI_ROOT_KEY, "k-2").expect(RunState.COMPLETED).deploy(story.request("r-3"))
                .expect(RunState.COMPLETED).remove("r-3", "");
        assertThat(story.deleted()).containsExactly("k-2");

        story.compensated("k-2").deprovision("r-3", "");
        assertThat(story.lastLine().code()).isEqualTo("DELETION_PROTECTED");
    }

    @Test
    void leaving_encryption_to_the_provider_lifts_no_protection_of_the_key_that_is_left() {
        deployed(story).deploy(story.request("r-2").withProviderManaged()).expect(RunState.COMPLETED)
                .deprovision("r-2", "");

        assertThat(story.lastLine().code()).isEqualTo("DELETION_PROTECTED");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_deploy_of_other_keys_lifts_no_protection_of_those_it_leaves_behind() {
        deployed(story).deploy(story.request("r-2").withKmsInstanceName("other").withDeletionProtection(false))
                .adopted(KMS_INSTANCE, OTHER_INSTANCE).adopted(KMS_INSTANCE, OTHER_INSTANCE).created(ROOT_KEY, "k-2")
                .created(BLOCK_STORAGE_AUTHORIZATION, "o-block").created(FILE_STORAGE_AUTHORIZATION, "o-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "o-cos").expect(RunState.COMPLETED).deprovision("r-2", "");

        assertThat(story.lastLine().code()).isEqualTo("DELETION_PROTECTED");
    }

    private static SagaEvent removal(String control, String by, String approvedBy) {
        return new SagaEvent.ControlRequested(control, ControlAction.DEPROVISION, "r-1", WHY, by, approvedBy);
    }

    // ---- what stands in the way

    @Test
    void a_key_in_use_parks_it_and_a_retry_goes_on_from_there() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE)
                .expect(RunState.KEY_IN_USE).control(ControlAction.RETRY, "r-1").expect(RunState.IN_PROGRESS)
                .compensated(KEY).compensated("p-block").compensated("p-file").compensated("p-cos")
                .compensated(INSTANCE).expect(RunState.COMPLETED);
    }

    @Test
    @Tag("case-46")
    void a_key_in_use_is_asked_for_again_after_an_hour_then_two_and_the_run_stays_parked_until_it_is_gone() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE);
        assertThat(story.saga().nextWakeUp()).contains(Story.START.plus(Duration.ofHours(1)));

        story.after(Duration.ofMinutes(59));
        assertThat(timesDeleted(KEY)).isEqualTo(1);
        story.after(Duration.ofMinutes(1)).expect(RunState.KEY_IN_USE);
        assertThat(timesDeleted(KEY)).isEqualTo(2);
        story.notCompensated(KEY, FaultCode.KEY_IN_USE).expect(RunState.KEY_IN_USE).after(Duration.ofMinutes(119));
        assertThat(timesDeleted(KEY)).isEqualTo(2);

        story.after(Duration.ofMinutes(1)).expect(RunState.KEY_IN_USE).compensated(KEY).expect(RunState.IN_PROGRESS)
                .compensated("p-block").compensated("p-file").compensated("p-cos").compensated(INSTANCE)
                .expect(RunState.COMPLETED);
        assertThat(story.saga().nextWakeUp()).isEmpty();
        assertThat(story.audit()).filteredOn(line -> line.event() == AuditEvent.RUN_PARKED).hasSize(1);
    }

    @Test
    void a_key_in_use_is_asked_for_once_a_day_in_the_end() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE);
        for (int hours : new int[]{1, 2, 4, 8, 16, 24, 24}) {
            story.after(Duration.ofHours(hours).minusMillis(1));
            assertThat(story.run().state()).isEqualTo(RunState.KEY_IN_USE);
            int before = story.deleted().size();
            story.after(Duration.ofMillis(1)).notCompensated(KEY, FaultCode.KEY_IN_USE);
            assertThat(story.deleted()).hasSize(before + 1);
        }
    }

    @Test
    void a_person_who_asks_at_once_begins_the_waiting_anew() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE).after(Duration.ofHours(1))
                .notCompensated(KEY, FaultCode.KEY_IN_USE).control(ControlAction.RETRY, "r-1")
                .expect(RunState.IN_PROGRESS).notCompensated(KEY, FaultCode.KEY_IN_USE).expect(RunState.KEY_IN_USE);

        assertThat(story.saga().nextWakeUp()).contains(Story.START.plus(Duration.ofHours(2)));
    }

    @Test
    void a_key_in_use_is_not_asked_for_while_the_cluster_is_paused_but_as_soon_as_it_is_resumed() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE)
                .control(ControlAction.PAUSE, "r-1").after(Duration.ofHours(5));
        assertThat(timesDeleted(KEY)).isEqualTo(1);

        story.control(ControlAction.RESUME, "r-1").expect(RunState.KEY_IN_USE);
        assertThat(timesDeleted(KEY)).isEqualTo(2);
    }

    @Test
    void a_deploy_that_is_undone_goes_on_by_itself_too_and_no_deadline_ends_the_waiting() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .failed(OBJECT_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN).notCompensated(KEY, FaultCode.KEY_IN_USE)
                .expect(RunState.KEY_IN_USE).after(Duration.ofHours(1)).compensated(KEY)
                .expect(RunState.COMPENSATING).compensated("p-block").compensated("p-file").compensated(INSTANCE)
                .expect(RunState.FAILED);

        assertThat(story.run().fault()).map(Fault::code).contains(FaultCode.FORBIDDEN);
    }

    @Test
    void what_is_found_to_need_a_person_when_it_is_asked_for_again_waits_for_that_person() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE).after(Duration.ofHours(1))
                .notCompensated(KEY, FaultCode.SECOND_AUTHORIZATION_NEEDED).expect(RunState.COMPENSATION_FAILED);

        assertThat(story.saga().nextWakeUp()).isEmpty();
        story.control(ControlAction.RETRY, "r-1").compensated(KEY).expect(RunState.IN_PROGRESS);
    }

    @Test
    void a_worker_that_puts_it_off_leaves_it_parked() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE).after(Duration.ofHours(1));
        story.when(story.answered(
                story.deletionOf(KEY),
                new Answer.Deferred(
                        Story.START.plus(Duration.ofMinutes(61)), "429",
                        Optional.of(Story.fault(FaultCode.RATE_LIMITED, false)), Optional.empty())))
                .expect(RunState.KEY_IN_USE).after(Duration.ofMinutes(1)).expect(RunState.KEY_IN_USE);

        assertThat(timesDeleted(KEY)).isEqualTo(3);
    }

    @Test
    void what_ibm_puts_off_is_asked_for_again_ever_later_and_at_once_when_a_person_asks() {
        deployed(story).deprovision("r-1", WHY);
        List<Duration> waits = new ArrayList<>();
        for (int attempt = 0; attempt < 9; attempt++) {
            story.putOff(KEY, Duration.ofSeconds(10));
            Duration wait = Duration.between(story.now(), story.saga().nextWakeUp().orElseThrow());
            waits.add(wait);
            story.after(wait);
        }

        assertThat(waits).extracting(Duration::toSeconds).containsExactly(10L, 10L, 20L, 40L, 80L, 160L, 320L, 600L,
                600L);
        story.putOff(KEY, Duration.ofSeconds(10)).expect(RunState.IN_PROGRESS);
        int before = story.deleted().size();
        story.control(ControlAction.RETRY, "r-1");
        assertThat(story.deleted()).hasSize(before + 1);
    }

    @Test
    void a_paused_worker_is_asked_again_when_it_says() {
        deployed(story).deprovision("r-1", WHY);
        for (int attempt = 0; attempt < 5; attempt++) {
            story.workerPaused(KEY, Duration.ofSeconds(10)).after(Duration.ofSeconds(10));
        }

        assertThat(story.deleted()).hasSize(6);
    }

    @Test
    void it_has_no_deadline() {
        deployed(story).deprovision("r-1", WHY).after(Duration.ofHours(5)).expect(RunState.IN_PROGRESS);
    }

    @Test
    void what_another_cluster_holds_is_kept_until_that_one_lets_go_and_then_deleted() {
        Story other = story.beside("hpc-2");
        keptFor(other);
        assertThat(story.deleted()).isEmpty();
        assertThat(story.saga().resources()).extracting(Resource::ownership, Resource::keptFor)
                .containsOnly(org.assertj.core.groups.Tuple.tuple(Ownership.RETAINED, List.of("default/hpc-2")));

        other.deprovision("o-1", WHY).expect(RunState.COMPLETED);
        story.after(Duration.ZERO).compensated(KEY).compensated("p-block").compensated("p-file").compensated("p-cos")
                .compensated(INSTANCE);
        assertThat(other.deleted()).isEmpty();
        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.run().steps()).extracting(Step::state).hasOnlyElementsOfType(StepState.Compensated.class);
    }

    @Test
    void what_is_kept_because_of_registrations_is_asked_again_after_an_hour_then_two_then_four() {
        deployed(story).deprovision("r-1", WHY).compensated(KEY).compensated("p-file").compensated("p-cos")
                .notCompensated("p-block", FaultCode.REGISTRATIONS_REMAIN).compensated(INSTANCE)
                .expect(RunState.COMPLETED);
        assertThat(timesAsked()).isEqualTo(1);

        story.after(Duration.ofMinutes(59));
        assertThat(timesAsked()).isEqualTo(1);
        story.after(Duration.ofMinutes(1)).notCompensated("p-block", FaultCode.REGISTRATIONS_REMAIN);
        assertThat(timesAsked()).isEqualTo(2);
        story.after(Duration.ofMinutes(119));
        assertThat(timesAsked()).isEqualTo(2);
        story.after(Duration.ofMinutes(1)).compensated("p-block");

        assertThat(story.saga().resources()).isEmpty();
        assertThat(story.saga().nextWakeUp()).isEmpty();
    }

    @Test
    void what_is_retained_is_not_asked_about_while_a_deploy_that_wants_it_again_is_parked() {
        keptFor(story.beside("hpc-2"));
        story.deploy(story.request("r-2").withSeparateKeys(true)).created(StepName.VSI_ROOT_KEY, "k-2")
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-new").failed(FILE_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN)
                .answer(OBJECT_STORAGE_AUTHORIZATION, new Answer.NothingFound()).after(Duration.ofSeconds(60))
                .answer(OBJECT_STORAGE_AUTHORIZATION, new Answer.NothingFound())
                .notCompensated("k-2", FaultCode.KEY_IN_USE).expect(RunState.KEY_IN_USE).after(Duration.ofHours(30))
                .control(ControlAction.RETRY, "r-2").compensated("k-2").expect(RunState.FAILED);
    }

    private void keptFor(Story other) {
        deployed(story);
        other.deploy(other.request("o-1").withKmsInstanceName("hpc-1-kms").withKmsKeyName("hpc-1-key"))
                .adopted(KMS_INSTANCE, INSTANCE).adopted(KMS_INSTANCE, INSTANCE).adopted(ROOT_KEY, KEY)
                .adopted(ROOT_KEY, KEY).adopted(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .adopted(FILE_STORAGE_AUTHORIZATION, "p-file").adopted(OBJECT_STORAGE_AUTHORIZATION, "p-cos")
                .expect(RunState.COMPLETED);
        story.deprovision("r-1", WHY).expect(RunState.COMPLETED);
    }

    private long timesAsked() {
        return timesDeleted("p-block");
    }

    private long timesDeleted(String id) {
        return story.deleted().stream().filter(id::equals).count();
    }

    // ---- when it comes

    @Test
    void during_a_run_it_cancels_that_run_and_then_removes_what_is_left() {
        deployed(story).deploy(story.request("r-2").withSeparateKeys(true)).deprovision("r-2", WHY)
                .answer(StepName.VSI_ROOT_KEY, new Answer.NothingFound()).after(Duration.ofSeconds(60))
                .answer(StepName.VSI_ROOT_KEY, new Answer.NothingFound());

        assertThat(story.run().number()).isEqualTo(3);
        assertThat(story.deleted()).containsExactly(KEY);
        assertThat(story.audit()).anyMatch(line -> line.to().equals("CANCELLED"));
    }

    @Test
    void during_the_first_run_it_ends_as_a_removal_that_found_nothing() {
        story.deploy(story.request("r-1")).deprovision("r-1", "").answer(KMS_INSTANCE, new Answer.NothingFound())
                .after(Duration.ofSeconds(60)).answer(KMS_INSTANCE, new Answer.NothingFound())
                .expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.DEPROVISIONED);
    }

    @Test
    void asked_for_once_more_while_it_waits_for_a_person_it_goes_on() {
        deployed(story).deprovision("r-1", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE).deprovision("r-1", WHY)
                .expect(RunState.IN_PROGRESS).compensated(KEY);
    }

    @Test
    void what_a_refused_request_said_is_not_taken_for_what_the_cluster_is() {
        keptFor(story.beside("hpc-2"));
        story.deploy(story.request("r-2").withRegion("mars")).expect(RunState.REJECTED).deprovision("r-2", WHY)
                .expect(RunState.COMPLETED).deploy(story.request("r-3")).expect(RunState.IN_PROGRESS);
    }

    @Test
    void before_its_deploy_it_is_remembered_and_that_deploy_is_born_cancelled() {
        story.deprovision("r-1", WHY).deploy(story.request("r-1")).expect(RunState.CANCELLED);

        assertThat(story.commands()).isEmpty();
    }

    @Test
    void a_removal_is_neither_cancelled_nor_asked_for_twice() {
        deployed(story).deprovision("r-1", WHY).control(ControlAction.CANCEL, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("ALREADY_UNDOING");

        story.deprovision("r-1", WHY);
        assertThat(story.lastLine().code()).isEqualTo("ALREADY_UNDOING");
        story.deploy(story.request("r-2"));
        assertThat(story.lastLine().code()).isEqualTo("BUSY");
    }

    @Test
    void there_is_nothing_to_remove_twice() {
        story.deploy(story.request("r-1").withProviderManaged()).deprovision("r-1", "").deprovision("r-1", "");

        assertThat(story.lastLine().code()).isEqualTo("NOTHING_TO_REMOVE");
    }

    @Test
    void a_deploy_that_another_has_replaced_is_not_what_is_removed() {
        deployed(story).deploy(story.request("r-2")).expect(RunState.COMPLETED).deprovision("r-1", WHY);

        assertThat(story.lastLine().code()).isEqualTo("UNKNOWN_DEPLOY");
        assertThat(story.deleted()).isEmpty();
    }

    @Test
    void a_removed_cluster_can_be_deployed_again() {
        deployed(story).deprovision("r-1", WHY).compensated(KEY).compensated("p-block").compensated("p-file")
                .compensated("p-cos").compensated(INSTANCE).deploy(story.request("r-2"))
                .created(KMS_INSTANCE, "11111111-0000-4000-8000-000000000002");

        assertThat(story.state(KMS_INSTANCE)).isInstanceOf(StepState.Created.class);
        story.expect(RunState.IN_PROGRESS);
    }

    // ---- only what is not used

    @Test
    void a_remove_takes_only_what_a_change_has_left_unused() {
        changed().remove("r-3", WHY).compensated("k-2").expect(RunState.COMPLETED);

        assertThat(story.deleted()).containsExactly("k-2");
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(story.saga().resources()).extracting(Resource::id)
                .containsExactlyInAnyOrder(INSTANCE, KEY, "p-block", "p-file", "p-cos");
        assertThat(story.ledgerOf(INSTANCE).holds()).containsKey("default/hpc-1");
    }

    @Test
    void what_cannot_be_removed_stays_unused_and_occupies_nobody() {
        changed().remove("r-3", WHY).notCompensated("k-2", FaultCode.KEY_IN_USE).expect(RunState.FAILED);

        assertThat(story.saga().resource("k-2").orElseThrow().ownership()).isEqualTo(Ownership.UNUSED);
        assertThat(story.ledgerOf(INSTANCE).bars()).isEmpty();
        assertThat(story.state(StepName.VSI_ROOT_KEY)).isInstanceOf(StepState.Failed.class);
        assertThat(story.saga().nextWakeUp()).isEmpty();
        assertThat(story.audit()).noneMatch(line -> line.message().contains("asked for again at"));
        assertThat(story.audit()).anyMatch(
                line -> line.event() == AuditEvent.RUN_ENDED
                        && line.message().contains("its deletion is not asked for again by itself"));
        story.deploy(story.request("r-4")).expect(RunState.COMPLETED);
    }

    @Test
    void an_unused_instance_whose_key_cannot_be_removed_is_kept_not_called_made() {
        deployed(story).deploy(story.request("r-2").withKmsInstanceName("shared")).foundTwice(KMS_INSTANCE,
                OTHER_INSTANCE);
        story.created(ROOT_KEY, "k-2").created(BLOCK_STORAGE_AUTHORIZATION, "q-block")
                .created(FILE_STORAGE_AUTHORIZATION, "q-file").created(OBJECT_STORAGE_AUTHORIZATION, "q-cos")
                .expect(RunState.COMPLETED);

        story.remove("r-2", WHY).notCompensated(KEY, FaultCode.KEY_IN_USE).expect(RunState.FAILED);

        assertThat(story.state(ROOT_KEY)).isInstanceOf(StepState.Failed.class);
        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Kept(INSTANCE));
    }

    @Test
    void a_deprovision_during_a_remove_follows_it() {
        changed().remove("r-3", WHY).deprovision("r-3", WHY).compensated("k-2");

        assertThat(story.run().kind()).isEqualTo(RunKind.DEPROVISION);
        assertThat(story.deleted()).containsExactly("k-2", KEY);
    }

    @Test
    void a_remove_that_gave_up_can_be_tried_again() {
        changed().remove("r-3", WHY).notCompensated("k-2", FaultCode.KEY_IN_USE).control(ControlAction.RETRY, "r-3")
                .compensated("k-2").expect(RunState.COMPLETED);
    }

    @Test
    void a_remove_wants_a_reason_if_a_key_goes_and_something_to_remove() {
        changed().remove("r-3", "");
        assertThat(story.lastLine().code()).isEqualTo("DELETION_PROTECTED");

        story.remove("r-3", WHY).compensated("k-2").remove("r-3", WHY);
        assertThat(story.lastLine().code()).isEqualTo("NOTHING_TO_REMOVE");
    }

    private Story changed() {
        return deployed(story).deploy(story.request("r-2").withSeparateKeys(true)).created(StepName.VSI_ROOT_KEY, "k-2")
                .deploy(story.request("r-3")).expect(RunState.COMPLETED);
    }

    private static Story deployed(Story story) {
        return deployed(story, story.request("r-1"));
    }

    private static Story deployed(Story story, DeployRequest request) {
        return story.deploy(request).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
    }
}
