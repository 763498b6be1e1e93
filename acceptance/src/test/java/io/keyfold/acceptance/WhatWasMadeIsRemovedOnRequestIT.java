package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `keyfold deprovision`, end to end: in order, never forced, and nothing that another cluster still holds.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(4)
class WhatWasMadeIsRemovedOnRequestIT {
    private static final int REFUSED = 5;
    private static final int NOT_COMPLETED = 6;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void a_cluster_is_removed_in_order_and_only_with_a_reason() {
        String cluster = deployed("rem-all");
        String instance = cloud.instances("rem-all-kms").getFirst();
        long before = cloud.lastEffect();

        assertThat(site.run("deprovision", "rem-all").expect(REFUSED).err()).contains("DELETION_PROTECTED", "--reason");
        Cli removed = site.run("deprovision", "rem-all", "--reason", "decommissioned", "--wait").expect(0);
        assertThat(removed.out()).contains("DEPROVISIONED", "COMPLETED");

        ClusterEncryptionStatus status = site.statuses(cluster).getLast();
        assertThat(status.getStanding()).isEqualTo(Standing.DEPROVISIONED);
        assertThat(status.getResources()).isEmpty();
        assertThat(status.getStorage()).allMatch(storage -> storage.getEncryption() == Standing.NONE);
        assertThat(status.getSteps()).allMatch(step -> step.getState().equals("COMPENSATED"));
        assertThat(status.getSteps()).filteredOn(step -> step.getStep().name().equals("ROOT_KEY")).singleElement()
                .satisfies(step -> assertThat(Duration.between(status.getUpdatedAt(), step.getRestorableUntil()))
                        .isBetween(Duration.ofDays(29), Duration.ofDays(30)));
        assertThat(deletions(before)).containsExactly(
                "key-protect.delete_key", "iam-policy-v1.delete_policy", "iam-policy-v1.delete_policy",
                "iam-policy-v1.delete_policy", "resource-controller.delete_instance");
        assertThat(cloud.policiesOn(instance)).isEmpty();
        assertThat(site.story(cluster)).contains("decommissioned");
    }

    @Test
    @Tag("case-46")
    void a_run_that_waits_for_a_key_names_what_still_needs_it_and_goes_on_by_itself_once_that_is_gone() {
        String cluster = deployed("rem-used");
        String volume = "crn:v1:bluemix:public:is:us-south-1:a/0123456789abcdef0123456789abcdef::volume:r006-1";
        cloud.register(cloud.instances("rem-used-kms").getFirst(), cloud.keys("rem-used-key").getFirst(), volume);
        site.run("deprovision", "rem-used", "--reason", "decommissioned", "--wait").expect(NOT_COMPLETED);

        ClusterEncryptionStatus waiting = site.awaitStatus(
                cluster, status -> status.getLastRun().getState() == RunState.KEY_IN_USE);
        assertThat(waiting.getLastRun().getFault().getMessage()).contains(volume);
        assertThat(waiting.getSteps()).filteredOn(step -> step.getState().equals("KEY_IN_USE")).singleElement()
                .satisfies(step -> {
                    assertThat(step.getLastError().getMessage()).contains(volume);
                    assertThat(step.getNextAt()).isAfter(waiting.getUpdatedAt());
                });
        assertThat(cloud.keys("rem-used-key")).hasSize(1);

        cloud.unregister(volume);
        assertThat(awaitRemoved(cluster).getResources()).isEmpty();
        assertThat(cloud.instances("rem-used-kms")).isEmpty();
    }

    @Test
    void a_key_whose_deletion_takes_two_identities_is_left_to_the_other_and_the_run_goes_on_when_it_has_gone() {
        String cluster = deployed(Site.request("rem-both").setDualAuthorizationDelete(true));
        String key = cloud.keys("rem-both-key").getFirst();
        assertThat(site.statuses(cluster).getLast().getResources())
                .filteredOn(ResourceStatus::getDualAuthorizationDelete).extracting(ResourceStatus::getId)
                .containsExactly(key);
        site.run("deprovision", "rem-both", "--reason", "decommissioned", "--wait").expect(NOT_COMPLETED);

        assertThat(site.run("status", "rem-both").out()).contains(
                "COMPENSATION_FAILED", "SECOND_AUTHORIZATION_NEEDED", "keyfold retry");
        assertThat(cloud.keys("rem-both-key")).containsExactly(key);
        assertThat(cloud.instances("rem-both-kms")).hasSize(1);

        cloud.destroyKey(key);
        assertThat(site.run("retry", "rem-both", "--wait").expect(0).out()).contains("DEPROVISIONED");
        assertThat(site.statuses(cluster).getLast().getResources()).isEmpty();
        assertThat(cloud.instances("rem-both-kms")).isEmpty();
    }

