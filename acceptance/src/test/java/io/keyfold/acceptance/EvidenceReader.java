package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.audit.BrokerEvidence;
import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.CloudEvidence.Calls;
import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.TopicEvidence;
import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.audit.TopicEvidence.Partition;
import io.keyfold.audit.TopicEvidence.RequestsRead;
import io.keyfold.audit.TopicEvidence.Span;
import io.keyfold.audit.TopicRecords;
import io.keyfold.cli.audit.BrokerLook;
import io.keyfold.cli.audit.EmulatorEvidence;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// Gathers for the auditor all that the topics have got and the cloud has done since this began, and what the broker says of
/// those who read and write.
final class EvidenceReader implements AutoCloseable {
    private static final Duration REGISTRY_IS_BACK_WITHIN = Duration.ofMinutes(1);

    private final Connection connection;
    private final boolean areWorkersProcesses;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Deserializer<? extends SpecificRecord>> deserializers = new HashMap<>();
    private final Cloud cloud;
    private final Map<String, String> accounts;
    private final List<Effect> effects = new ArrayList<>();
    /// From where on there are requests to be found.
    private final Map<TopicPartition, Long> begins = new HashMap<>();
    private long nextEffect;

    /// Commands count as done: this is asked for evidence when all is at rest.
    private final TopicRecords records = new TopicRecords(true, _ -> true);

    /// @param accounts the aliases of the accounts by their ids; others are not read about
    EvidenceReader(Site site, Map<String, String> accounts) {
        this(site.bootstrapServers(), site.registryUrl(), site.cloud(), accounts, true);
    }

    /// The same of a fleet.
    EvidenceReader(Fleet fleet, Map<String, String> accounts) {
        this(fleet.bootstrapServers(), fleet.registryUrl(), fleet.cloud(), accounts, true);
    }

    private EvidenceReader(
            String bootstrapServers, String registryUrl, Cloud cloud, Map<String, String> accounts,
            boolean areWorkersProcesses) {
        this.connection = new Connection(
                Map.of("bootstrap.servers", bootstrapServers, "schema.registry.url", registryUrl));
        this.areWorkersProcesses = areWorkersProcesses;
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", registryUrl)));
        TopicRecords.READ.forEach(topic -> deserializers.put(topic.name(), serdes.deserializer(topic)));
        this.cloud = cloud;
        this.accounts = Map.copyOf(accounts);
        this.nextEffect = cloud.lastEffect() + 1;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                TopicRecords.READ.stream().flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(partition -> begins.put(partition, consumer.position(partition))); // seeks now
    }

    /// The same of a fleet whose workers are no processes, and no members of the groups that workers form.
    static EvidenceReader withoutWorkers(Fleet fleet, Map<String, String> accounts) {
        return new EvidenceReader(fleet.bootstrapServers(), fleet.registryUrl(), fleet.cloud(), accounts, false);
    }

    /// All that there is by now.
    Evidence evidence() {
        readToTheEnd();
        TopicEvidence topics = taken();
        readEffects();
        var seen = new CloudEvidence(
                Set.copyOf(accounts.values()), emulator().things(cloud.state()),
                Optional.of(new Calls(effects, Instant.EPOCH)));
        return new Evidence(topics, Optional.of(seen), Optional.of(broker()), Set.of(), Instant.now());
    }

    private BrokerEvidence broker() {
        BrokerEvidence all = new BrokerLook(connection, "default").evidence();
        return areWorkersProcesses ? all : new BrokerEvidence(all.open(), List.of());
    }

    /// Reads the calls since the last time. The emulator keeps only so many, and would make one answer of all of them.
    void readEffects() {
        List<JsonNode> further = cloud.effects(nextEffect);
        if (!further.isEmpty()) {
            nextEffect = further.getLast().path("number").asLong() + 1;
            effects.addAll(emulator().effects(further));
        }
    }

    private EmulatorEvidence emulator() {
        return new EmulatorEvidence(accounts, _ -> "");
    }

    /// All that the topics have got by now.
    TopicEvidence topics() {
        read();
        return taken();
    }

    private TopicEvidence taken() {
        var spans = new HashMap<Partition, Span>();
        begins.forEach((partition, begin) -> spans.put(
                new Partition(partition.topic(), partition.partition()),
                new Span(begin, consumer.position(partition))));
        return records.evidence(Set.of(), new RequestsRead(spans, Map.of(), Map.of()));
    }

    /// The latest status of each cluster by now.
    Map<String, ClusterEncryptionStatus> latest() {
        read();
        return records.latest();
    }

    /// How many commands nobody has answered yet.
    long unanswered() {
        TopicEvidence topics = topics();
        var open = new HashSet<>(topics.commands().stream().map(Command::id).toList());
        topics.answers().stream().map(Answer::command).forEach(open::remove);
        return open.size();
    }

    /// A poll that brings nothing is no end: a broker may be slow.
    private void readToTheEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(this::take);
        }
    }

    private void read() {
        for (var polled = consumer.poll(Duration.ofMillis(200)); !polled.isEmpty(); polled = consumer
                .poll(Duration.ofMillis(50))) {
            polled.forEach(this::take);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) { // compaction would take it away before some reader has seen it
            throw new AssertionError("A record without a value: " + TopicReader.placeOf(record));
        }
        String key = TopicReader.keyOf(record);
        if (accounts.containsValue(key.substring(0, Math.max(0, key.indexOf('/'))))) {
            records.take(
                    TopicReader.placeOf(record), key,
                    Instant.ofEpochMilli(record.timestamp()), record.value(), value(record));
        }
    }

    private SpecificRecord value(ConsumerRecord<byte[], byte[]> record) {
        Deserializer<? extends SpecificRecord> deserializer = deserializers.get(record.topic());
        if (deserializer == null) {
            throw new IllegalStateException("Not read: " + record.topic());
        }
        try {
            return deserializer.deserialize(record.topic(), record.headers(), record.value());
        } catch (SerializationException e) { // the registry may be on its way back
            return await("the schema of " + record.topic()).atMost(REGISTRY_IS_BACK_WITHIN)
                    .ignoreException(SerializationException.class)
                    .until(
                            () -> deserializer.deserialize(record.topic(), record.headers(), record.value()),
                            Objects::nonNull);
        }
    }

    @Override
    public void close() {
        consumer.close();
        deserializers.values().forEach(Deserializer::close);
    }
}
