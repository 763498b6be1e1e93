package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.providerManaged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.TopicCreation;
import io.keyfold.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The workflow on a real broker.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    private KafkaClusterTestKit broker;
    private Admin admin;
    private SmallRegistry registry;
    private String installation = "";
    private int tests;

    @TempDir
    Path stateDirectory;

    @BeforeAll
    void startBroker() throws Exception {
        broker = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setNumBrokerNodes(1).setNumControllerNodes(1).setCombined(true).build())
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .setConfigProp("transaction.state.log.min.isr", "1")
                .setConfigProp("group.initial.rebalance.delay.ms", "0")
                .build();
        broker.format();
        broker.startup();
        broker.waitForReadyBrokers();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        registry = new SmallRegistry();
    }

    @AfterAll
    void stopBroker() throws Exception {
        admin.close();
        broker.close();
        registry.close();
    }

    @BeforeEach
    void useAnInstallationOfItsOwn() {
        installation = "it" + ++tests;
    }

    @AfterEach
    void removeEverything() throws Exception {
        registry.recover();
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        await().until(() -> admin.listTopics().names().get().isEmpty());
    }

    @Test
    void a_request_is_carried_out_and_its_status_published() throws Exception {
        createTopics();
        try (Workflow workflow = started()) {
            send("r-1", "hpc-1");

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses()).isNotEmpty());
            assertThat(statuses().getLast().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    @Test
    void after_a_restart_with_offsets_forgotten_old_requests_have_no_effect_and_new_ones_have() throws Exception {
        createTopics();
        try (Workflow _ = started()) {
            send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses()).isNotEmpty());
        }
        int before = statuses().size();
        Map<TopicPartition, OffsetAndMetadata> start = new HashMap<>();
        for (Topic<?> topic : WorkflowTopology.SOURCES) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                start.put(new TopicPartition(topic.name(), partition), new OffsetAndMetadata(0));
            }
        }
        admin.alterConsumerGroupOffsets("keyfold-workflow-" + installation, start).all().get();

        try (Workflow _ = started()) {
            send("r-2", "hpc-2");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(statuses())
                            .anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
            assertThat(statuses().stream().filter(status -> status.getClusterPrefix().equals("hpc-1")))
                    .hasSize(before);
        }
    }

    @Test
    void a_registry_that_fails_for_longer_than_a_transaction_lives_delays_a_request_and_loses_nothing()
            throws Exception {
        createTopics();
        byte[] request = bytes("r-1", "hpc-1");
        try (Workflow workflow = started()) {
            registry.breakDown();
            send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-1", request);

            await().atMost(PATIENCE).until(() -> !workflow.isReady());
            await().during(Duration.ofSeconds(12)).atMost(PATIENCE).until(workflow::isHealthy);
            registry.recover();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses()).isNotEmpty());
            await().atMost(PATIENCE).until(workflow::isReady);
        }
    }

    @Test
    void without_topics_it_does_not_start_and_says_how_to_make_them() {
        assertThatThrownBy(() -> Workflow.start(settings(Map.of("start.timeout.ms", "500"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("cluster-deploy-requested")
                .hasMessageContaining("keyfold topics create");
    }

    @Test
    void with_unequal_partitions_it_does_not_start() throws Exception {
        createTopics();
        admin.createPartitions(Map.of("root-key-events", NewPartitions.increaseTo(PARTITIONS + 1)))
                .all()
                .get();
        await().until(() -> admin.describeTopics(List.of("root-key-events")).allTopicNames().get()
                .get("root-key-events").partitions().size() == PARTITIONS + 1);

        assertThatThrownBy(() -> Workflow.start(settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("root-key-events=4")
                .hasMessageContaining("equally many partitions");
    }

    @Test
    void with_its_memory_lost_it_does_not_start() throws Exception {
        createTopics();
        try (Workflow _ = started()) {
            send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses()).isNotEmpty());
        }
        admin.deleteTopics(List.of("keyfold-workflow-" + installation + "-sagas-changelog")).all().get();

        assertThatThrownBy(() -> Workflow.start(settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("keyfold-workflow-" + installation + "-sagas-changelog, is missing")
                .hasMessageContaining("empty memory");
    }

    @Test
    void with_the_ledgers_memory_lost_it_does_not_start() throws Exception {
        createTopics();
        send(Topics.LEDGER_REPLIES, "default/hpc-1", new byte[]{0});

        assertThatThrownBy(() -> Workflow.start(settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("keyfold-workflow-" + installation + "-ledger-changelog, is missing");
    }

    @Test
    void with_no_broker_or_no_registry_it_does_not_start_and_says_which() throws Exception {
        assertThatThrownBy(() -> Workflow.start(
                settings(Map.of("bootstrap.servers", "127.0.0.1:1", "start.timeout.ms", "1000"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("Kafka at 127.0.0.1:1 does not answer");
        assertThatThrownBy(() -> Workflow.start(settings(Map.of("bootstrap.servers", "no such host:1"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("Check bootstrap.servers");

        createTopics();
        assertThatThrownBy(() -> Workflow.start(
                settings(Map.of("schema.registry.url", "http://127.0.0.1:1", "start.timeout.ms", "1000"))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("The schema registry at http://127.0.0.1:1 does not answer");
    }

    private void createTopics() {
        new TopicCreation(admin).create(PARTITIONS, Optional.of((short) 1));
    }

    private Workflow started() throws InterruptedException {
        Workflow workflow = Workflow.start(settings(Map.of()));
        assertThat(workflow.awaitReady(PATIENCE)).isTrue();
        return workflow;
    }

    private Map<String, String> settings(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", registry.url(),
                "registry.auto.register.schemas", "true",
                "installation", installation,
                "state.dir", stateDirectory.toString()));
        settings.putAll(others);
        return settings;
    }

    private AvroSerdes serdes() {
        return new AvroSerdes(SerdeSettings.from(settings(Map.of())));
    }

    private void send(String requestId, String prefix) throws Exception {
        send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix, bytes(requestId, prefix));
    }

    private void send(Topic<?> topic, String key, byte[] value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
        }
    }

    private byte[] bytes(String requestId, String prefix) {
        try (var serializer = serdes().serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            return serializer.serialize("", providerManaged(requestId, prefix));
        }
    }

    /// All that were committed so far.
    private List<ClusterEncryptionStatus> statuses() {
        Topic<ClusterEncryptionStatus> topic = Topics.CLUSTER_ENCRYPTION_STATUS;
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                serdes().deserializer(topic))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ClusterEncryptionStatus> all = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> all.add(record.value()));
            }
            return all;
        }
    }
}
