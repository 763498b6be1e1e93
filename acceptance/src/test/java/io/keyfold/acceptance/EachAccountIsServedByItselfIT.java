package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepStatus;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Several accounts of IBM Cloud, served by one set of processes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EachAccountIsServedByItselfIT {
    private static final int UNHEALTHY = 8;
    private static final String DEFAULT_ACCOUNT = "0123456789abcdef0123456789abcdef";

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    @Tag("case-100")
    void the_same_prefix_in_two_accounts_is_two_clusters_each_with_its_own_in_its_own_account() {
        String here = site.deploy(Site.request("twice"));
        String there = site.deploy(Site.request("twice").setAccount("prod"));

        ResourceStatus ours = instance(completed(here));
        ResourceStatus theirs = instance(completed(there));
        assertThat(there).isEqualTo("prod/twice");
        assertThat(ours.getCrn()).contains("a/" + DEFAULT_ACCOUNT + ":");
        assertThat(theirs.getCrn()).contains("a/" + Site.PROD_ACCOUNT + ":");
        assertThat(cloud.instances("twice-kms")).containsExactlyInAnyOrder(ours.getId(), theirs.getId());
        assertThat(cloud.keys("twice-key")).hasSize(2);
        assertThat(cloud.policiesOn(ours.getId())).hasSize(3).doesNotContainAnyElementsOf(
                cloud.policiesOn(theirs.getId()));
        assertThat(site.run("status", "prod/twice").expect(0).out()).contains("prod/twice", Site.PROD_ACCOUNT)
                .doesNotContain(ours.getId());

        site.run("deprovision", "prod/twice", "--reason", "moved", "--wait").expect(0);

        assertThat(site.awaitStatus(there, status -> status.getStanding() == Standing.DEPROVISIONED)).isNotNull();
        assertThat(cloud.instances("twice-kms")).containsExactly(ours.getId());
        assertThat(cloud.policiesOn(ours.getId())).hasSize(3);
    }

    @Test
    void an_account_whose_credentials_are_rejected_delays_no_other_and_goes_on_by_itself_when_they_are_mended() {
        String waiting = site.deploy(Site.request("waits").setAccount("shut-out"));
        site.awaitStatus(
                waiting, status -> status.getSteps().stream().map(StepStatus::getLastError)
                        .anyMatch(error -> error != null && error.getCode() == FaultCode.CREDENTIALS_REJECTED));

        completed(site.deploy(Site.request("goes")));
        completed(site.deploy(Site.request("goes").setAccount("prod")));
        assertThat(site.statuses(waiting).getLast().getLastRun().getState()).isEqualTo(RunState.IN_PROGRESS);
        assertThat(site.run("doctor").expect(UNHEALTHY).out())
                .containsPattern("ok +account default ")
                .containsPattern("ok +account prod ")
                .containsPattern("WRONG +account shut-out .*BXNIM0415E")
                .contains("account.shut-out.ibm.api.key")
                .doesNotContain("-api-key");

        cloud.addApiKey("shut-out-api-key", "shut-out", Site.SHUT_OUT_ACCOUNT);

        assertThat(instance(completed(waiting)).getCrn()).contains("a/" + Site.SHUT_OUT_ACCOUNT + ":");
        assertThat(site.run("doctor").expect(0).out()).containsPattern("ok +account shut-out ");
        assertThat(site.logs()).doesNotContain("prod-api-key", "shut-out-api-key");
    }

    @Test
    void a_cluster_of_an_account_that_nobody_has_fails_saying_what_to_set_and_has_left_nothing() {
        ClusterEncryptionStatus status = site.awaitEnd(site.deploy(Site.request("nowhere").setAccount("nobodys")));

        assertThat(status.getLastRun().getState()).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getCode()).isEqualTo(FaultCode.INVALID);
        assertThat(status.getLastRun().getFault().getMessage()).contains(
                "no credentials for the account \"nobodys\"", "account.nobodys.ibm.api.key",
                "account.nobodys.ibm.account.id");
        assertThat(status.getResources()).isEqualTo(List.of());
        assertThat(cloud.instances("nowhere-kms")).isEmpty();
    }

    private ClusterEncryptionStatus completed(String cluster) {
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        return status;
    }

    private static ResourceStatus instance(ClusterEncryptionStatus status) {
        return status.getResources().stream()
                .filter(resource -> resource.getKind() == ResourceKind.KMS_INSTANCE).findFirst().orElseThrow();
    }
}