    @Test
    void a_run_that_is_cancelled_or_removed_while_it_goes_is_followed_to_the_end_of_that() {
        // Neither can end before it is asked to.
        cloud.fault("{\"name\":\"no-key\",\"operation\":\"key-protect.create_key\","
                + "\"fault\":{\"type\":\"status\",\"status\":503}}");
        String cancelled = site.deploy(Site.request("rem-cancel"));
        String removed = site.deploy(Site.request("rem-going"));
        site.awaitStatus(cancelled, status -> status.getLastRun().getState() == RunState.IN_PROGRESS);
        site.awaitStatus(removed, status -> status.getLastRun().getState() == RunState.IN_PROGRESS);

        assertThat(site.run("cancel", "rem-cancel", "--wait").expect(0).out()).contains("CANCELLED");
        var followed = CompletableFuture.supplyAsync(
                () -> site.run("deprovision", "rem-going", "--reason", "not wanted", "--wait"));
        await("the deprovision waits for its turn").atMost(Site.SOON).until(
                () -> site.audit(removed).stream().anyMatch(line -> line.getEvent() == AuditEvent.CONTROL_ACCEPTED));
        cloud.noMoreFaults();
        followed.join().expect(0);

        assertThat(site.statuses(removed).getLast().getLastRun().getKind()).isEqualTo(RunKind.DEPROVISION);
        assertThat(cloud.instances("rem-cancel-kms")).isEmpty();
        assertThat(cloud.instances("rem-going-kms")).isEmpty();
    }

    @Test
    @Tag("case-98")
    void what_another_cluster_uses_is_kept_and_goes_when_that_one_is_removed() {
        String creator = deployed("rem-a");
        String instance = cloud.instances("rem-a-kms").getFirst();
        String user = site.deploy(
                Site.request("rem-b").setKmsInstanceName("rem-a-kms").setKmsKeyName("rem-a-key"));
        assertThat(site.awaitEnd(user).getLastRun().getState()).as(site.story(user)).isEqualTo(RunState.COMPLETED);

        site.run("deprovision", "rem-a", "--reason", "decommissioned").expect(0);
        ClusterEncryptionStatus kept = awaitRemoved(creator);
        assertThat(kept.getStanding()).isEqualTo(Standing.DEPROVISIONED);
        assertThat(kept.getResources()).hasSize(5).allSatisfy(resource -> {
            assertThat(resource.getOwnership()).isEqualTo(Ownership.RETAINED);
            assertThat(resource.getRetainedFor()).containsExactly(user);
            assertThat(resource.getAskedAgainAt()).isNotNull();
        });
        assertThat(cloud.policiesOn(instance)).hasSize(3);

        site.run("deprovision", "rem-b", "--reason", "decommissioned").expect(0);
        assertThat(awaitRemoved(user).getResources()).isEmpty();
        site.awaitStatus(creator, status -> status.getResources().isEmpty());
        await("nothing left").atMost(Site.SOON).until(() -> cloud.policiesOn(instance), List::isEmpty);
        assertThat(cloud.instances("rem-a-kms")).isEmpty();
    }

    @Test
    void a_removal_goes_on_when_the_workflow_was_killed_in_the_middle_of_it() {
        String cluster = deployed("rem-kill");
        cloud.fault("{\"name\":\"slow\",\"operation\":\"key-protect.delete_key\",\"count\":1,"
                + "\"fault\":{\"type\":\"latency\",\"ms\":3000}}");
        site.run("deprovision", "rem-kill", "--reason", "decommissioned").expect(0);
        await("the delete is under way").atMost(Site.SOON).until(() -> cloud.hasStruck("slow"));

        site.workflow().kill();
        site.workflow().restart();

        assertThat(awaitRemoved(cluster).getResources()).as(site.story(cluster)).isEmpty();
        assertThat(cloud.instances("rem-kill-kms")).isEmpty();
        cloud.noMoreFaults();
    }

    @Test
    void what_a_change_has_left_unused_goes_on_request_and_the_rest_stays() {
        String cluster = site.deploy(Site.request("rem-two").setSeparateKeys(true));
        assertThat(site.awaitEnd(cluster).getResources()).hasSize(6);
        site.deploy(Site.request("rem-two").setRequestId("r-one-key"));
        ClusterEncryptionStatus changed = site.awaitStatus(
                cluster,
                status -> status.getLastRun().getRequestId().equals("r-one-key")
                        && status.getLastRun().getState() == RunState.COMPLETED);
        assertThat(changed.getResources()).filteredOn(resource -> resource.getOwnership() == Ownership.UNUSED)
                .extracting(ResourceStatus::getName).containsExactly("rem-two-vsi-key");

        site.run("remove", "rem-two", "--reason", "one key is enough", "--wait").expect(0);

        ClusterEncryptionStatus removed = site.statuses(cluster).getLast();
        assertThat(removed.getLastRun().getKind()).isEqualTo(RunKind.REMOVE);
        assertThat(removed.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(removed.getResources()).hasSize(5).extracting(ResourceStatus::getOwnership)
                .containsOnly(Ownership.CREATED);
        assertThat(cloud.keys("rem-two-vsi-key")).isEmpty();
        assertThat(cloud.keys("rem-two-key")).hasSize(1);
    }

    private String deployed(String prefix) {
        return deployed(Site.request(prefix));
    }

    private String deployed(ClusterDeployRequested.Builder request) {
        String cluster = site.deploy(request);
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThat(status.getResources()).extracting(ResourceStatus::getOwnership).containsOnly(Ownership.CREATED);
        return cluster;
    }

    private ClusterEncryptionStatus awaitRemoved(String cluster) {
        return site.awaitStatus(
                cluster,
                status -> status.getLastRun().getKind() == RunKind.DEPROVISION
                        && status.getLastRun().getState() == RunState.COMPLETED);
    }

    private List<String> deletions(long before) {
        return cloud.effects(before + 1).stream().map(WhatWasMadeIsRemovedOnRequestIT::operation)
                .filter(operation -> operation.contains(".delete_")).toList();
    }

    private static String operation(JsonNode effect) {
        return effect.path("operation").asText();
    }
}
