package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Everything that a real run of the first version has left on its broker is read by this version, which goes on with it.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(6)
class TheFirstVersionIsContinuedIT {
    /// The recording may be years old: whatever of it is past its retention must stay for the length of the test.
    private static final Map<String, String> KEPT = Map.of(
            "log.initial.task.delay.ms", "3600000", "offsets.retention.minutes", "1000000000");

    private static final String GROUP = "keyfold-workflow-default";

    private final Recording recording = Recording.read();
    private final Program present = Program.present();

    @Test
    @Tag("case-20")
    void every_run_of_the_first_version_comes_to_its_end_and_nothing_that_had_ended_is_done_again() throws Exception {
        Path sites = Files.createDirectories(present.home().resolve("acceptance/target/sites"));
        Path site = Files.createTempDirectory(sites, "first-version");
        recording.restoreBroker(site.resolve("broker/data"));
        try (Fleet fleet = new Fleet(site, KEPT)) {
            fleet.cloud().restore(recording.cloud());
            recording.restoreSchemas(fleet.registryUrl());
            rewindTheWorkflow(fleet);
            try (var records = new Records(fleet.bootstrapServers(), fleet.registryUrl());
                    var orchestrator = new FirstOrchestrator(fleet.bootstrapServers(), fleet.registryUrl())) {
                goOn(fleet, new Clusters(records), orchestrator);
            }
        }
    }

    private void goOn(Fleet fleet, Clusters clusters, FirstOrchestrator orchestrator) {
        clusters.await("done", status -> status.getLastRun().getState() == RunState.COMPLETED);
        ClusterEncryptionStatus done = clusters.status("done");
        fleet.run(present, "topics", "create", "--partitions", "2", "--replication-factor", "1").expect(0);
        List.of("kms-instance", "root-key", "authorization", Fleet.WORKFLOW).stream()
                .map(kind -> fleet.start(present, kind)).toList().forEach(Part::awaitReady);

        clusters.await("midway", status -> status.getLastRun().getState() == RunState.COMPLETED);
        clusters.await("unread", status -> status.getLastRun().getState() == RunState.COMPLETED);
        assertThat(clusters.status("done")).isEqualTo(done);
        assertThat(clusters.status("used").getLastRun().getState()).isEqualTo(RunState.KEY_IN_USE);
        // midway: its key alone; unread: all.
        assertThat(effects(fleet)).filteredOn(effect -> effect.startsWith("resource-controller.")).hasSize(1);
        assertThat(effects(fleet)).filteredOn(effect -> effect.startsWith("key-protect.")).hasSize(2);
        assertThat(effects(fleet)).filteredOn(effect -> effect.startsWith("iam-policy")).hasSize(3);

        recording.cloud().path("registrations").forEach(
                registration -> fleet.cloud().unregister(registration.path("resourceCrn").asText()));
        orchestrator.control("default/used", "RETRY", "r-used");
        clusters.await("used", status -> status.getLastRun().getState() == RunState.CANCELLED);
        for (String standing : List.of("done", "midway", "unread", "user")) {
            orchestrator.control("default/" + standing, "DEPROVISION", "r-" + standing);
        }
        for (String standing : List.of("done", "midway", "unread", "user")) {
            clusters.await(standing, status -> status.getStanding() == Standing.DEPROVISIONED);
        }
        // What the first version had retained for the user, and never asked about again.
        clusters.await("keeper", status -> status.getResources().isEmpty());
        assertThat(fleet.cloud().policiesOn("kf-")).isEmpty();
        assertThat(fleet.cloud().state().path("instances")).filteredOn(
                instance -> instance.path("state").asText().equals("active"))
                .extracting(instance -> instance.path("name").asText()).containsExactly("company-kms");
        clusters.assertThatEveryAuditIsWhole();
    }

    private static List<String> effects(Fleet fleet) {
        return fleet.cloud().effects(1).stream().map(effect -> effect.path("operation").asText())
                .filter(operation -> !operation.equals("iam.token")).toList();
    }

    /// As Kafka does after a week of silence: then all that the first version had read is read again.
    private static void rewindTheWorkflow(Fleet fleet) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", fleet.bootstrapServers()))) {
            var begin = new HashMap<TopicPartition, OffsetAndMetadata>();
            admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get()
                    .keySet().forEach(partition -> begin.put(partition, new OffsetAndMetadata(0)));
            assertThat(begin).isNotEmpty();
            admin.alterConsumerGroupOffsets(GROUP, begin).all().get();
        }
    }

    private record Clusters(Records records) {
        private static final List<String> ALL =
                List.of("done", "provider", "rejected", "used", "keeper", "user", "midway", "unread");

        ClusterEncryptionStatus status(String prefix) {
            return records.latest().get("default/" + prefix);
        }

        void await(String prefix, Predicate<ClusterEncryptionStatus> wanted) {
            org.awaitility.Awaitility.await(prefix).atMost(Site.SOON).until(
                    () -> status(prefix), status -> status != null && wanted.test(status));
        }

        /// Both versions have written it, as if they were one.
        void assertThatEveryAuditIsWhole() {
            for (String prefix : ALL) {
                List<ClusterEncryptionAudit> lines = new ArrayList<>(records.audit("default/" + prefix));
                assertThat(lines).as("audit of %s", prefix).extracting(ClusterEncryptionAudit::getSequence)
                        .containsExactlyElementsOf(LongStream.rangeClosed(1, lines.size()).boxed().toList());
            }
            assertThat(records.deadLetters()).isEmpty();
        }
    }
}
