package io.keyfold.acceptance;

import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.CloudEvidence.Calls;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.TopicEvidence;
import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.audit.TopicRecords;
import io.keyfold.cli.audit.EmulatorEvidence;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// Gathers for the auditor all that a site's topics have got and its cloud has done since this began.
final class EvidenceReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Deserializer<? extends SpecificRecord>> deserializers = new HashMap<>();
    private final Cloud cloud;
    private final Map<String, String> accounts;
    private final long firstEffect;

    /// Commands count as done: this is asked for evidence when all is at rest.
    private final TopicRecords records = new TopicRecords(true, _ -> true);

    /// @param accounts the aliases of the accounts by their ids; others are not read about
    EvidenceReader(Site site, Map<String, String> accounts) {
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", site.registryUrl())));
        TopicRecords.READ.forEach(topic -> deserializers.put(topic.name(), serdes.deserializer(topic)));
        this.cloud = site.cloud();
        this.accounts = Map.copyOf(accounts);
        this.firstEffect = cloud.lastEffect() + 1;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, site.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                TopicRecords.READ.stream().flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeks now, not with the first poll
    }

    /// All that there is by now.
    Evidence evidence() {
        TopicEvidence topics = topics();
        var emulator = new EmulatorEvidence(accounts, _ -> "");
        var seen = new CloudEvidence(
                Set.copyOf(accounts.values()), emulator.things(cloud.state()),
                Optional.of(new Calls(emulator.effects(cloud.effects(firstEffect)), Instant.EPOCH)));
        return new Evidence(topics, Optional.of(seen), Optional.empty(), Set.of(), Instant.now());
    }

    private TopicEvidence topics() {
        read();
        return records.evidence(Set.of());
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

    private void read() {
        for (var polled = consumer.poll(Duration.ofMillis(200)); !polled.isEmpty(); polled = consumer
                .poll(Duration.ofMillis(50))) {
            polled.forEach(this::take);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
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
        return deserializer.deserialize(record.topic(), record.headers(), record.value());
    }

    @Override
    public void close() {
        consumer.close();
        deserializers.values().forEach(Deserializer::close);
    }
}
