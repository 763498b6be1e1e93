package io.keyfold.workflow.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Tells records that were committed from what is in a log without having been: what a transaction has written stays there when
/// it is undone.
final class CommittedRecords implements AutoCloseable {
    private static final Duration AT_A_TIME = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;

    /// @param config of Kafka's client, without deserializers
    CommittedRecords(Map<String, Object> config) {
        Map<String, Object> all = new HashMap<>(config);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Whether any of the partitions has a committed record, by now.
    ///
    /// @throws org.apache.kafka.common.KafkaException if they cannot be read, or not to their end in that time
    boolean areIn(Collection<TopicPartition> partitions, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, atMost);
        while (!ends.entrySet().stream().allMatch(it -> consumer.position(it.getKey()) >= it.getValue())) {
            if (!consumer.poll(AT_A_TIME).isEmpty()) {
                return true;
            }
            if (System.nanoTime() - end > 0) {
                throw new TimeoutException("not read to the end in " + atMost);
            }
        }
        return false;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
