package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Mark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// `keyfold sweep`, end to end: what a run has left behind and no saga knows of is found and deleted, and nothing else; and
/// a view that is not complete ends it.
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WhatNobodyAnswersForIsSweptIT {
    private static final int UNHEALTHY = 8;
    private static final int ORPHANS = 10;
    private static final Duration OLD_ENOUGH = Duration.ofDays(8);

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    @Order(2) // its clock goes back in the end, and the emulator's lists then show again what was deleted meanwhile
    void what_a_run_has_left_behind_is_found_and_deleted_and_nothing_else_is() {
        String cluster = deployed("swp-lost");
        String instance = cloud.instances("swp-lost-kms").getFirst();
        String marks = "kf-default-" + Mark.cluster(new ClusterId("prod", "swp-lost"));

        String key = cloud.seedMarkedKey(instance, "swp-lost-vsi-key", marks + "-1-vsikey-1");
        String policy = cloud.seedMarkedPolicy(Site.PROD_ACCOUNT, instance, marks + "-1-cos-1");
        String second = cloud.seedInstance(Site.PROD_ACCOUNT, "swp-lost-kms", cloud.creatorOf(instance));
        // Not of a run that there was, not this installation's, not ours.
        String later = cloud.seedMarkedKey(instance, "later", marks + "-9-key-1");
        String foreign = cloud.seedMarkedKey(
                instance, "foreign", marks.replace("kf-default", "kf-other") + "-1-vsikey-1");
        String byHand = cloud.seedInstance(Site.PROD_ACCOUNT, "swp-lost-kms", "IBMid-somebody");
        List<String> orphans = List.of(key, policy, second);

        cloud.advance(OLD_ENOUGH);
        try {
            assertThat(sweep("--delete").expect(ORPHANS).out()).contains(orphans).contains(later)
                    .contains("3 orphans, 1 for a person").doesNotContain(foreign, byHand);
            assertThat(cloud.keys("swp-lost-vsi-key")).containsExactly(key);

            // Without a reason no key goes, and keeps nothing else.
            Cli unreasoned = sweep("--delete", "--yes").expect(ORPHANS);
            assertThat(unreasoned.err()).contains("Without --reason no root key is deleted");
            assertThat(deleted(unreasoned)).as(unreasoned.out()).hasSize(2);
            assertThat(unreasoned.out()).contains("DELETION_PROTECTED", "2 deleted, 1 orphan left, 1 for a person");

            Cli swept = sweep("--delete", "--yes", "--reason", "ticket 4711").expect(ORPHANS);
            assertThat(deleted(swept)).as(swept.out()).singleElement().asString().contains(key);
            cloud.destroyKey(later);
            assertThat(sweep("-o", "json").expect(0).out()).contains("\"orphans\" : [ ]", "\"unexplained\" : [ ]");
            assertThat(cloud.keys("swp-lost-vsi-key")).isEmpty();
            assertThat(cloud.policiesOn(instance)).hasSize(3).doesNotContain(policy);
            assertThat(cloud.instances("swp-lost-kms")).containsExactlyInAnyOrder(instance, byHand);
            assertThat(cloud.keys("swp-lost-key")).hasSize(1);
            assertThat(cloud.keys("foreign")).containsExactly(foreign);
            assertThat(site.statuses(cluster).getLast().getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
            assertThat(site.statuses(cluster).getLast().getResources()).hasSize(5);
            assertThat(site.story(cluster)).contains("ticket 4711");
        } finally {
            cloud.advance(OLD_ENOUGH.negated());
        }
    }

    @Test
    @Order(1)
    void a_view_that_is_not_complete_ends_it() {
        deployed("swp-view");
        assertThat(sweep("--application-id", "nobody").expect(UNHEALTHY).err())
                .contains("the view is not complete", "the workflow does not run", "keyfold workflow");
        try (var reader = laggard("swp-laggard")) {
            await("it is a member").atMost(Site.SOON)
                    .until(() -> !reader.poll(Duration.ofMillis(100)).isEmpty());
            assertThat(sweep("--application-id", "swp-laggard").expect(UNHEALTHY).err())
                    .contains("the workflow has not read all yet", "Sweep again when it has caught up");
        }
        assertThat(
                site.runWith(
                        Map.of("KEYFOLD_ACCOUNT_PROD_IBM_ACCOUNT_ID", "00000000000000000000000000000002"), "sweep",
                        "--only-account", "prod").expect(UNHEALTHY).err())
                .contains("the API key belongs to account " + Site.PROD_ACCOUNT);
        cloud.fault(
                """
                        {"name": "swp", "operation": "iam-policy-v1.list_policies", "fault": {"type": "status", "status": 403}}""");
        try {
            assertThat(sweep().expect(UNHEALTHY).err()).contains("the view of account prod is not complete",
                    "FORBIDDEN");
        } finally {
            cloud.noMoreFaults();
        }
    }

    private static List<String> deleted(Cli swept) {
        return swept.out().lines().filter(line -> line.contains("  yes  ")).toList();
    }

    /// Reads, and never says how far it has come.
    private KafkaConsumer<byte[], byte[]> laggard(String group) {
        var consumer = new KafkaConsumer<byte[], byte[]>(
                Map.of(
                        "bootstrap.servers", site.bootstrapServers(), "group.id", group, "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.CLUSTER_DEPLOY_REQUESTED.name()));
        return consumer;
    }

    private Cli sweep(String... arguments) {
        var all = new ArrayList<>(List.of("sweep", "--only-account", "prod"));
        all.addAll(List.of(arguments));
        return site.run(all.toArray(String[]::new));
    }

    private String deployed(String prefix) {
        String cluster = site.deploy(Site.request(prefix).setAccount("prod"));
        assertThat(site.awaitEnd(cluster).getLastRun().getState()).as(site.story(cluster))
                .isEqualTo(RunState.COMPLETED);
        return cluster;
    }
}
