package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Kafka forgets committed offsets after a week of silence, and a consumer then begins at the earliest record.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadingEverythingAgainChangesNothingIT {
    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    @Tag("case-78")
    void not_one_call_changes_the_cloud_and_not_one_status_changes() {
        String kept = site.deploy(Site.request("again-kept"));
        String removed = site.deploy(Site.request("again-gone").setDeletionProtection(false));
        String cancelled = site.deploy(Site.request("again-stop"));
        site.control(cancelled, ControlAction.CANCEL, "r-again-stop");
        assertThat(site.awaitEnd(kept).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(site.awaitEnd(removed).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        site.awaitEnd(cancelled);
        site.control(removed, ControlAction.DEPROVISION, "r-again-gone");
        site.awaitStatus(
                removed,
                status -> status.getLastRun().getKind() == RunKind.DEPROVISION
                        && status.getStanding() == Standing.DEPROVISIONED);
        site.awaitQuiet();
        long effects = cloud.lastEffect();
        Map<String, Long> records = site.recordsOfCommandsAndStatuses();

        site.workflow().close();
        site.rewindTheWorkflow();
        site.workflow().restart();

        site.awaitQuiet();
        assertThat(cloud.effects(effects + 1)).isEmpty();
        assertThat(site.recordsOfCommandsAndStatuses()).isEqualTo(records);
        String afterwards = site.deploy(Site.request("again-new"));
        assertThat(site.awaitEnd(afterwards).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    @Tag("case-68")
    void a_workflow_whose_memory_is_gone_refuses_to_start_and_says_why() {
        String cluster = site.deploy(Site.request("again-who"));
        site.awaitEnd(cluster);

        Cli started = site.runWith(Map.of("KEYFOLD_APPLICATION_ID", "keyfold-without-memory"), "workflow");

        assertThat(started.exitCode()).isNotZero();
        assertThat(started.err() + started.out()).contains("sagas-changelog", "application.id",
                "carry out old requests again");
    }
}
