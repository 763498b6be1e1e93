package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ExamplesEndAsTheirRequestSaysIT {
    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void a_new_instance_and_key_are_created_with_three_authorizations() {
        ClusterEncryptionStatus status = site.awaitEnd(site.deploy(Site.request("new-all")));

        assertThat(status.getLastRun().getState()).as(site.story("default/new-all")).isEqualTo(RunState.COMPLETED);
        assertThat(status.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(cloud.instances("new-all-kms")).containsExactly(only(status, ResourceKind.KMS_INSTANCE).getId());
        assertThat(cloud.keys("new-all-key")).containsExactly(only(status, ResourceKind.ROOT_KEY).getId());
        assertThat(cloud.policiesOn(only(status, ResourceKind.KMS_INSTANCE).getId())).hasSize(3);
        assertThat(status.getResources()).extracting(ResourceStatus::getOwnership).containsOnly(Ownership.CREATED);
        assertThat(status.getStorage()).extracting(StorageStatus::getStorageService).containsExactlyInAnyOrder(
                StorageService.BLOCK_STORAGE, StorageService.FILE_STORAGE, StorageService.OBJECT_STORAGE);
        assertThat(status.getStorage()).allSatisfy(storage -> {
            assertThat(storage.getEncryption()).isEqualTo(Standing.CUSTOMER_MANAGED);
            assertThat(storage.getRootKeyCrn()).startsWith("crn:v1:bluemix:public:kms:us-south:a/").contains(":key:");
            assertThat(storage.getAuthorizedSince()).isNotNull();
        });
    }

    @Test
    @Tag("case-97")
    void a_named_instance_and_key_are_adopted_and_stay_somebody_elses() {
        String instance = cloud.seedInstance("shared-both-kms");
        String key = cloud.seedKey(instance, "shared-both-key");
        ClusterEncryptionStatus status = site.awaitEnd(
                site.deploy(
                        Site.request("adopt-both").setKmsInstanceName("shared-both-kms")
                                .setKmsKeyName("shared-both-key")));

        assertThat(status.getLastRun().getState()).as(site.story("default/adopt-both")).isEqualTo(RunState.COMPLETED);
        assertThat(only(status, ResourceKind.KMS_INSTANCE).getOwnership()).isEqualTo(Ownership.ADOPTED);
        assertThat(only(status, ResourceKind.KMS_INSTANCE).getId()).isEqualTo(instance);
        assertThat(only(status, ResourceKind.ROOT_KEY).getOwnership()).isEqualTo(Ownership.ADOPTED);
        assertThat(only(status, ResourceKind.ROOT_KEY).getId()).isEqualTo(key);
        assertThat(cloud.policiesOn(instance)).hasSize(3);
    }

    @Test
    @Tag("case-43")
    void a_key_is_created_in_a_named_instance_and_an_authorization_that_exists_already_is_adopted() {
        String instance = cloud.seedInstance("shared-one-kms");
        String policy = cloud.seedPolicy(instance, "server-protect", "");
        ClusterEncryptionStatus status = site.awaitEnd(
                site.deploy(Site.request("adopt-one").setKmsInstanceName("shared-one-kms")));

        assertThat(status.getLastRun().getState()).as(site.story("default/adopt-one")).isEqualTo(RunState.COMPLETED);
        assertThat(only(status, ResourceKind.ROOT_KEY).getOwnership()).isEqualTo(Ownership.CREATED);
        assertThat(status.getResources())
                .filteredOn(resource -> resource.getKind() == ResourceKind.AUTHORIZATION_POLICY)
                .extracting(ResourceStatus::getId, ResourceStatus::getOwnership)
                .contains(org.assertj.core.groups.Tuple.tuple(policy, Ownership.ADOPTED)).hasSize(3);
        assertThat(cloud.policiesOn(instance)).hasSize(3);
    }

    @Test
    @Tag("case-22")
    void instance_and_key_may_lie_in_another_region_than_the_cluster() {
        site.run("deploy", "-f", site.example("guarded-key-in-another-region.json"), "--wait").expect(0);
        ClusterEncryptionStatus status = site.awaitEnd("default/hpc-abroad");

        assertThat(status.getRegion()).isEqualTo("us-south");
        assertThat(status.getKmsRegion()).isEqualTo("eu-de");
        assertThat(only(status, ResourceKind.KMS_INSTANCE).getCrn()).contains(":kms:eu-de:");
        assertThat(only(status, ResourceKind.ROOT_KEY)).satisfies(key -> {
            assertThat(key.getCrn()).contains(":kms:eu-de:");
            assertThat(key.getRotationIntervalMonths()).isEqualTo(6);
            assertThat(key.getDualAuthorizationDelete()).isTrue();
        });
        assertThat(site.run("status", "hpc-abroad", "--output", "tfvars").expect(0).out()).contains("eu-de");
    }

    @Test
    @Tag("case-102")
    void a_provider_managed_cluster_touches_no_cloud() {
        long before = cloud.lastEffect();
        ClusterEncryptionStatus status = site.awaitEnd(
                site.deploy(Site.request("provider").setKeyManagement(null)));

        assertThat(status.getStanding()).isEqualTo(Standing.PROVIDER_MANAGED);
        assertThat(status.getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(cloud.effects(before + 1)).filteredOn(effect -> effect.toString().contains("provider")).isEmpty();
    }

    @Test
    @Tag("case-21")
    void a_bad_request_is_rejected_with_every_violation_at_once() {
        ClusterEncryptionStatus status = site.awaitEnd(
                site.deploy(
                        Site.request("bad-request").setKeyManagement("hpcs").setKmsKeyName("key").setRegion("mars")));

        assertThat(status.getLastRun().getState()).isEqualTo(RunState.REJECTED);
        assertThat(status.getStanding()).isEqualTo(Standing.NONE);
        assertThat(String.join("\n", status.getLastRun().getViolations())).contains("key_management", "hpcs")
                .contains("kms_key_name").contains("region", "mars");
    }

    @Test
    @Tag("case-36")
    void a_run_that_fails_midway_is_undone_and_says_why_in_ibms_words() {
        cloud.fault(
                """
                        {"name":"forbid","operation":"**create_policy","body_contains":"kf-","probability":1,"count":1,
                         "fault":{"type":"forbidden"}}
                        """);
        ClusterEncryptionStatus status = site.awaitEnd(site.deploy(Site.request("fails-midway")));
        cloud.noMoreFaults();

        assertThat(status.getLastRun().getState()).as(site.story("default/fails-midway")).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getCode()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(status.getLastRun().getFault().getIbmMessage()).isNotEmpty();
        assertThat(status.getLastRun().getFault().getTransactionId()).isNotEmpty();
        assertThat(status.getLastRun().getRemedy()).isNotEmpty();
        assertThat(status.getResources()).isEmpty();
        assertThat(cloud.instances("fails-midway-kms")).isEmpty();
        assertThat(cloud.keys("fails-midway-key")).isEmpty();
    }

    @Test
    void the_audit_tells_the_story_in_order_and_each_record_names_its_cause() {
        String cluster = site.deploy(Site.request("story"));
        site.awaitEnd(cluster);
        List<ClusterEncryptionAudit> audit = site.audit(cluster);

        assertThat(audit).extracting(ClusterEncryptionAudit::getSequence)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, audit.size()).boxed().toList());
        assertThat(audit.getFirst().getEvent()).isEqualTo(AuditEvent.REQUEST_ACCEPTED);
        assertThat(audit.getFirst().getCause().getTopic()).isEqualTo("cluster-deploy-requested");
        assertThat(audit.getLast().getEvent()).isEqualTo(AuditEvent.RUN_ENDED);
        assertThat(audit).allSatisfy(line -> assertThat(line.getMessage()).isNotEmpty());
        assertThat(site.statuses(cluster)).extracting(ClusterEncryptionStatus::getRevision).isSorted()
                .doesNotHaveDuplicates();
    }

    private static ResourceStatus only(ClusterEncryptionStatus status, ResourceKind kind) {
        assertThat(status.getResources()).filteredOn(resource -> resource.getKind() == kind).hasSize(1);
        return status.getResources().stream().filter(resource -> resource.getKind() == kind).findFirst().orElseThrow();
    }
}
