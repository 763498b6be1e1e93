package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PARTITIONS;
import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// How the workflow starts on a real broker: what keeps it from it, and what an earlier one has left to it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowStartIT {
    private LocalSite site;
    private String installation = "";
    private int tests;

    @BeforeAll
    void start(@TempDir Path stateDirectory) throws Exception {
        site = new LocalSite(stateDirectory);
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @BeforeEach
    void useAnInstallationOfItsOwn() {
        installation = "it" + ++tests;
        site.install(installation);
    }

    @AfterEach
    void removeEverything() throws Exception {
        site.removeEverything();
    }

    @Test
    @Tag("case-70")
    void a_second_one_with_the_same_state_directory_does_not_start() throws Exception {
        site.createTopics();
        try (Workflow workflow = site.started()) {
            assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                    .isInstanceOf(WorkflowStartException.class)
                    .hasMessageContaining("state.dir");
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    /// Both know themselves by what lies on it: in their group and in their transactions.
    @Test
    @Tag("case-70")
    void two_on_copies_of_one_state_directory_work_side_by_side(@TempDir Path directory) throws Exception {
        site.createTopics();
        Path original = directory.resolve("original");
        Path copy = directory.resolve("copy");
        Workflow.start(onOneThread(original)).close();
        copy(original, copy);
        try (Workflow one = Workflow.start(onOneThread(original))) {
            assertThat(one.awaitReady(PATIENCE)).isTrue();
            try (Workflow other = Workflow.start(onOneThread(copy))) {
                for (int number = 1; number <= 3; number++) {
                    String cluster = "hpc-" + number;
                    site.send("r-1", cluster);
                    await().atMost(PATIENCE).untilAsserted(
                            () -> assertThat(site.statuses())
                                    .anyMatch(status -> status.getClusterPrefix().equals(cluster)));
                }
                await().atMost(PATIENCE).until(() -> site.members().size() == 2);
                assertThat(one.isHealthy()).isTrue();
                assertThat(other.isHealthy()).isTrue();
            }
        }
    }

    private Map<String, String> onOneThread(Path stateDirectory) {
        return site.settings(Map.of("state.dir", stateDirectory.toString(), "num.stream.threads", "1"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    @Test
    @Tag("case-89")
    void state_of_another_kafka_cluster_is_not_taken_for_this_ones(@TempDir Path directory) throws Exception {
        site.createTopics();
        Map<String, String> settings = site.settings(Map.of("state.dir", directory.toString()));
        try (Workflow _ = Workflow.start(settings)) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        Path own = directory.resolve(site.admin().describeCluster().clusterId().get());
        Path anothers = Files.move(own, directory.resolve("of-another-cluster"));
        Map<Path, FileTime> before = files(anothers);
        assertThat(before).isNotEmpty();

        try (Workflow _ = Workflow.start(settings)) {
            site.send("r-2", "hpc-2");
            await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(site.statuses()).anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
        }
        assertThat(own).isNotEmptyDirectory();
        assertThat(files(anothers)).isEqualTo(before);
    }

    private static Map<Path, FileTime> files(Path directory) throws IOException {
        Map<Path, FileTime> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    @Test
    @Tag("case-69")
    void who_is_alone_keeps_its_place_for_its_next_start_and_who_is_not_leaves_it_to_the_others(
            @TempDir Path directory) throws Exception {
        site.createTopics();
        site.started().close();
        Set<String> kept = site.members();
        assertThat(kept).isNotEmpty();

        try (Workflow _ = site.started()) {
            assertThat(site.members()).isEqualTo(kept);
            try (Workflow other = Workflow.start(site.settings(Map.of("state.dir", directory.toString())))) {
                await().atMost(PATIENCE).until(() -> site.members().size() > kept.size());
                assertThat(other.isHealthy()).isTrue();
            }
            assertThat(site.members()).isEqualTo(kept);
        }
    }

    @Test
    @Tag("case-66")
    void a_state_directory_that_cannot_be_written_is_named_at_the_start(@TempDir Path directory) throws Exception {
        site.createTopics();
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of("state.dir", file.toString()))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("state.dir");
    }

    @Test
    @Tag("case-71")
    void threads_that_die_again_and_again_end_it_and_what_they_died_of_is_taken_up_by_the_next_start()
            throws Exception {
        site.createTopics();
        try (Workflow workflow = Workflow.start(site.settings(Map.of("num.stream.threads", "1")))) {
            assertThat(workflow.awaitReady(PATIENCE)).isTrue();
            site.limitRecords(Topics.CLUSTER_ENCRYPTION_AUDIT, 100); // nothing that is audited is so small
            site.send("r-1", "hpc-1");

            assertThatThrownBy(workflow::await).isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("has stopped by itself");
            assertThat(workflow.isHealthy()).isFalse();
        }
        assertThat(site.statuses()).isEmpty();
        site.limitRecords(Topics.CLUSTER_ENCRYPTION_AUDIT, Topics.CLUSTER_ENCRYPTION_AUDIT.maxMessageBytes());

        try (Workflow _ = site.started()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
    }

    @Test
    @Tag("case-81")
    void without_topics_it_does_not_start_and_says_how_to_make_them() {
        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of("start.timeout.ms", "500"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("cluster-deploy-requested")
                .hasMessageContaining("keyfold topics create");
    }

    @Test
    @Tag("case-82")
    void with_unequal_partitions_it_does_not_start() throws Exception {
        site.createTopics();
        site.admin().createPartitions(Map.of("root-key-events", NewPartitions.increaseTo(PARTITIONS + 1)))
                .all()
                .get();
        await().until(() -> site.admin().describeTopics(List.of("root-key-events")).allTopicNames().get()
                .get("root-key-events").partitions().size() == PARTITIONS + 1);

        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("root-key-events=4")
                .hasMessageContaining("equally many partitions");
    }

    @Test
    @Tag("case-107")
    void while_a_worker_of_an_earlier_version_runs_it_does_not_start() throws Exception {
        site.createTopics();
        String group = "keyfold-" + installation + "-root-key";
        try (var earlier = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", site.settings(Map.of()).get("bootstrap.servers"),
                        "group.id", group, "client.id", group),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            earlier.subscribe(List.of(Topics.ROOT_KEY_COMMANDS.name()));
            await().atMost(PATIENCE).until(() -> {
                earlier.poll(Duration.ofMillis(100));
                return !earlier.assignment().isEmpty();
            });

            assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                    .isInstanceOfSatisfying(WorkflowStartException.class, e -> assertThat(e.waitsFor()).isPresent())
                    .hasMessageContaining("{" + group + "=1}")
                    .hasMessageContaining("Replace them by workers of this version first");
        }

        try (Workflow workflow = site.started()) {
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    @Test
    @Tag("case-67")
    @Tag("case-68")
    @Tag("case-89")
    void with_its_memory_lost_it_does_not_start() throws Exception {
        site.createTopics();
        try (Workflow _ = site.started()) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        site.admin().deleteTopics(List.of("keyfold-workflow-" + installation + "-sagas-changelog")).all().get();

        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("keyfold-workflow-" + installation + "-sagas-changelog, is missing")
                .hasMessageContaining("empty memory");
    }

    @Test
    @Tag("case-67")
    void a_store_whose_files_are_corrupted_is_restored_from_its_changelog() throws Exception {
        site.createTopics();
        try (Workflow _ = site.started()) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        int before = site.statuses().size();
        assertThat(site.corrupt("sagas")).as("corrupted files").isPositive();

        try (Workflow workflow = site.started()) {
            site.send("r-1", "hpc-1"); // is known, and so has no effect
            site.send("r-2", "hpc-2");
            await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(site.statuses()).anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
            assertThat(site.statuses().stream().filter(status -> status.getClusterPrefix().equals("hpc-1")))
                    .hasSize(before);
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    @Test
    @Tag("case-67")
    void with_the_ledgers_memory_lost_it_does_not_start() throws Exception {
        site.createTopics();
        site.send(Topics.LEDGER_REPLIES, "default/hpc-1", new byte[]{0});

        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("keyfold-workflow-" + installation + "-ledger-changelog, is missing");
    }

    @Test
    @Tag("case-72")
    void with_no_broker_or_no_registry_it_does_not_start_and_says_which() throws Exception {
        assertThatThrownBy(() -> Workflow.start(
                site.settings(Map.of("bootstrap.servers", "127.0.0.1:1", "start.timeout.ms", "1000"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("Kafka at 127.0.0.1:1 does not answer");
        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of("bootstrap.servers", "no such host:1"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("Check bootstrap.servers");

        site.createTopics();
        assertThatThrownBy(() -> Workflow.start(
                site.settings(Map.of("schema.registry.url", "http://127.0.0.1:1", "start.timeout.ms", "1000"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("The schema registry at http://127.0.0.1:1 does not answer");
    }
}
