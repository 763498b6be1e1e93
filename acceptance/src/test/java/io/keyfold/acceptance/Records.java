package io.keyfold.acceptance;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.DeadLetter;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// All that status, audit and dead-letter topics have told so far, read as an audit consumer reads: committed records
/// only, from the beginning.
final class Records implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ClusterEncryptionStatus> statusDeserializer;
    private final Deserializer<ClusterEncryptionAudit> auditDeserializer;
    private final Deserializer<DeadLetter> deadLetterDeserializer;
    private final Map<String, List<ClusterEncryptionStatus>> statuses = new HashMap<>();
    private final Map<String, List<ClusterEncryptionAudit>> audit = new HashMap<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();

    Records(String bootstrapServers, String registryUrl) {
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", registryUrl)));
        this.statusDeserializer = serdes.deserializer(Topics.CLUSTER_ENCRYPTION_STATUS);
        this.auditDeserializer = serdes.deserializer(Topics.CLUSTER_ENCRYPTION_AUDIT);
        this.deadLetterDeserializer = serdes.deserializer(Topics.DEAD_LETTERS);
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic<?> topic : List.of(
                Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT, Topics.DEAD_LETTERS)) {
            consumer.partitionsFor(topic.name())
                    .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// Every status of a cluster so far, in order.
    synchronized List<ClusterEncryptionStatus> statuses(String cluster) {
        read();
        return List.copyOf(statuses.getOrDefault(cluster, List.of()));
    }

    /// The latest status of every cluster.
    synchronized Map<String, ClusterEncryptionStatus> latest() {
        read();
        Map<String, ClusterEncryptionStatus> latest = new HashMap<>();
        statuses.forEach((cluster, all) -> latest.put(cluster, all.getLast()));
        return latest;
    }

    /// Every audit record of a cluster so far, in order.
    synchronized List<ClusterEncryptionAudit> audit(String cluster) {
        read();
        return List.copyOf(audit.getOrDefault(cluster, List.of()));
    }

    synchronized List<DeadLetter> deadLetters() {
        read();
        return List.copyOf(deadLetters);
    }

    static String everything(String bootstrapServers) {
        return String.join("", everythingByTopic(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))
                .entrySet().stream().filter(topic -> !topic.getKey().startsWith("__")).map(Map.Entry::getValue)
                .toList());
    }

    /// Keys, values and headers of all records of all topics, Kafka's own included, as Latin-1.
    ///
    /// @param connection how a client reaches Kafka
    static Map<String, String> everythingByTopic(Map<String, ?> connection) {
        var config = new HashMap<String, Object>(connection);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        var texts = new TreeMap<String, StringBuilder>();
        try (var all = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = all.listTopics().values().stream().flatMap(List::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
            partitions.forEach(
                    partition -> texts.computeIfAbsent(partition.topic(), name -> new StringBuilder(name)));
            all.assign(partitions);
            all.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = all.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> all.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : all.poll(Duration.ofMillis(100))) {
                    var text = texts.computeIfAbsent(record.topic(), name -> new StringBuilder(name));
                    text.append(latin(record.key())).append(latin(record.value()));
                    record.headers().forEach(header -> text.append(header.key()).append(latin(header.value())));
                }
            }
        }
        var whole = new TreeMap<String, String>();
        texts.forEach((topic, text) -> whole.put(topic, text.toString()));
        return whole;
    }

    private static String latin(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void read() {
        for (var records = consumer.poll(Duration.ofMillis(100)); !records.isEmpty(); records = consumer
                .poll(Duration.ofMillis(20))) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                if (record.topic().equals(Topics.CLUSTER_ENCRYPTION_STATUS.name())) {
                    statuses.computeIfAbsent(key, _ -> new ArrayList<>())
                            .add(value(statusDeserializer, record));
                } else if (record.topic().equals(Topics.CLUSTER_ENCRYPTION_AUDIT.name())) {
                    audit.computeIfAbsent(key, _ -> new ArrayList<>())
                            .add(value(auditDeserializer, record));
                } else {
                    deadLetters.add(value(deadLetterDeserializer, record));
                }
            }
        }
    }

    private static <T> T value(Deserializer<T> deserializer, ConsumerRecord<byte[], byte[]> record) {
        return deserializer.deserialize(record.topic(), record.headers(), record.value());
    }

    @Override
    public synchronized void close() {
        consumer.close();
        statusDeserializer.close();
        auditDeserializer.close();
        deadLetterDeserializer.close();
    }
}
