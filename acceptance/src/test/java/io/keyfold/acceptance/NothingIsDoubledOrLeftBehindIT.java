package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Processes that are killed at the worst moments, and replies that never come.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(2)
class NothingIsDoubledOrLeftBehindIT {
    /// Far more than the timer's quarter of a second, for a machine that has much else to do.
    private static final Duration ON_TIME = Duration.ofSeconds(3);

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @AfterEach
    void no_more_faults() {
        cloud.noMoreFaults();
    }

    @ParameterizedTest
    @CsvSource({
        "kms-instance, kill-inst, resource-controller.create_instance",
        "root-key, kill-key, key-protect.create_key",
        "authorization, kill-auth, iam-policy-v1.create_policy"})
    @Tag("case-58")
    void a_worker_killed_between_effect_and_event_leaves_one_of_each(String kind, String prefix, String operation) {
        long before = cloud.lastEffect();
        cloud.fault(
                "{\"name\":\"no-reply\",\"operation\":\"" + operation
                        + "\",\"count\":1,\"fault\":{\"type\":\"hang_after\"}}");
        String cluster = site.deploy(Site.request(prefix));
        await("the effect whose reply hangs").atMost(Site.SOON).until(
                () -> cloud.effects(before + 1),
                effects -> effects.stream().anyMatch(effect -> isHanging(effect, operation)));

        site.worker(kind).kill();
        cloud.noMoreFaults();
        site.worker(kind).restart();

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThatOneOfEachIsThere(prefix);
    }

    private static boolean isHanging(JsonNode effect, String operation) {
        return effect.path("operation").asText().equals(operation) && effect.path("fault").asText().equals("no-reply");
    }

    /// Its look is short, so that it answers before the instance shows; its session is short, so that the next one begins.
    @Test
    @Tag("case-37")
    void an_instance_that_is_not_shown_yet_when_its_worker_is_killed_is_not_created_again() {
        Map<String, String> quick = Map.of(
                "KEYFOLD_STEP_TIME_MS", "1000",
                "KEYFOLD_KAFKA_SESSION_TIMEOUT_MS", "1500",
                "KEYFOLD_KAFKA_HEARTBEAT_INTERVAL_MS", "300");
        Part worker = site.worker("kms-instance");
        worker.close();
        worker.restart(quick);
        worker.awaitReady();
        long before = cloud.lastEffect();
        cloud.fault("""
                {"name": "unseen", "operation": "resource-controller.create_instance", "body_contains": "vis-kms",
                 "fault": {"type": "delayed_visibility", "ms": 12000}}""");
        try {
            String cluster = site.deploy(Site.request("vis"));
            site.awaitStatus(
                    cluster,
                    status -> status.getSteps().stream().anyMatch(step -> step.getState().equals("DEFERRED")));

            worker.kill();
            worker.restart(quick);

            ClusterEncryptionStatus status = site.awaitEnd(cluster);
            assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
            assertThatOneOfEachIsThere("vis");
            assertThat(cloud.effects(before + 1)).filteredOn(
                    effect -> effect.path("operation").asText().equals("resource-controller.create_instance"))
                    .hasSize(1);
        } finally {
            worker.close();
            worker.restart();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3}) // many more moments: NoInterleavingBreaksAPromiseIT
    @Tag("case-58")
    @Tag("case-104")
    void the_workflow_killed_at_any_moment_of_a_run_goes_on_where_it_was(int moment) {
        String prefix = "kill-flow-" + moment;
        cloud.fault("{\"name\":\"slow\",\"operation\":\"**create**\",\"fault\":{\"type\":\"latency\",\"ms\":300}}");
        String cluster = site.deploy(Site.request(prefix));
        // Moments are told apart by what the run has brought about, not by the clock.
        await("moment " + moment).atMost(Site.SOON).until(() -> progressOf(prefix), progress -> progress >= moment);

        site.workflow().kill();
        site.workflow().restart();

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThatOneOfEachIsThere(prefix);
        assertThat(site.statuses(cluster)).extracting(ClusterEncryptionStatus::getRevision).isSorted()
                .doesNotHaveDuplicates();
    }

    private int progressOf(String prefix) {
        List<String> instances = cloud.instances(prefix + "-kms");
        return instances.isEmpty() ? 0
                : 1 + cloud.keys(prefix + "-key").size() + cloud.policiesOn(instances.getFirst()).size();
    }

