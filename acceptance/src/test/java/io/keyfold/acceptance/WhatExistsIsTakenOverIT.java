package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.VerificationOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `keyfold import`, end to end: what was deployed by other means is used from then on, and never made, changed or deleted.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatExistsIsTakenOverIT {
    private static final int NOT_COMPLETED = 6;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void a_whole_cluster_is_imported_verified_deployed_again_and_let_go_of_without_one_call_that_changes_anything() {
        String instance = cloud.seedInstance("imp-whole-kms");
        String key = cloud.seedKey(instance, "imp-whole-key");
        List<String> policies = List.of(
                cloud.seedPolicy(instance, "server-protect", ""), cloud.seedPolicy(instance, "is", "share"),
                cloud.seedPolicy(instance, "cloud-object-storage", ""));
        long before = cloud.lastEffect();

        Cli handedOver = run(
                "import", "imp-whole", "--reason", "from Terraform", "--set", "request_id=imp-1", "--set",
                "deletion_protection=false", "--wait", "--output", "tfvars").expect(0);
        assertThat(handedOver.out())
                .contains("= \"imp-whole-kms\"", "= \"imp-whole-key\"", "skip_kms_s2s_auth_policy");

        String cluster = "default/imp-whole";
        ClusterEncryptionStatus imported = site.statuses(cluster).getLast();
        assertThat(imported.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(imported.getLastRun().getKind()).isEqualTo(RunKind.IMPORT);
        assertThat(imported.getLastRun().getRequestId()).isEqualTo("imp-1");
        assertThat(imported.getResources()).extracting(ResourceStatus::getOwnership).containsOnly(Ownership.ADOPTED);
        assertThat(ids(imported)).contains(instance, key).containsAll(policies).hasSize(5);
        assertThat(site.story(cluster)).contains("from Terraform");

        site.control(cluster, ControlAction.VERIFY, "imp-1");
        assertThat(site.awaitStatus(cluster, status -> status.getVerification() != null).getVerification().getOutcome())
                .isEqualTo(VerificationOutcome.INTACT);

        site.deploy(Site.request("imp-whole").setDeletionProtection(false));
        ClusterEncryptionStatus deployed = site.awaitStatus(
                cluster, status -> status.getLastRun().getRequestId().equals("r-imp-whole")
                        && status.getLastRun().getState() == RunState.COMPLETED);
        assertThat(ids(deployed)).isEqualTo(ids(imported));

        site.control(cluster, ControlAction.DEPROVISION, "r-imp-whole");
        site.awaitStatus(cluster, status -> status.getStanding() == Standing.DEPROVISIONED);
        assertThat(cloud.effects(before + 1)).isEmpty();
        assertThat(cloud.instances("imp-whole-kms")).containsExactly(instance);
        assertThat(cloud.keys("imp-whole-key")).containsExactly(key);
        assertThat(cloud.policiesOn(instance)).hasSize(3);
    }

    @Test
    void all_that_is_missing_is_named_with_what_to_do_and_nothing_is_made_in_its_place() {
        String instance = cloud.seedInstance("imp-part-kms");
        String key = cloud.seedKey(instance, "not-the-usual-name");
        cloud.seedPolicy(instance, "server-protect", "");
        long before = cloud.lastEffect();

        Cli failed =
                run("import", "imp-part", "--set", "skip_kms_s2s_auth_policy=true", "--wait").expect(NOT_COMPLETED);
        assertThat(failed.out()).contains(
                "no root key named \"imp-part-key\" in the instance " + instance, "kms_key_name",
                "no authorization that lets is (share) use", "skip_iam_share_authorization_policy = true");
        assertThat(site.statuses("default/imp-part").getLast().getStanding()).isEqualTo(Standing.NONE);
        assertThat(site.statuses("default/imp-part").getLast().getResources()).isEmpty();

        Cli found = run(
                "import", "imp-part", "--set", "kms_instance_name=imp-part-kms", "--set",
                "kms_key_name=not-the-usual-name", "--set", "skip_iam_share_authorization_policy=true", "--set",
                "skip_kms_s2s_auth_policy=true", "--wait").expect(0);
        assertThat(found.out()).contains("import COMPLETED", "Taken over as it is", "ADOPTED", "SKIPPED");
        ClusterEncryptionStatus imported = site.statuses("default/imp-part").getLast();
        assertThat(imported.getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(ids(imported)).contains(instance, key);
        assertThat(cloud.effects(before + 1)).isEmpty();
    }

    private Cli run(String command, String prefix, String... more) {
        return site.run(
                Stream.concat(
                        Stream.of(
                                command, "--set", "cluster_prefix=" + prefix, "--set", "region=us-south"),
                        Arrays.stream(more)).toArray(String[]::new));
    }

    /// Of what is known by its id; a skipped authorization is not.
    private static List<String> ids(ClusterEncryptionStatus status) {
        return status.getResources().stream().map(ResourceStatus::getId).filter(id -> !id.isEmpty()).sorted().toList();
    }
}
