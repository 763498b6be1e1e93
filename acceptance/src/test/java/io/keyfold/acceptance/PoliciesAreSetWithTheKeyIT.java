package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `rotation_interval_months` and `dual_authorization_delete`, end to end.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PoliciesAreSetWithTheKeyIT {
    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void a_created_key_is_rotated_as_asked_even_if_the_answer_is_lost_and_another_interval_later_is_refused() {
        long before = cloud.lastEffect();
        cloud.fault(
                "{\"operation\":\"key-protect.put_key_policies\",\"count\":1,\"fault\":{\"type\":\"reset_after\"}}");
        String cluster = site.deploy(Site.request("rotated").setRotationIntervalMonths(3));
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        cloud.noMoreFaults();

        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThat(status.getResources()).filteredOn(resource -> resource.getKind() == ResourceKind.ROOT_KEY)
                .extracting(ResourceStatus::getRotationIntervalMonths).containsExactly(3);
        assertThat(cloud.effects(before + 1))
                .filteredOn(effect -> effect.path("operation").asText().equals("key-protect.put_key_policies"))
                .filteredOn(effect -> effect.toString().contains(cloud.keys("rotated-key").getFirst())).hasSize(1);

        site.deploy(Site.request("rotated").setRequestId("r-rotated-2").setRotationIntervalMonths(6));
        ClusterEncryptionStatus refused = site.awaitStatus(
                cluster, latest -> latest.getLastRun().getRequestId().equals("r-rotated-2"));
        assertThat(refused.getLastRun().getState()).isEqualTo(RunState.REJECTED);
        assertThat(refused.getLastRun().getViolations()).singleElement().asString()
                .contains("NOT_YET_SUPPORTED", "rotation_interval_months", "3 or left out");
    }

    @Test
    void a_key_that_takes_two_to_delete_is_made_so_and_takes_two_also_where_its_run_is_undone() {
        cloud.fault(
                "{\"operation\":\"**create_policy\",\"body_contains\":\"kf-\",\"count\":1,"
                        + "\"fault\":{\"type\":\"forbidden\"}}");
        String cluster = site.deploy(Site.request("guarded").setDualAuthorizationDelete(true));
        ClusterEncryptionStatus parked = site.awaitEnd(cluster);
        cloud.noMoreFaults();

        assertThat(parked.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPENSATION_FAILED);
        assertThat(parked.getLastRun().getRemedy()).contains("another identity", "keyfold retry " + cluster);

        cloud.destroyKey(cloud.keys("guarded-key").getFirst());
        site.control(cluster, ControlAction.RETRY, "r-guarded");
        ClusterEncryptionStatus undone = site.awaitStatus(
                cluster, status -> status.getLastRun().getState() == RunState.FAILED);
        assertThat(undone.getResources()).isEmpty();
        assertThat(cloud.instances("guarded-kms")).isEmpty();
    }
}
