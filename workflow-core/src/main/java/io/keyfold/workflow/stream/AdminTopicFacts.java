package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// The topics as the brokers say they are.
final class AdminTopicFacts implements TopicFacts {
    /// When all tasks of a process start together, one look is enough for them.
    private static final Duration FRESH = Duration.ofMillis(100);

    private final Admin admin;
    private final int partitions;
    private final Map<String, Integer> maxMessageBytes;

    private volatile Map<String, String> ids = Map.of();
    private long lookedAt;

    /// @param partitions      of each of the saga's sources
    /// @param maxMessageBytes by topic, where the brokers told it
    AdminTopicFacts(Admin admin, int partitions, Map<String, Integer> maxMessageBytes) {
        this.admin = admin;
        this.partitions = partitions;
        this.maxMessageBytes = Map.copyOf(maxMessageBytes);
        lookUp();
    }

    @Override
    public String id(String topic) {
        @Nullable
        String id = ids.get(topic);
        if (id == null) {
            throw new IllegalStateException("Topic " + topic + " is read, but its id was never looked up");
        }
        return id;
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public int maxMessageBytes(Topic<?> topic) {
        return maxMessageBytes.getOrDefault(topic.name(), topic.maxMessageBytes());
    }

    @Override
    public synchronized void refresh() {
        if (System.nanoTime() - lookedAt > FRESH.toNanos()) {
            lookUp();
        }
    }

    private synchronized void lookUp() {
        List<String> names = WorkflowTopology.SOURCES.stream().map(Topic::name).toList();
        Map<String, String> found = new HashMap<>();
        for (TopicDescription topic : describe(names).values()) {
            found.put(topic.name(), topic.topicId().toString());
        }
        ids = Map.copyOf(found);
        lookedAt = System.nanoTime();
    }

    private Map<String, TopicDescription> describe(List<String> names) {
        try {
            return admin.describeTopics(names).allTopicNames().get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("The source topics cannot be looked up", e);
        }
    }
}
