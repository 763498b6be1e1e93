package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The whole topology without a broker, over Confluent's own serdes and their registry in memory.
final class WorkflowDriver implements AutoCloseable {
    static final Duration TICK = Duration.ofMillis(250);

    private static final String APPLICATION = "keyfold-workflow-test";
    private static final List<String> STORES = List.of(
            WorkflowTopology.SAGAS, WorkflowTopology.DEADLINES, WorkflowTopology.REPLAY_GUARD, WorkflowTopology.LEDGER,
            WorkflowTopology.LEDGER_REPLAY_GUARD);

    private final Path stateDir = temporaryDirectory();
    final FakeTopicFacts topics = new FakeTopicFacts();
    final Pace pace = new Pace();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AvroSerdes serdes;
    private final ContractSerdes contract;
    private final TopologyTestDriver driver;
    private final Map<Topic<?>, Serde<?>> mySerdes = new HashMap<>();
    private final Map<Topic<?>, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
    private final Map<Topic<?>, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();
    private final Map<Topic<?>, List<TestRecord<byte[], byte[]>>> written = new HashMap<>();

    WorkflowDriver(String registry) {
        this(registry, new SagaFold(SagaSettings.of("test"))::fold);
    }

    WorkflowDriver(String registry, WorkflowParts.Fold fold) {
        this(registry, fold, Duration.ZERO);
    }

    WorkflowDriver(String registry, WorkflowParts.Fold fold, Duration verifyInterval) {
        this(registry, fold, verifyInterval, Traces.off());
    }

