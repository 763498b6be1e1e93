package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationOutcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `keyfold verify`, end to end: what is as it should be, what is encrypted by now, and what somebody has changed behind
/// Keyfold's back.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatHasDriftedIsFoundIT {
    private static final int DRIFTED = 9;
    private static final int REFUSED = 5;
    private static final int DISABLED = 2;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void what_is_intact_is_proven_by_what_is_encrypted_with_it_and_nothing_is_changed() {
        String cluster = deployed("ver-ok");
        register("ver-ok", "is:us-south-1", "volume", 3);
        register("ver-ok", "is:us-south-1", "share", 2);
        register("ver-ok", "cloud-object-storage:global", "bucket", 1);
        long before = cloud.lastEffect();

        assertThat(site.run("verify", "ver-ok", "--wait").expect(0).out())
                .contains("INTACT", "BLOCK_STORAGE 3, FILE_STORAGE 2, OBJECT_STORAGE 1");

        ClusterEncryptionStatus status = site.statuses(cluster).getLast();
        assertThat(status.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(status.getStorage()).extracting(StorageStatus::getRegistrations).containsExactly(3L, 2L, 1L);
        assertThat(cloud.effects(before + 1)).isEmpty();
        assertThat(site.run("status", "ver-ok").expect(0).out()).contains("verified", "INTACT", "REGISTERED");
    }

    @Test
    @Tag("case-57")
    void what_somebody_has_deleted_or_disabled_is_named() {
        String cluster = deployed("ver-drift");
        String policy = cloud.policiesOn(cloud.instances("ver-drift-kms").getFirst()).getFirst();
        cloud.deletePolicy(policy);
        cloud.setKeyState(cloud.keys("ver-drift-key").getFirst(), DISABLED);

        Cli verified = site.run("verify", "ver-drift", "--wait").expect(DRIFTED);
        assertThat(verified.out()).contains("DRIFTED", policy, "suspended");

        ClusterEncryptionStatus status = site.statuses(cluster).getLast();
        assertThat(status.getStanding()).isEqualTo(Standing.DRIFTED);
        assertThat(status.getVerification().getFindings()).extracting(VerificationFinding::getCondition)
                .containsExactly(ResourceCondition.CHANGED, ResourceCondition.MISSING);
        assertThat(status.getVerification().getFindings().getFirst().getStep()).isEqualTo(StepName.ROOT_KEY);
        assertThat(site.run("verify", "--standing", "DRIFTED", "--wait").expect(DRIFTED).out()).contains(cluster);

        site.deploy(Site.request("ver-drift").setRequestId("r-again").setDeletionProtection(false));
        ClusterEncryptionStatus again = site.awaitStatus(
                cluster, it -> it.getLastRun().getRequestId().equals("r-again")
                        && it.getLastRun().getState() == RunState.COMPLETED);
        assertThat(again.getStanding()).as("nobody has looked since").isEqualTo(Standing.DRIFTED);
    }

    @Test
    void what_nobody_may_read_is_not_taken_for_gone() {
        deployed("ver-blind");
        cloud.fault("{\"name\":\"blind\",\"operation\":\"key-protect.*\",\"count\":50,"
                + "\"fault\":{\"type\":\"forbidden\"}}");

        assertThat(site.run("verify", "ver-blind", "--wait").expect(6).out()).contains("INCOMPLETE", "UNSEEN");
        assertThat(site.statuses("default/ver-blind").getLast().getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        cloud.noMoreFaults();
    }

    @Test
    void a_deploy_that_begins_meanwhile_drops_the_check_and_does_not_wait_for_it() {
        String cluster = deployed("ver-busy");
        site.worker("root-key").pause();
        try {
            site.control(cluster, ControlAction.VERIFY, site.statuses(cluster).getLast().getLastRun().getRequestId());
            await("the check begins").atMost(Site.SOON).until(() -> told(cluster, AuditEvent.VERIFICATION_STARTED));
            site.deploy(Site.request("ver-busy").setRequestId("r-two-keys").setSeparateKeys(true));
            await("it is dropped").atMost(Site.SOON).until(() -> told(cluster, AuditEvent.VERIFICATION_ENDED));
        } finally {
            site.worker("root-key").resume();
        }

        ClusterEncryptionStatus status = site.awaitStatus(
                cluster, it -> it.getLastRun().getRequestId().equals("r-two-keys")
                        && it.getLastRun().getState() == RunState.COMPLETED);
        assertThat(status.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(status.getVerification()).isNull();
        assertThat(site.audit(cluster)).filteredOn(line -> line.getEvent() == AuditEvent.VERIFICATION_ENDED)
                .extracting(ClusterEncryptionAudit::getToState).containsExactly("DROPPED");
    }

    @Test
    void a_schedule_finds_by_itself_what_has_drifted() {
        String cluster = deployed("ver-alone");
        cloud.deletePolicy(cloud.policiesOn(cloud.instances("ver-alone-kms").getFirst()).getFirst());

        site.workflow().close();
        site.workflow().restart(Map.of("KEYFOLD_VERIFY_INTERVAL_MS", "3000"));
        try {
            ClusterEncryptionStatus status =
                    site.awaitStatus(cluster, it -> it.getStanding() == Standing.DRIFTED);
            assertThat(status.getVerification().getOutcome()).isEqualTo(VerificationOutcome.DRIFTED);
            assertThat(status.getVerification().getRequestedBy()).isEqualTo("schedule");
        } finally {
            site.workflow().close();
            site.workflow().restart();
            site.workflow().awaitReady();
        }
    }

    @Test
    void where_no_key_of_the_customers_is_in_force_there_is_nothing_to_verify() {
        String cluster = site.deploy(Site.request("ver-none").setKeyManagement(null));
        site.awaitEnd(cluster);

        assertThat(site.run("verify", "ver-none", "--wait").expect(REFUSED).out()).contains("NOTHING_TO_VERIFY");
    }

    private boolean told(String cluster, AuditEvent event) {
        return site.audit(cluster).stream().anyMatch(line -> line.getEvent() == event);
    }

    private void register(String prefix, String service, String type, int count) {
        for (int number = 1; number <= count; number++) {
            cloud.register(
                    cloud.instances(prefix + "-kms").getFirst(),
                    cloud.keys(prefix + "-key").getFirst(),
                    "crn:v1:bluemix:public:" + service + ":a/0123456789abcdef0123456789abcdef::" + type + ":" + prefix
                            + "-" + number);
        }
    }

    private String deployed(String prefix) {
        String cluster = site.deploy(Site.request(prefix));
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(List.of(status.getLastRun().getState())).as(site.story(cluster)).containsExactly(RunState.COMPLETED);
        return cluster;
    }
}
