package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StepName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Workers that are paused, or whose API refuses them, fail nobody's run: it waits, says for what, and goes on by itself.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(3)
class WhoIsPausedOrCutOffGoesOnIT {
    private static final int REFUSED = 5;
    private static final String KMS_INSTANCE = "default/kms-instance";

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @AfterEach
    void no_more_faults() {
        cloud.noMoreFaults();
    }

    @Test
    @Tag("case-35")
    @Tag("case-114")
    void rejected_credentials_are_told_outlast_the_deadline_and_once_they_are_valid_again_the_run_completes() {
        cloud.fault("""
                {"name": "revoked", "operation": "iam.token", "fault": {"type": "unauthorized"}}""");
        cloud.expireTokens();
        Instant deadline = Instant.now().plusSeconds(15).truncatedTo(ChronoUnit.MILLIS);
        String cluster = site.deploy(Site.request("cut-off").setDeadline(deadline));

        await("the circuit opens").atMost(Site.SOON).until(() -> site.ailment(KMS_INSTANCE).isPresent());
        assertThat(site.run("doctor").out()).contains("worker default/kms-instance  its circuit is open since");
        assertThat(site.run("status", "cut-off").out())
                .contains("It waits for worker default/kms-instance: its circuit is open since")
                .contains("CREDENTIALS_REJECTED").containsPattern("clock +stands still until ")
                .contains("-> Make its API key valid again");
        await("the deadline").atMost(Site.SOON).until(() -> Instant.now().isAfter(deadline));
        ClusterEncryptionStatus waiting = site.awaitStatus(
                cluster, status -> status.getLastRun().getDeadline().isAfter(Instant.now()));
        assertThat(waiting.getLastRun().getState()).isEqualTo(RunState.IN_PROGRESS);

        cloud.noMoreFaults();
        assertThat(site.awaitEnd(cluster).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        await("the circuit closes").atMost(Site.SOON).until(() -> site.ailment(KMS_INSTANCE).isEmpty());
        assertThat(site.run("doctor").out()).doesNotContain("worker default/kms-instance  its circuit is open");
    }

    @Test
    void a_cluster_that_is_paused_in_the_middle_of_its_run_goes_on_from_there() {
        cloud.fault("""
                {"name": "slow", "operation": "resource-controller.create_instance", "count": 1,
                 "fault": {"type": "latency", "ms": 3000}}""");
        String cluster = site.deploy(Site.request("paused-run"));
        await("the slow call").atMost(Site.SOON).until(() -> cloud.hasStruck("slow"));
        site.control(cluster, ControlAction.PAUSE, "r-paused-run"); // a command line may start too late

        // What was asked for before is accounted for.
        ClusterEncryptionStatus paused = site.awaitStatus(
                cluster, status -> status.getResources().size() == 1);
        assertThat(paused.getPaused().getRequestedBy()).isEqualTo("acceptance test");
        assertThat(site.run("pause", "paused-run").expect(REFUSED).err()).contains("ALREADY_PAUSED");
        assertThat(site.run("status", "paused-run").expect(0).out()).containsPattern("paused +since ")
                .contains("keyfold resume default/paused-run");
        assertThat(site.run("resume", "--paused").expect(0).out()).contains("default/paused-run")
                .contains("Nothing was asked for yet");
        assertThat(cloud.keys("paused-run-key")).isEmpty();
        assertThat(site.statuses(cluster).getLast().getLastRun().getState()).isEqualTo(RunState.IN_PROGRESS);

        site.run("resume", "paused-run", "--wait").expect(0);
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(status.getPaused()).isNull();
        assertThat(status.getLastRun().getDeadline()).isAfter(paused.getLastRun().getDeadline());
        assertThat(site.run("resume", "paused-run").expect(REFUSED).err()).contains("NOT_PAUSED");

        site.run("pause", "paused-run", "--reason", "maintenance").expect(0);
        assertThat(site.run("status", "paused-run").expect(0).out()).containsPattern("paused +since ")
                .contains("maintenance");
        site.run("resume", "paused-run").expect(0);
    }

    @Test
    void a_paused_worker_kind_calls_nothing_not_even_from_a_process_that_starts_later() {
        assertThat(site.run("pause", "--worker", "root-key").expect(0).out()).contains("add --yes");
        site.run("pause", "--worker", "root-key", "--reason", "maintenance", "--yes").expect(0);
        try (Part _ = site.another("root-key", Map.of())) {
            site.worker("root-key").close();
            String cluster = site.deploy(Site.request("paused-kind"));
            ClusterEncryptionStatus waiting = site.awaitStatus(
                    cluster, status -> status.getSteps().stream().anyMatch(
                            step -> step.getStep() == StepName.ROOT_KEY && step.getState().equals("DEFERRED")));
            assertThat(waiting.getLastRun().getState()).isEqualTo(RunState.IN_PROGRESS);
            assertThat(site.run("status", "paused-kind").out())
                    .contains("It waits for worker default/root-key: paused by ").contains(": maintenance")
                    .contains("-> keyfold resume --worker root-key --yes");
            assertThat(site.run("doctor").out()).contains("worker default/root-key  paused by ");
            assertThat(site.run("pause", "--worker", "root-key", "--yes").expect(REFUSED).out())
                    .contains("already");
            assertThat(cloud.keys("paused-kind-key")).isEmpty();

            site.run("resume", "--worker", "root-key", "--yes").expect(0);
            assertThat(site.awaitEnd(cluster).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        } finally {
            site.worker("root-key").restart();
            site.worker("root-key").awaitReady();
        }
    }
}
