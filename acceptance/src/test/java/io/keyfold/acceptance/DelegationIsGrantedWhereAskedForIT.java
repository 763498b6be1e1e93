package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StorageStatus;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `authorization_delegation`, end to end: the roles of the policies that are really there.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelegationIsGrantedWhereAskedForIT {
    private static final String READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
    private static final String DELEGATOR = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
    private static final String DELEGABLE = "delegable to services it depends on";

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void block_and_file_storage_may_delegate_and_object_storage_may_not() {
        assertThat(
                site.run(
                        "plan", "--set", "cluster_prefix=del-new", "--set", "region=us-south", "--set",
                        "authorization_delegation=true").expect(0).out())
                .contains("(Reader, Authorization Delegator)", "IBM defines no delegation for it");
        ClusterEncryptionStatus status = completed(
                site.deploy(Site.request("del-new").setAuthorizationDelegation(true)));

        String instance = cloud.instances("del-new-kms").getFirst();
        assertThat(policiesOn(instance)).containsExactlyInAnyOrder(
                "server-protect " + List.of(READER, DELEGATOR),
                "is share " + List.of(READER, DELEGATOR),
                "cloud-object-storage " + List.of(READER));
        assertThat(status.getStorage()).extracting(StorageStatus::getAuthorizationScope).containsExactly(
                "Cloud Block Storage in the whole account, " + DELEGABLE,
                "every VPC file share of the account, " + DELEGABLE,
                "every Object Storage instance of the account");
    }

    @Test
    void somebody_elses_authorization_without_delegation_is_left_alone_and_ours_stands_beside_it() {
        String instance = cloud.seedInstance("del-shared-kms");
        String theirs = cloud.seedPolicy(instance, "server-protect", "");
        ClusterEncryptionStatus status = completed(
                site.deploy(
                        Site.request("del-shared").setKmsInstanceName("del-shared-kms")
                                .setAuthorizationDelegation(true)));

        assertThat(owned(status, Ownership.CREATED)).hasSize(3).doesNotContain(theirs);
        assertThat(policiesOn(instance)).containsExactlyInAnyOrder(
                "server-protect " + List.of(READER),
                "server-protect " + List.of(READER, DELEGATOR),
                "is share " + List.of(READER, DELEGATOR),
                "cloud-object-storage " + List.of(READER));
    }

    @Test
    void a_change_makes_new_authorizations_and_what_it_left_unused_goes_on_request() {
        completed(site.deploy(Site.request("del-later")));
        String instance = cloud.instances("del-later-kms").getFirst();
        assertThat(policiesOn(instance)).hasSize(3).noneMatch(policy -> policy.contains(DELEGATOR));

        String cluster = site.deploy(
                Site.request("del-later").setRequestId("r-del-later-2").setAuthorizationDelegation(true));
        ClusterEncryptionStatus changed = completed(cluster, "r-del-later-2");
        assertThat(owned(changed, Ownership.CREATED)).hasSize(3);
        assertThat(owned(changed, Ownership.UNUSED)).hasSize(2);
        assertThat(policiesOn(instance)).hasSize(5).filteredOn(policy -> policy.contains(DELEGATOR)).hasSize(2);

        site.run("remove", "del-later", "--reason", "no longer wanted").expect(0);
        site.awaitStatus(cluster, status -> ended(status, 3));
        assertThat(policiesOn(instance)).hasSize(3).filteredOn(policy -> policy.contains(DELEGATOR)).hasSize(2);

        site.run("deprovision", "del-later", "--reason", "decommissioned").expect(0);
        ClusterEncryptionStatus removed = site.awaitStatus(cluster, status -> ended(status, 4));
        assertThat(removed.getResources()).isEmpty();
        assertThat(policiesOn(instance)).isEmpty();
    }

    private ClusterEncryptionStatus completed(String cluster) {
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        return status;
    }

    private ClusterEncryptionStatus completed(String cluster, String request) {
        return site.awaitStatus(
                cluster,
                status -> status.getLastRun().getRequestId().equals(request)
                        && status.getLastRun().getState() == RunState.COMPLETED);
    }

    private static boolean ended(ClusterEncryptionStatus status, int run) {
        return status.getLastRun().getRun() == run && status.getLastRun().getState() == RunState.COMPLETED;
    }

    private static List<String> owned(ClusterEncryptionStatus status, Ownership ownership) {
        return status.getResources().stream()
                .filter(resource -> resource.getKind() == ResourceKind.AUTHORIZATION_POLICY)
                .filter(resource -> resource.getOwnership() == ownership).map(ResourceStatus::getId).toList();
    }

    /// The live policies on an instance, each as its source and its roles.
    private List<String> policiesOn(String instance) {
        List<String> ids = cloud.policiesOn(instance);
        return values(cloud.state().path("policies")).filter(policy -> ids.contains(policy.path("id").asText()))
                .map(policy -> source(policy) + " "
                        + values(policy.path("roles")).map(role -> role.path("role_id").asText()).toList())
                .toList();
    }

    private static String source(JsonNode policy) {
        return String.join(
                " ",
                values(policy.path("subjects").path(0).path("attributes"))
                        .filter(attribute -> !attribute.path("name").asText().equals("accountId"))
                        .map(attribute -> attribute.path("value").asText()).toList());
    }

    private static Stream<JsonNode> values(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
