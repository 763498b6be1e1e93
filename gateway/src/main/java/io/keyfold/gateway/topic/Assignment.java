package io.keyfold.gateway.topic;

import io.keyfold.schemas.Topic;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// A whole topic, read from its beginning.
final class Assignment {
    private Assignment() {}

    /// Assigns every partition.
    ///
    /// @return where each of them ends now, for those who read committed records
    static Map<TopicPartition, Long> everyPartition(Consumer<byte[], byte[]> consumer, Topic<?> topic) {
        var partitions = consumer.partitionsFor(topic.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return Map.copyOf(consumer.endOffsets(partitions));
    }

    static boolean isReached(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
