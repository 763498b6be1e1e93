package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.report.RunReport;
import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.report.StorageReport;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VerificationTest {
    private static final Inspection INTACT = new Inspection(Condition.INTACT, List.of(), Optional.empty());
    private static final Duration DAY = Duration.ofDays(1);

    private final Story story = Story.of("hpc-1");

    @Test
    void everything_in_force_is_asked_about_by_its_id_and_nothing_is_changed() {
        deployed(story).control(ControlAction.VERIFY, "r-1");

        assertThat(asked(story)).extracting(command -> command.expectedId().orElseThrow())
                .containsExactlyInAnyOrder(INSTANCE, KEY, "p-block", "p-file", "p-cos");
        assertThat(story.lastCommand(ROOT_KEY).mark()).endsWith("-1-key-1");
        story.expect(RunState.COMPLETED);
    }

    @Test
    void what_is_as_it_should_be_is_said_to_be_so_with_what_is_encrypted_by_now() {
        verified(deployed(story), counted(12, 2));

        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(last().outcome()).isEqualTo(VerificationOutcome.INTACT);
        assertThat(StatusReport.of(story.saga()).storage()).extracting(StorageReport::registrations)
                .containsExactly(Optional.of(12L), Optional.of(2L), Optional.of(0L));
    }

    @Test
    void what_is_gone_or_changed_makes_the_cluster_drifted_and_is_named() {
        deployed(story).control(ControlAction.VERIFY, "r-1");
        answer(KMS_INSTANCE, INTACT);
        answer(ROOT_KEY, changed("it is disabled"));
        answer(BLOCK_STORAGE_AUTHORIZATION, Inspection.missing("IAM does not know it"));
        answer(FILE_STORAGE_AUTHORIZATION, INTACT);
        answer(OBJECT_STORAGE_AUTHORIZATION, INTACT);

        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        assertThat(last().findings()).containsExactly(
                new Finding(ROOT_KEY, KEY, Condition.CHANGED, "it is disabled."),
                new Finding(BLOCK_STORAGE_AUTHORIZATION, "p-block", Condition.MISSING, "IAM does not know it."));
        assertThat(story.lastLine().event()).isEqualTo(AuditEvent.VERIFICATION_ENDED);
        assertThat(story.lastLine().code()).isEqualTo("DRIFTED");
        assertThat(StatusReport.of(story.saga()).verification().orElseThrow().findings().getFirst().message())
                .startsWith("It is disabled. ").contains("keyfold verify default/hpc-1");
    }

    @Test
    void once_all_is_as_it_should_be_again_the_cluster_is_customer_managed_again() {
        verified(drifted(story), INTACT);

        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(last().findings()).isEmpty();
    }

    @Test
    void what_could_not_be_looked_at_changes_no_standing() {
        deployed(story).control(ControlAction.VERIFY, "r-1").failed(ROOT_KEY, FaultCode.FORBIDDEN);
        intactBut(ROOT_KEY);

        assertThat(last().outcome()).isEqualTo(VerificationOutcome.INCOMPLETE);
        assertThat(last().findings()).extracting(Finding::condition).containsExactly(Condition.UNSEEN);
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);

        drifted(story).control(ControlAction.VERIFY, "r-1").failed(ROOT_KEY, FaultCode.FORBIDDEN);
        intactBut(ROOT_KEY);
        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
    }

    @Test
    void what_is_put_off_is_asked_again_until_the_check_is_over() {
        deployed(story).control(ControlAction.VERIFY, "r-1").deferred(ROOT_KEY, Duration.ofMinutes(9));
        var first = story.lastCommand(ROOT_KEY);
        intactBut(ROOT_KEY);
        assertThat(story.saga().verification().going()).isPresent();

        story.after(Duration.ofMinutes(9));
        assertThat(story.lastCommand(ROOT_KEY).id()).isNotEqualTo(first.id());

        story.deferred(ROOT_KEY, Duration.ofMinutes(9));
        assertThat(last().outcome()).isEqualTo(VerificationOutcome.INCOMPLETE);
        assertThat(last().findings().getFirst().differences()).isEqualTo("not ready.");
    }

    @Test
    void a_worker_that_never_answers_ends_no_more_than_the_check() {
        deployed(story).control(ControlAction.VERIFY, "r-1");
        intactBut(ROOT_KEY);
        Instant end = story.saga().nextWakeUp().orElseThrow();
        story.after(Duration.between(Story.START, end));

        assertThat(last().findings().getFirst().differences()).contains("has not answered in time");
        assertThat(story.saga().nextWakeUp()).isEmpty();
    }

    @Test
    void an_answer_that_comes_after_the_check_changes_nothing() {
        deployed(story).control(ControlAction.VERIFY, "r-1");
        var late = story.lastCommand(ROOT_KEY);
        story.after(Duration.ofMinutes(10));
        Saga ended = story.saga();
        story.when(story.answered(late, new Answer.Verified(changed("late"))));

        assertThat(story.lastLine().event()).isEqualTo(AuditEvent.LATE_ANSWER);
        assertThat(story.saga().verification()).isEqualTo(ended.verification());
    }

    @Test
    void a_run_that_begins_drops_the_check() {
        deployed(story).control(ControlAction.VERIFY, "r-1");
        var before = story.lastCommand(ROOT_KEY);
        story.deploy(story.request("r-2").withSeparateKeys(true));

        assertThat(story.saga().verification().going()).isEmpty();
        assertThat(story.audit()).anyMatch(
                line -> line.event() == AuditEvent.VERIFICATION_ENDED && line.to().equals("DROPPED"));
        story.when(story.answered(before, new Answer.Verified(changed("late"))));
        assertThat(story.lastLine().event()).isEqualTo(AuditEvent.LATE_ANSWER);
        story.created(StepName.VSI_ROOT_KEY, "k-2").expect(RunState.COMPLETED);
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
    }

    @Test
    void a_second_verify_is_served_by_the_one_that_is_going() {
        deployed(story).control(ControlAction.VERIFY, "r-1").control(ControlAction.VERIFY, "r-1");

        assertThat(story.lastLine().event()).isEqualTo(AuditEvent.CONTROL_ACCEPTED);
        assertThat(asked(story)).hasSize(5);
    }

    @Test
    void without_a_key_of_the_customers_there_is_nothing_to_verify() {
        story.deploy(story.request("r-1").withProviderManaged()).control(ControlAction.VERIFY, "r-1");

        assertThat(story.lastLine().code()).isEqualTo("NOTHING_TO_VERIFY");
    }

    @Test
    void while_a_run_is_going_nothing_is_verified() {
        story.deploy(story.request("r-1")).control(ControlAction.VERIFY, "r-1");

        assertThat(story.lastLine().code()).isEqualTo("BUSY");
    }

    @Test
    void a_skipped_authorization_is_not_asked_about() {
        story.deploy(story.request("r-1").withSkipped(StorageService.OBJECT_STORAGE, true))
                .created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY).created(BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(FILE_STORAGE_AUTHORIZATION, "p-file").control(ControlAction.VERIFY, "r-1");

        assertThat(asked(story)).extracting(StepCommand::step).doesNotContain(OBJECT_STORAGE_AUTHORIZATION);
    }

    @Test
    void a_deploy_that_goes_on_using_what_has_drifted_does_not_say_that_all_is_well() {
        drifted(story).deploy(story.request("r-2").withSeparateKeys(true)).created(StepName.VSI_ROOT_KEY, "k-2")
                .expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        assertThat(last().findings()).extracting(Finding::id).containsExactly("p-block");
        assertThat(story.lastLine().message()).contains("found authorization of block storage MISSING");
        RunReport report = StatusReport.of(story.saga()).lastRun().orElseThrow();
        assertThat(report.message()).contains("found authorization of block storage MISSING");
        assertThat(report.remedy()).contains("keyfold verify default/hpc-1");
        verified(story, INTACT);
        assertThat(story.saga().standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
    }

    @Test
    void what_cannot_be_looked_at_again_is_still_what_it_was_found_to_be() {
        drifted(story).control(ControlAction.VERIFY, "r-1").failed(BLOCK_STORAGE_AUTHORIZATION, FaultCode.FORBIDDEN);
        intactBut(BLOCK_STORAGE_AUTHORIZATION);

        assertThat(story.saga().standing()).isEqualTo(Standing.DRIFTED);
        assertThat(last().findings()).extracting(Finding::condition).containsExactly(Condition.MISSING);
    }

    @Test
    void what_was_found_of_things_that_are_no_longer_used_is_forgotten() {
        drifted(story).deploy(story.request("r-2").withProviderManaged()).expect(RunState.COMPLETED);

        assertThat(story.saga().standing()).isEqualTo(Standing.PROVIDER_MANAGED);
        assertThat(story.saga().verification().last()).isEmpty();
    }

    @Test
    void what_was_counted_is_known_until_it_can_be_counted_again() {
        verified(deployed(story), counted(12, 2)).control(ControlAction.VERIFY, "r-1");
        answer(ROOT_KEY, Inspection.missing("it is destroyed"));
        intactBut(ROOT_KEY);

        assertThat(story.saga().verification().countedFor(KEY).orElseThrow().registrations()).hasSize(2);
    }

    // ---- the schedule

    @Test
    void by_a_schedule_each_cluster_is_looked_at_once_in_an_interval_at_a_moment_of_its_own() {
        Story scheduled = Story.where(SagaSettings.of("test").verifyingEvery(DAY));
        Instant next = deployed(scheduled).saga().nextWakeUp().orElseThrow();
        assertThat(next).isAfter(Story.START).isBeforeOrEqualTo(Story.START.plus(DAY));

        scheduled.after(Duration.between(Story.START, next));
        assertThat(asked(scheduled)).hasSize(5);
        assertThat(scheduled.saga().verification().going().orElseThrow().requestedBy()).isEqualTo("schedule");
        assertThat(scheduled.saga().verification().nextLook()).contains(next.plus(DAY));
        assertThat(deployed(Story.where(SagaSettings.of("test").verifyingEvery(DAY)).beside("hpc-2")).saga()
                .nextWakeUp()).isNotEqualTo(Optional.of(next));
    }

    @Test
    void a_look_that_is_due_waits_for_the_end_of_the_run() {
        Story scheduled = Story.where(SagaSettings.of("test").verifyingEvery(DAY));
        deployed(scheduled).deploy(scheduled.request("r-2").withSeparateKeys(true).withDeadline(
                Story.START.plus(DAY.multipliedBy(3)))).after(DAY.multipliedBy(2));
        assertThat(asked(scheduled)).isEmpty();

        scheduled.created(StepName.VSI_ROOT_KEY, "k-2").expect(RunState.COMPLETED);
        assertThat(asked(scheduled)).hasSize(6);
    }

    @Test
    void another_interval_takes_effect_with_the_next_event_and_none_ends_the_looks() {
        Story scheduled = Story.where(SagaSettings.of("test").verifyingEvery(DAY));
        Saga saga = deployed(scheduled).saga();

        Saga hourly = new SagaFold(SagaSettings.of("test").verifyingEvery(Duration.ofHours(1)))
                .fold(saga, new SagaEvent.TimePassed(), Story.START).saga();
        assertThat(hourly.nextWakeUp().orElseThrow()).isBeforeOrEqualTo(Story.START.plus(Duration.ofHours(1)));
        Saga never = new SagaFold(SagaSettings.of("test")).fold(saga, new SagaEvent.TimePassed(), Story.START).saga();
        assertThat(never.nextWakeUp()).isEmpty();
    }

    // ---- words

    private static Story deployed(Story story) {
        return story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
    }

    private Story drifted(Story cluster) {
        if (cluster.saga().lastRun().isEmpty()) {
            deployed(cluster);
        }
        cluster.control(ControlAction.VERIFY, "r-1");
        answer(BLOCK_STORAGE_AUTHORIZATION, Inspection.missing("gone"));
        intactBut(BLOCK_STORAGE_AUTHORIZATION);
        assertThat(cluster.saga().standing()).isEqualTo(Standing.DRIFTED);
        return cluster;
    }

    /// With this said of the root key, and all else intact.
    private Story verified(Story cluster, Inspection key) {
        cluster.control(ControlAction.VERIFY, cluster.run().request().requestId());
        answer(ROOT_KEY, key);
        intactBut(ROOT_KEY);
        return cluster;
    }

    private void intactBut(StepName other) {
        story.saga().inForce().orElseThrow().uses().keySet().stream().filter(step -> step != other)
                .forEach(step -> answer(step, INTACT));
    }

    private void answer(StepName step, Inspection inspection) {
        story.answer(step, new Answer.Verified(inspection));
    }

    private Verified last() {
        return story.saga().verification().last().orElseThrow();
    }

    private static Inspection changed(String how) {
        return new Inspection(Condition.CHANGED, List.of(how), Optional.empty());
    }

    private static Inspection counted(long volumes, long shares) {
        return new Inspection(
                Condition.INTACT,
                List.of(),
                Optional.of(
                        List.of(
                                new RegistrationCount(
                                        Optional.of(StorageService.BLOCK_STORAGE), "server-protect", "volume", volumes),
                                new RegistrationCount(
                                        Optional.of(StorageService.FILE_STORAGE), "is", "share", shares))));
    }

    private static List<StepCommand> asked(Story story) {
        return story.commands().stream().filter(command -> command.action() == Action.VERIFY).toList();
    }
}
