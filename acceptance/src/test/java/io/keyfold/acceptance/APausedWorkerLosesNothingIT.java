package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A worker that stands still in the middle of a command, longer than Kafka waits for it, and then goes on: what it has
/// begun it may not finish, and what it was given is given to it once more.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(5)
class APausedWorkerLosesNothingIT {
    private static final List<String> PAUSED = List.of("kms-instance", "root-key");

    /// So that the pause outlasts the session, and the call outlasts the pause.
    private static final Map<String, String> SHORT_SESSION = Map.of(
            "KEYFOLD_KAFKA_SESSION_TIMEOUT_MS", "1500",
            "KEYFOLD_KAFKA_HEARTBEAT_INTERVAL_MS", "300",
            "KEYFOLD_CALL_TIMEOUT_MS", "6000");
    private static final int SLOW_MS = 4500;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @BeforeAll
    static void shorten_the_sessions() {
        restartWith(SHORT_SESSION);
    }

    @AfterAll
    static void lengthen_the_sessions() {
        restartWith(Map.of());
    }

    private static void restartWith(Map<String, String> settings) {
        List<Part> workers = PAUSED.stream().map(Site.shared()::worker).toList();
        workers.forEach(Part::close);
        workers.forEach(worker -> worker.restart(settings));
        workers.forEach(Part::awaitReady);
    }

    @AfterEach
    void no_more_faults() {
        cloud.noMoreFaults();
    }

    @ParameterizedTest
    @CsvSource({
        "paused-look, resource-controller.list_instances, false",
        "paused-inst, resource-controller.create_instance, true"})
    @Tag("case-61")
    void while_creating(String prefix, String operation, boolean afterTheEffect) {
        cloud.fault(slow(operation, 0, afterTheEffect));
        String cluster = site.deploy(Site.request(prefix));

        pauseUntilEvicted("kms-instance");

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThatOneOfEachIsThere(prefix);
    }

    /// The one that was paused is about to create what the other one has created meanwhile. Should it do so before it hears
    /// of its eviction, its answer brings the deletion with it.
    @Test
    @Tag("case-61")
    @Tag("case-64")
    void while_another_takes_over() {
        String prefix = "paused-over";
        cloud.fault(slow("resource-manager.list_resource_groups", 0, false));
        String cluster = site.deploy(Site.request(prefix));
        await("the slow call").atMost(Site.SOON).until(() -> cloud.hasStruck("slow"));
        Part paused = site.worker("kms-instance");

        paused.pause();
        try (Part _ = site.another("kms-instance", SHORT_SESSION)) {
            ClusterEncryptionStatus status = site.awaitEnd(cluster);
            assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
            long told = linesOn(cluster, paused);
            paused.resume();
            await("what it has begun").atMost(Site.SOON).until(() -> linesOn(cluster, paused) > told);
        } finally {
            paused.resume();
        }
        await("instances").atMost(Site.SOON).until(() -> cloud.instances(prefix + "-kms").size() == 1);
        assertThatOneOfEachIsThere(prefix);
    }

    private static long linesOn(String cluster, Part worker) {
        return worker.linesWith("left undone") + worker.linesWith("cluster=" + cluster + " ");
    }

    /// The second time that a key is asked for is the look before it is deleted: the first reads back what was created.
    @ParameterizedTest
    @CsvSource({
        "paused-undo-look, key-protect.get_key_metadata, 1",
        "paused-undo, key-protect.delete_key, 0"})
    @Tag("case-61")
    void while_undoing(String prefix, String operation, int skip) {
        // Late, so that the key is there by then.
        cloud.fault("""
                [{"name": "late", "operation": "iam-policy-v1.create_policy", "fault": {"type": "latency", "ms": 1500}},
                 {"name": "no", "operation": "iam-policy-v1.create_policy", "fault": {"type": "forbidden"}}]""");
        cloud.fault(slow(operation, skip, false));
        String cluster = site.deploy(Site.request(prefix));

        pauseUntilEvicted("root-key");

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.FAILED);
        assertThat(status.getResources()).isEmpty();
        assertThat(cloud.instances(prefix + "-kms")).isEmpty();
        assertThat(cloud.keys(prefix + "-key")).isEmpty();
        assertThat(cloud.policiesOn("kf-default-" + prefix + "-")).isEmpty();
    }

    private void assertThatOneOfEachIsThere(String prefix) {
        assertThat(cloud.instances(prefix + "-kms")).as("instances").hasSize(1);
        assertThat(cloud.keys(prefix + "-key")).as("keys").hasSize(1);
        assertThat(cloud.policiesOn(cloud.instances(prefix + "-kms").getFirst())).as("policies").hasSize(3);
    }

    private static String slow(String operation, int skip, boolean afterTheEffect) {
        return """
                {"name": "slow", "operation": "%s", "skip": %d, "count": 1,
                 "fault": {"type": "latency", "ms": %d, "after": %b}}"""
                .formatted(operation, skip, SLOW_MS, afterTheEffect);
    }

    /// From the middle of its slow call on.
    private void pauseUntilEvicted(String kind) {
        await("the slow call").atMost(Site.SOON).until(() -> cloud.hasStruck("slow"));
        Part worker = site.worker(kind);
        worker.pause();
        try {
            await("the eviction").atMost(Site.SOON).until(() -> !site.isMember(kind));
        } finally {
            worker.resume();
        }
    }
}
