package io.keyfold.cli.topic;

import io.keyfold.schemas.InputGap;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/// How far a consumer group has read its topics.
public final class Backlog {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Connection connection;
    private final String group;
    private final List<Topic<?>> topics;

    public Backlog(Connection connection, String group, List<Topic<?>> topics) {
        this.connection = connection;
        this.group = group;
        this.topics = List.copyOf(topics);
    }

    /// Waits until the group has read all that there is now.
    ///
    /// @return by partition, how many records of those are not read when the time is up; empty if all are
    public Map<String, Long> left(Duration patience) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> {
                var partitions = partitions(admin);
                var begins = offsets(admin, partitions, OffsetSpec.earliest());
                var ends = offsets(admin, partitions, OffsetSpec.latest());
                ends.entrySet().removeIf(end -> end.getValue().equals(begins.get(end.getKey())));
                var until = System.nanoTime() + patience.toNanos();
                var left = left(admin, ends, begins);
                while (!left.isEmpty() && System.nanoTime() < until) {
                    waitALittle();
                    left = left(admin, ends, begins);
                }
                return left;
            });
        }
    }

    private Map<String, Long> left(Admin admin, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> begins) {
        var read = committed(admin);
        var left = new TreeMap<String, Long>();
        ends.forEach((partition, end) -> {
            long at = read.getOrDefault(partition, begins.getOrDefault(partition, 0L));
            if (at < end) {
                left.put(partition.toString(), end - at);
            }
        });
        return left;
    }

    /// How far the group says it has read; empty of what it has said nothing about.
    public Map<TopicPartition, Long> committed() {
        try (var admin = connection.admin()) {
            return connection.reached(() -> committed(admin));
        }
    }

    /// What was deleted before the group had read it.
    public List<InputGap> gaps() {
        try (var admin = connection.admin()) {
            return connection.reached(() -> {
                var begins = offsets(admin, partitions(admin), OffsetSpec.earliest());
                var read = committed(admin);
                read.keySet().retainAll(begins.keySet());
                return InputGap.between(read, begins);
            });
        }
    }

    private Map<TopicPartition, Long> committed(Admin admin) {
        var committed = new HashMap<TopicPartition, Long>();
        try {
            KafkaAnswer.of(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, place) -> {
                        if (place != null) {
                            committed.put(partition, place.offset());
                        }
                    });
        } catch (GroupIdNotFoundException _) {
            return committed; // it has read nothing
        }
        return committed;
    }

    private List<TopicPartition> partitions(Admin admin) {
        var partitions = new ArrayList<TopicPartition>();
        KafkaAnswer.of(admin.describeTopics(topics.stream().map(Topic::name).toList()).allTopicNames()).values()
                .forEach(
                        topic -> topic.partitions().forEach(
                                each -> partitions.add(new TopicPartition(topic.name(), each.partition()))));
        return partitions;
    }

    static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec which) {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> wanted.put(partition, which));
        var offsets = new HashMap<TopicPartition, Long>();
        KafkaAnswer.of(admin.listOffsets(wanted).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static void waitALittle() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
