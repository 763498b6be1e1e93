package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;
import java.util.HashMap;
import java.util.Map;

/// Topics as a test says they are.
final class FakeTopicFacts implements TopicFacts {
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> replaced = new HashMap<>();
    private int partitions = 1;
    private int maxMessageBytes = Integer.MAX_VALUE;

    @Override
    public String id(String topic) {
        return ids.getOrDefault(topic, "id-of-" + topic);
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public int maxMessageBytes(Topic<?> topic) {
        return Math.min(maxMessageBytes, topic.maxMessageBytes());
    }

    @Override
    public void refresh() {
        ids.putAll(replaced);
    }

    void setPartitions(int partitions) {
        this.partitions = partitions;
    }

    void setMaxMessageBytes(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /// Seen at the next look-up, as with a broker.
    void replace(Topic<?> topic) {
        replaced.put(topic.name(), "new-id-of-" + topic.name());
    }
}