    /// @param traces closed by whoever has opened it
    WorkflowDriver(String registry, WorkflowParts.Fold fold, Duration verifyInterval, Traces traces) {
        serdes = serdes(registry);
        contract = new ContractSerdes(serdes);
        WorkflowParts parts = new WorkflowParts(
                "test", fold, contract, topics, new RegistryPatience(Duration.ofMillis(200)), pace, TICK,
                verifyInterval, new WorkflowMeters(meters), new WorkflowTraces(traces, "test"));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(WorkflowTopology.of(parts), properties, Records.START);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("keyfold-workflow-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AvroSerdes serdes(String registry) {
        return new AvroSerdes(SerdeSettings.from(Map.of(
                SerdeSettings.REGISTRY_URL, registry, "registry.auto.register.schemas", "true")));
    }

    <T extends SpecificRecord> WorkflowDriver send(Topic<T> topic, String key, T value) {
        return send(topic, key.getBytes(StandardCharsets.UTF_8), bytes(topic, value), new RecordHeaders());
    }

    /// @param timestamp what the record says of its time
    <T extends SpecificRecord> WorkflowDriver sendAt(Topic<T> topic, String key, T value, long timestamp) {
        return send(topic, new TestRecord<>(
                key.getBytes(StandardCharsets.UTF_8), bytes(topic, value), new RecordHeaders(), timestamp));
    }

    WorkflowDriver send(Topic<?> topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return send(topic, new TestRecord<>(key, value, headers, Records.START));
    }

    private WorkflowDriver send(Topic<?> topic, TestRecord<byte[], byte[]> record) {
        inputs.computeIfAbsent(
                topic,
                _ -> driver.createInputTopic(
                        topic.name(), new ByteArraySerializer(), new ByteArraySerializer()))
                .pipeInput(record);
        return this;
    }

    @SuppressWarnings("unchecked") // filled with pairs of one type
    <T extends SpecificRecord> byte[] bytes(Topic<T> topic, T value) {
        return ((Serde<T>) mySerdes.computeIfAbsent(topic, serdes::serde)).serializer().serialize(topic.name(), value);
    }

    /// Everything written to a topic since the beginning.
    List<TestRecord<byte[], byte[]>> records(Topic<?> topic) {
        List<TestRecord<byte[], byte[]>> all = written.computeIfAbsent(topic, _ -> new ArrayList<>());
        var news = outputs.computeIfAbsent(
                topic,
                _ -> driver.createOutputTopic(
                        topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer()))
                .readRecordsToList();
        // Compaction would take it away before some reader has seen it.
        assertThat(news).as("records without a value in " + topic).noneMatch(record -> record.value() == null);
        all.addAll(news);
        return List.copyOf(all);
    }

    /// What was written to a topic since it was asked for last; nobody is told of it again.
    <T extends SpecificRecord> List<T> drain(Topic<T> topic) {
        List<T> values = values(topic);
        written.remove(topic);
        return values;
    }

    /// Passes over what was written to a topic so far.
    void forget(Topic<?> topic) {
        var _ = records(topic);
        written.remove(topic);
    }

    /// Passes over what the stores have written to their changelogs, which the driver would keep for ever.
    void forgetChangelogs() {
        for (String store : STORES) {
            driver.createOutputTopic(
                    APPLICATION + "-" + store + "-changelog", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                    .readRecordsToList();
        }
    }

    @SuppressWarnings("unchecked") // whoever asks knows what the topic's records are
    <T extends SpecificRecord> byte[] encoded(Topic<?> topic, SpecificRecord value) {
        return bytes((Topic<T>) topic, (T) value);
    }

    <T extends SpecificRecord> T value(Topic<T> topic, byte[] bytes) {
        @SuppressWarnings("unchecked")
        Serde<T> serde = (Serde<T>) mySerdes.computeIfAbsent(topic, serdes::serde);
        return serde.deserializer().deserialize(topic.name(), bytes);
    }

    /// Whether a value can be read, as the workflow would find.
    <T extends SpecificRecord> Decoded<T> decoded(Topic<T> topic, byte @Nullable [] bytes) {
        return contract.decoder(topic).decode(new RecordHeaders(), bytes);
    }

    <T extends SpecificRecord> List<T> values(Topic<T> topic) {
        @SuppressWarnings("unchecked")
        Serde<T> serde = (Serde<T>) mySerdes.computeIfAbsent(topic, serdes::serde);
        return records(topic).stream()
                .map(record -> serde.deserializer().deserialize(topic.name(), record.value()))
                .toList();
    }

    <T extends SpecificRecord> T last(Topic<T> topic) {
        return values(topic).getLast();
    }

    ClusterEncryptionStatus status() {
        return last(Topics.CLUSTER_ENCRYPTION_STATUS);
    }

    List<ClusterEncryptionAudit> audit() {
        return values(Topics.CLUSTER_ENCRYPTION_AUDIT);
    }

    DeadLetter onlyDeadLetter() {
        List<DeadLetter> letters = values(Topics.DEAD_LETTERS);
        if (letters.size() != 1) {
            throw new AssertionError("Not one dead letter but " + letters);
        }
        return letters.getFirst();
    }

    /// Lets the workers answer every command of this run until they have nothing more to do.
    WorkflowDriver workersDoEverything() {
        Map<Topic<?>, Integer> answered = new HashMap<>();
        boolean more = true;
        while (more) {
            more = false;
            for (Topic<? extends SpecificRecord> topic : List.of(
                    Topics.KMS_INSTANCE_COMMANDS, Topics.ROOT_KEY_COMMANDS, Topics.AUTHORIZATION_COMMANDS)) {
                List<? extends SpecificRecord> commands = values(topic);
                int from = answered.getOrDefault(topic, 0);
                commands.subList(from, commands.size()).forEach(this::workerDoes);
                answered.put(topic, commands.size());
                more |= from < commands.size();
            }
        }
        return this;
    }

    private void workerDoes(SpecificRecord command) {
        switch (command) {
            case KmsInstanceCommand instance ->
                send(Topics.KMS_INSTANCE_EVENTS, instance.getClusterId(), Records.done(instance));
            case RootKeyCommand key -> send(Topics.ROOT_KEY_EVENTS, key.getClusterId(), Records.done(key));
            case AuthorizationCommand authorization ->
                send(Topics.AUTHORIZATION_EVENTS, authorization.getClusterId(), Records.done(authorization));
            default -> throw new IllegalArgumentException("No command: " + command);
        }
    }

    void advance(Duration time) {
        driver.advanceWallClockTime(time);
    }

    double repeated() {
        return driver.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("repeated-records-total"))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }

    KeyValueStore<String, byte[]> sagas() {
        return driver.getKeyValueStore(WorkflowTopology.SAGAS);
    }

    long deadlines() {
        try (KeyValueIterator<Object, Object> all =
                driver.getKeyValueStore(WorkflowTopology.DEADLINES).all()) {
            long count = 0;
            while (all.hasNext()) {
                all.next();
                count++;
            }
            return count;
        }
    }

    /// Takes over another driver's memory, as a restart does.
    WorkflowDriver remembering(WorkflowDriver before) {
        for (String name : STORES) {
            KeyValueStore<Object, Object> mine = driver.getKeyValueStore(name);
            try (KeyValueIterator<Object, Object> theirs =
                    before.driver.getKeyValueStore(name).all()) {
                theirs.forEachRemaining(entry -> mine.put(entry.key, entry.value));
            }
        }
        return this;
    }

    @Override
    public void close() {
        driver.close();
        contract.close();
        mySerdes.values().forEach(Serde::close);
        try {
            Utils.delete(stateDir.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
