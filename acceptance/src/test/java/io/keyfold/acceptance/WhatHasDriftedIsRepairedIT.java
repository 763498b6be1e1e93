package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `keyfold verify --repair`, end to end: what somebody has changed behind Keyfold's back is brought back, and what is
/// lost is never replaced.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatHasDriftedIsRepairedIT {
    private static final int DRIFTED = 9;
    private static final int NOT_COMPLETED = 6;
    private static final int DISABLED = 2;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    @Tag("case-57")
    void a_disabled_key_and_a_lost_authorization_are_brought_back_and_nothing_is_made_twice() {
        String cluster = deployed("rep-back");
        String instance = cloud.instances("rep-back-kms").getFirst();
        String key = cloud.keys("rep-back-key").getFirst();
        cloud.deletePolicy(cloud.policiesOn(instance).getFirst());
        cloud.setKeyState(key, DISABLED);

        assertThat(site.run("verify", "rep-back", "--repair").expect(DRIFTED).out()).contains("add --yes");
        assertThat(site.statuses(cluster).getLast().getLastRun().getKind()).isEqualTo(RunKind.DEPLOY);
        assertThat(site.run("verify", "rep-back", "--repair", "--yes", "--reason", "ticket 4711").expect(0).out())
                .contains("INTACT");

        ClusterEncryptionStatus status = site.statuses(cluster).getLast();
        assertThat(status.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(status.getLastRun().getKind()).isEqualTo(RunKind.REPAIR);
        assertThat(status.getResources()).hasSize(5).extracting(ResourceStatus::getOwnership)
                .containsOnly(Ownership.CREATED);
        assertThat(cloud.keys("rep-back-key")).containsExactly(key);
        assertThat(cloud.policiesOn(instance)).hasSize(3);
        assertThat(site.story(cluster)).contains("ticket 4711");

        site.run("deprovision", "rep-back", "--reason", "decommissioned", "--wait").expect(0);
        assertThat(cloud.policiesOn(instance)).isEmpty();
        assertThat(cloud.instances("rep-back-kms")).isEmpty();
    }

    @Test
    void a_key_that_is_lost_is_not_replaced_and_the_data_at_stake_is_named() {
        String cluster = deployed("rep-lost");
        String instance = cloud.instances("rep-lost-kms").getFirst();
        String key = cloud.keys("rep-lost-key").getFirst();
        for (String volume : List.of("r006-1", "r006-2")) {
            cloud.register(
                    instance, key,
                    "crn:v1:bluemix:public:is:us-south-1:a/0123456789abcdef0123456789abcdef::volume:" + volume);
        }
        site.run("verify", "rep-lost", "--wait").expect(0);
        cloud.purgeKey(key);

        Cli repaired = site.run("verify", "rep-lost", "--repair", "--yes").expect(NOT_COMPLETED);
        assertThat(repaired.out()).contains("MISSING", "2 volumes", "restore that from backups");

        ClusterEncryptionStatus status = site.statuses(cluster).getLast();
        assertThat(status.getLastRun().getState()).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getCode()).isEqualTo(FaultCode.KEY_LOST);
        assertThat(status.getLastRun().getFault().getMessage()).contains("2 volumes");
        assertThat(status.getStanding()).isEqualTo(Standing.DRIFTED);
        assertThat(cloud.keys("rep-lost-key")).isEmpty();
    }

    private String deployed(String prefix) {
        String cluster = site.deploy(Site.request(prefix));
        ClusterEncryptionStatus status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        return cluster;
    }
}
