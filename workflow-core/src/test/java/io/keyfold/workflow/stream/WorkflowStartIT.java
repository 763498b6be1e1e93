package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PARTITIONS;
import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How the workflow starts on a real broker: what keeps it from it, and what an earlier one has left to it.
class WorkflowStartIT extends OnALocalSite {
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

    /// As a process that is killed in its very first transaction leaves it.
    @Test
    @Tag("case-58")
    @Tag("case-67")
    void what_was_written_and_never_committed_needs_no_memory() throws Exception {
        site.createTopics();
        String status = Topics.CLUSTER_ENCRYPTION_STATUS.name();
        try (var undone = site.transaction("undone", PATIENCE); var open = site.transaction("open", PATIENCE)) {
            undone.send(new ProducerRecord<>(status, 0, "default/hpc-1", new byte[]{0})).get();
            undone.abortTransaction();
            open.send(new ProducerRecord<>(status, 1, "default/hpc-2", new byte[]{0})).get();

            try (Workflow _ = site.started()) {
                open.abortTransaction();
                site.send("r-1", "hpc-1");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
            }
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
                site.settings(Map.of("schema.registry.url", "http://127.0.0.1:1", "start.timeout.ms", "5000"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("The schema registry at http://127.0.0.1:1 does not answer");
    }
}
