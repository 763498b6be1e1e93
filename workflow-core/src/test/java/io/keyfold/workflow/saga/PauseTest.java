package io.keyfold.workflow.saga;

import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static io.keyfold.workflow.saga.Story.INSTANCE;
import static io.keyfold.workflow.saga.Story.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.StepName;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PauseTest {
    private final Story story = Story.of("hpc-1");

    @Test
    void what_was_asked_is_still_accounted_for_and_nothing_more_is_asked_until_the_resume() {
        story.deploy(story.request("r-1")).control(ControlAction.PAUSE, "r-1").created(KMS_INSTANCE, INSTANCE);

        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Created(INSTANCE));
        assertThat(story.state(ROOT_KEY)).isEqualTo(new StepState.Waiting());
        assertThat(story.commands()).hasSize(1);

        story.control(ControlAction.RESUME, "r-1");
        assertThat(story.commands()).hasSize(5);
        finish().expect(RunState.COMPLETED);
    }

    @Test
    void the_clock_of_the_run_stands_still() {
        story.deploy(story.request("r-1")).control(ControlAction.PAUSE, "r-1").after(Duration.ofHours(5))
                .expect(RunState.IN_PROGRESS);
        assertThat(story.saga().nextWakeUp()).isEmpty();

        story.control(ControlAction.RESUME, "r-1").expect(RunState.IN_PROGRESS);
        assertThat(story.run().deadline())
                .isEqualTo(Story.START.plus(Duration.ofHours(5)).plus(Duration.ofMinutes(30)));
        assertThat(story.lastLine().message()).contains("its deadline is " + story.run().deadline());
        story.after(Duration.ofMinutes(30)).expect(RunState.COMPENSATING);
    }

    @Test
    void a_deferral_that_ends_meanwhile_is_asked_about_by_the_resume() {
        story.deploy(story.request("r-1")).deferred(KMS_INSTANCE, Duration.ofSeconds(10))
                .control(ControlAction.PAUSE, "r-1").after(Duration.ofMinutes(1));
        assertThat(story.commands()).hasSize(1);

        story.control(ControlAction.RESUME, "r-1");
        assertThat(story.commands()).hasSize(2);
    }

    @Test
    void a_named_thing_that_is_found_meanwhile_is_looked_for_again_and_then_held() {
        story.deploy(story.request("r-1").withKmsInstanceName("shared")).control(ControlAction.PAUSE, "r-1")
                .adopted(KMS_INSTANCE, INSTANCE);
        assertThat(story.ledgerOf(INSTANCE).holds()).isEmpty();

        story.control(ControlAction.RESUME, "r-1").adopted(KMS_INSTANCE, INSTANCE).adopted(KMS_INSTANCE, INSTANCE);
        assertThat(story.state(KMS_INSTANCE)).isEqualTo(new StepState.Adopted(INSTANCE));
    }

    @Test
    void a_deploy_for_a_paused_cluster_begins_and_waits_and_its_time_begins_with_the_resume() {
        completed().control(ControlAction.PAUSE, "r-1").after(Duration.ofHours(1));
        int before = story.commands().size();
        story.deploy(story.request("r-2").withSeparateKeys(true)).expect(RunState.IN_PROGRESS)
                .after(Duration.ofHours(1));
        assertThat(story.commands()).hasSize(before);

        story.control(ControlAction.RESUME, "r-2");
        assertThat(story.commands()).hasSizeGreaterThan(before);
        assertThat(story.run().deadline())
                .isEqualTo(Story.START.plus(Duration.ofHours(2)).plus(Duration.ofMinutes(30)));
    }

    @Test
    void a_cancel_is_accepted_says_that_what_is_to_be_undone_waits_for_the_resume_and_does() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE).control(ControlAction.PAUSE, "r-1");
        int before = story.commands().size();
        story.control(ControlAction.CANCEL, "r-1").created(ROOT_KEY, KEY).expect(RunState.COMPENSATING);
        assertThat(story.audit()).anyMatch(
                line -> line.event() == AuditEvent.CONTROL_ACCEPTED
                        && line.message().endsWith(
                                "What there may be to undo waits for RESUME: the cluster is paused by operator since "
                                        + Story.START + "."));
        assertThat(story.commands()).hasSize(before);

        story.control(ControlAction.RESUME, "r-1");
        assertThat(story.deleted()).containsExactly(KEY);
    }

    @Test
    void a_deprovision_waits_for_the_resume() {
        completed().control(ControlAction.PAUSE, "r-1").deprovision("r-1", "decommissioned")
                .expect(RunState.IN_PROGRESS);
        assertThat(story.deleted()).isEmpty();

        story.control(ControlAction.RESUME, "r-1");
        assertThat(story.deleted()).containsExactly(KEY);
    }

    @Test
    void a_second_pause_and_a_resume_of_what_is_not_paused_are_refused() {
        story.deploy(story.request("r-1")).control(ControlAction.RESUME, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("NOT_PAUSED");
        story.control(ControlAction.PAUSE, "r-1").control(ControlAction.PAUSE, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("ALREADY_PAUSED");
        story.control(ControlAction.PAUSE, "r-other");
        assertThat(story.lastLine().code()).isEqualTo("UNKNOWN_DEPLOY");
    }

    @Test
    void a_paused_cluster_is_not_verified() {
        completed().control(ControlAction.PAUSE, "r-1").control(ControlAction.VERIFY, "r-1");
        assertThat(story.lastLine().code()).isEqualTo("PAUSED");
    }

    @Test
    void a_look_that_the_schedule_wants_waits_for_the_resume() {
        Story scheduled = completed(Story.where(SagaSettings.of("test").verifyingEvery(Duration.ofDays(1))));
        scheduled.control(ControlAction.PAUSE, "r-1").after(Duration.ofDays(2));
        assertThat(scheduled.commands()).noneMatch(command -> command.action() == Action.VERIFY);

        scheduled.control(ControlAction.RESUME, "r-1");
        assertThat(scheduled.commands()).anyMatch(command -> command.action() == Action.VERIFY);
    }

    @Test
    void the_status_says_since_when_by_whom_and_what_to_do() {
        story.deploy(story.request("r-1")).control(ControlAction.PAUSE, "r-1");
        var report = StatusReport.of(story.saga());

        assertThat(report.pause()).contains(new Pause(Story.START, "operator", ""));
        assertThat(report.lastRun().orElseThrow().message())
                .startsWith("Paused by operator since " + Story.START + ".");
        assertThat(report.lastRun().orElseThrow().remedy()).startsWith("keyfold resume default/hpc-1");
        assertThat(report.steps()).filteredOn(step -> step.step() == ROOT_KEY)
                .allMatch(step -> step.next().equals("Waits until the cluster is resumed.")).isNotEmpty();
        assertThat(StatusReport.of(story.control(ControlAction.RESUME, "r-1").saga()).pause())
                .isEqualTo(Optional.empty());
    }

    private Story completed() {
        return completed(story);
    }

    private static Story completed(Story told) {
        told.deploy(told.request("r-1")).created(KMS_INSTANCE, INSTANCE);
        return finish(told).expect(RunState.COMPLETED);
    }

    private Story finish() {
        return finish(story);
    }

    private static Story finish(Story told) {
        return told.created(ROOT_KEY, KEY).created(StepName.BLOCK_STORAGE_AUTHORIZATION, "p-block")
                .created(StepName.FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(StepName.OBJECT_STORAGE_AUTHORIZATION, "p-cos");
    }
}
