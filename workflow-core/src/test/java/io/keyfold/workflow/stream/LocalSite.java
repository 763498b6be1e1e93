package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.providerManaged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.TopicCreation;
import io.keyfold.schemas.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.awaitility.Awaitility;

/// A broker and a registry in this process for the workflow to run on, and the few things that tests do with them.
final class LocalSite implements AutoCloseable {
    static {
        // Threads die on purpose in one class while another waits for something: it is none of its business.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }

    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final int PARTITIONS = 3;

    private final KafkaClusterTestKit broker;
    private final Admin admin;
    private final SmallRegistry registry = new SmallRegistry();
    private final Path stateDirectory;
    private String installation = "";

    LocalSite(Path stateDirectory) throws Exception {
        this.stateDirectory = stateDirectory;
        broker = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setNumBrokerNodes(1).setNumControllerNodes(1).setCombined(true).build())
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .setConfigProp("transaction.state.log.min.isr", "1")
                .setConfigProp("group.initial.rebalance.delay.ms", "0")
                .setConfigProp("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")
                .build();
        broker.format();
        broker.startup();
        broker.waitForReadyBrokers();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    Admin admin() {
        return admin;
    }

    /// The address of its one broker.
    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    SmallRegistry registry() {
        return registry;
    }

    /// From now on it is another installation's: nothing of the one before is its own.
    void install(String name) {
        installation = name;
    }

    void createTopics() {
        new TopicCreation(admin).create(PARTITIONS, Optional.of((short) 1));
    }

    /// From now on the broker refuses to append records of more bytes to this topic.
    void limitRecords(Topic<?> topic, int bytes) throws Exception {
        var limit = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        admin.incrementalAlterConfigs(
                Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
                .all().get();
    }

    /// Writes over the beginning of the files that say what the others of a store are, in each partition.
    ///
    /// @return how many
    int corrupt(String store) throws IOException {
        try (Stream<Path> files = Files.walk(stateDirectory)) {
            List<Path> found = files.filter(file -> file.toString().contains("-" + installation + "/"))
                    .filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                    .filter(file -> file.getParent().getFileName().toString().equals(store)).toList();
            for (Path file : found) {
                try (var written = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    written.write(ByteBuffer.wrap("this is no store any more".getBytes(StandardCharsets.UTF_8)), 0);
                }
            }
            return found.size();
        }
    }

    Workflow started() throws InterruptedException {
        Workflow workflow = Workflow.start(settings(Map.of()));
        assertThat(workflow.awaitReady(PATIENCE)).isTrue();
        return workflow;
    }

    Map<String, String> settings(Map<String, String> others) {
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

    void send(String requestId, String prefix) throws Exception {
        send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix, bytes(requestId, prefix));
    }

    /// Sends it as [#send(String, String)] does.
    ///
    /// @return the partition that it lies in
    int sendTo(String requestId, String prefix) throws Exception {
        return send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix, bytes(requestId, prefix)).partition();
    }

    RecordMetadata send(Topic<?> topic, String key, byte[] value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
        }
    }

    /// A producer whose transaction has begun.
    ///
    /// @param timeout after which Kafka aborts it
    KafkaProducer<String, byte[]> transaction(Duration timeout) {
        return transaction(installation, timeout);
    }

    /// A producer with this transactional id, whose transaction has begun.
    KafkaProducer<String, byte[]> transaction(String id, Duration timeout) {
        var producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "transactional.id", id,
                        "transaction.timeout.ms", (int) timeout.toMillis()),
                new StringSerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }

    byte[] bytes(String requestId, String prefix) {
        try (var serializer = serdes().serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            return serializer.serialize("", providerManaged(requestId, prefix));
        }
    }

    List<ClusterEncryptionStatus> statuses() {
        return read(Topics.CLUSTER_ENCRYPTION_STATUS);
    }

    /// All that was committed so far.
    <T extends SpecificRecord> List<T> read(Topic<T> topic) {
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
            List<T> all = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> all.add(record.value()));
            }
            return all;
        }
    }

    /// As whom Kafka knows the members of the workflow's group.
    Set<String> members() throws Exception {
        String group = WorkflowSettings.of(settings(Map.of())).applicationId();
        return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                .flatMap(described -> described.members().stream())
                .map(member -> member.groupInstanceId().orElse(member.consumerId())).collect(Collectors.toSet());
    }

    /// All topics are gone, for the next test.
    void removeEverything() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        await().until(() -> admin.listTopics().names().get().isEmpty());
    }

    @Override
    public void close() {
        admin.close();
        registry.close();
        try {
            broker.close();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not stop", e);
        }
    }
}
