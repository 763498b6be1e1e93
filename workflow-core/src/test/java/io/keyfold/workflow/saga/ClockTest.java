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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What a worker that is paused or cut off does to a run's deadline.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ClockTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Story story = Story.of("hpc-1");
    private Instant now = Story.START;

    @Test
    void an_API_that_is_dead_for_longer_than_the_run_has_time_does_not_undo_it_and_mended_it_completes() {
        story.deploy(story.request("r-1"));
        for (int minute = 0; minute < 300; minute++) {
            cutOff(KMS_INSTANCE, MINUTE);
            pass(Duration.ofSeconds(80)); // the try in vain takes its time
        }
        story.expect(RunState.IN_PROGRESS).created(KMS_INSTANCE, INSTANCE).created(ROOT_KEY, KEY)
                .created(BLOCK_STORAGE_AUTHORIZATION, "p-block").created(FILE_STORAGE_AUTHORIZATION, "p-file")
                .created(OBJECT_STORAGE_AUTHORIZATION, "p-cos").expect(RunState.COMPLETED);
    }

    @Test
    void it_stands_still_for_no_longer_than_that() {
        story.deploy(story.request("r-1"));
        cutOff(KMS_INSTANCE, MINUTE);

        assertThat(story.run().deadline()).isEqualTo(Story.START.plus(Duration.ofMinutes(31)));
        pass(Duration.ofMinutes(31));
        story.expect(RunState.COMPENSATING);
    }

    @Test
    void time_that_several_steps_wait_at_once_counts_once() {
        story.deploy(story.request("r-1")).created(KMS_INSTANCE, INSTANCE);
        cutOff(BLOCK_STORAGE_AUTHORIZATION, MINUTE);
        cutOff(FILE_STORAGE_AUTHORIZATION, MINUTE);
        cutOff(OBJECT_STORAGE_AUTHORIZATION, MINUTE.multipliedBy(2));

        assertThat(story.run().deadline()).isEqualTo(Story.START.plus(Duration.ofMinutes(32)));
    }

    @Test
    void any_other_deferral_is_the_runs_own_time() {
        story.deploy(story.request("r-1")).deferred(KMS_INSTANCE, MINUTE);

        assertThat(story.run().deadline()).isEqualTo(Story.START.plus(Duration.ofMinutes(30)));
    }

    @Test
    void time_for_which_the_cluster_is_paused_too_counts_once() {
        story.deploy(story.request("r-1"));
        cutOff(KMS_INSTANCE, MINUTE);
        story.control(ControlAction.PAUSE, "r-1");
        pass(Duration.ofMinutes(5));
        story.control(ControlAction.RESUME, "r-1");

        assertThat(story.run().deadline()).isEqualTo(Story.START.plus(Duration.ofMinutes(35)));
    }

    @Test
    void the_status_says_until_when_it_stands_still() {
        story.deploy(story.request("r-1"));
        cutOff(KMS_INSTANCE, MINUTE);
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().clockStoppedUntil())
                .contains(Story.START.plus(MINUTE));

        pass(MINUTE);
        story.created(KMS_INSTANCE, INSTANCE);
        assertThat(StatusReport.of(story.saga()).lastRun().orElseThrow().clockStoppedUntil()).isEmpty();
    }

    private void cutOff(StepName step, Duration by) {
        story.answer(
                step,
                new Answer.Deferred(
                        now.plus(by), "the worker calls nothing", Optional.empty(), Optional.empty(), true));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        story.after(time);
    }
}