    @ParameterizedTest
    @CsvSource({
        "lost-inst, resource-controller.create_instance",
        "lost-key, key-protect.create_key",
        "lost-auth, iam-policy-v1.create_policy"})
    @Tag("case-29")
    void a_reply_lost_after_the_effect_is_not_created_again(String prefix, String operation) {
        long before = cloud.lastEffect();
        cloud.fault(
                "{\"name\":\"lost\",\"operation\":\"" + operation
                        + "\",\"count\":1,\"fault\":{\"type\":\"reset_after\"}}");
        String cluster = site.deploy(Site.request(prefix));

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThat(cloud.effects(before + 1)).as("the reply that was to be lost")
                .anyMatch(effect -> effect.path("fault").asText().equals("lost"));
        assertThatOneOfEachIsThere(prefix);
    }

    @Test
    @Tag("case-90")
    void a_run_cancelled_under_way_leaves_nothing() {
        cloud.fault(
                "{\"name\":\"slow\",\"operation\":\"**create_policy\",\"fault\":{\"type\":\"latency\",\"ms\":1500}}");
        String cluster = site.deploy(Site.request("cancelled"));
        await("the key").atMost(Site.SOON).until(() -> cloud.keys("cancelled-key"), keys -> !keys.isEmpty());
        String instance = cloud.instances("cancelled-kms").getFirst();

        site.control(cluster, ControlAction.CANCEL, "r-cancelled");

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.CANCELLED);
        assertThat(status.getResources()).isEmpty();
        assertThat(cloud.instances("cancelled-kms")).isEmpty();
        assertThat(cloud.keys("cancelled-key")).isEmpty();
        assertThat(cloud.policiesOn(instance)).isEmpty();
    }

    @Test
    @Tag("case-90")
    void a_run_cancelled_before_its_deploy_was_read_creates_nothing() {
        long before = cloud.lastEffect();
        site.control("default/cancelled-early", ControlAction.CANCEL, "r-cancelled-early");
        await("the cancel is read").atMost(Site.SOON)
                .until(() -> !site.audit("default/cancelled-early").isEmpty());

        ClusterEncryptionStatus status = site.awaitEnd(site.deploy(Site.request("cancelled-early")));

        assertThat(status.getLastRun().getState()).isEqualTo(RunState.CANCELLED);
        assertThat(cloud.effects(before + 1)).filteredOn(effect -> effect.toString().contains("cancelled-early"))
                .isEmpty();
    }

    @Test
    @Tag("case-91")
    void what_is_made_after_the_deadline_is_undone_when_its_answer_comes() {
        cloud.fault("""
                {"name": "late", "operation": "key-protect.create_key", "body_contains": "late-key", "count": 1,
                 "fault": {"type": "latency", "ms": 3500, "after": true}}""");

        assertThatItIsUndoneOnTime("late", () -> {});

        assertThat(cloud.hasStruck("late")).isTrue();
    }

    @Test
    @Tag("case-105")
    void a_worker_that_is_down_past_the_deadline_delays_only_the_end_of_the_undoing() {
        Part worker = site.worker("authorization");
        worker.close();

        assertThatItIsUndoneOnTime("down", worker::restart);
    }

    @Test
    @Tag("case-33")
    void an_instance_that_is_not_active_by_the_deadline_is_undone_as_soon_as_ibm_lets_go_of_it() {
        cloud.fault("""
                {"name": "stuck", "operation": "resource-controller.create_instance", "body_contains": "stuck-kms",
                 "fault": {"type": "provisioning", "ms": 4000, "fails": true}}""");

        assertThatItIsUndoneOnTime("stuck", () -> {});
    }

    /// @param mend what is done once the undoing has begun
    private void assertThatItIsUndoneOnTime(String prefix, Runnable mend) {
        Instant deadline = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.MILLIS);
        String cluster = site.deploy(Site.request(prefix).setDeadline(deadline));
        Instant passed = await("the deadline").atMost(Site.SOON).until(
                () -> site.audit(cluster).stream().filter(line -> line.getEvent() == AuditEvent.DEADLINE_PASSED)
                        .map(ClusterEncryptionAudit::getOccurredAt).findFirst(),
                Optional::isPresent).orElseThrow();
        assertThat(Duration.between(deadline, passed)).isBetween(Duration.ZERO, ON_TIME);
        mend.run();

        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getCode()).isEqualTo(FaultCode.DEADLINE_EXCEEDED);
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
}
