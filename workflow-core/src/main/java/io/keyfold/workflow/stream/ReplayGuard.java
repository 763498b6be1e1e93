package io.keyfold.workflow.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/// Remembers the highest offset handled of every source topic and partition, by the topic's id.
///
/// Kafka forgets committed offsets after a week of silence and then starts over; the state does not.
final class ReplayGuard {
    /// What a record's position says of it.
    enum Sighting {
        NEW,
        /// Handled before.
        REPEATED,
        /// New, and the first of a topic that was deleted and made again.
        NEW_IN_REPLACED_TOPIC
    }

    private final KeyValueStore<Bytes, byte[]> store;
    private final TopicFacts topics;

    /// The offset last seen by this task. Where there is none, or the offsets go backwards, the topic may be another one
    /// than before, and its id is looked up again.
    private final Map<Bytes, Long> lastSeen = new HashMap<>();

    /// What the store says of each source topic, empty included: it is asked once.
    private final Map<Bytes, OptionalLong> untold = new HashMap<>();

    ReplayGuard(KeyValueStore<Bytes, byte[]> store, TopicFacts topics) {
        this.store = store;
        this.topics = topics;
    }

    Sighting sight(SourceRecord record) {
        Bytes key = key(record);
        Long before = lastSeen.put(key, record.offset());
        if (before == null || record.offset() <= before) {
            topics.refresh();
        }
        byte[] handled = store.get(key);
        if (handled == null) {
            return Sighting.NEW;
        }
        Handled highest = Handled.decode(handled);
        if (!highest.topicId().equals(topics.id(record.topic()))) {
            return Sighting.NEW_IN_REPLACED_TOPIC;
        }
        return record.offset() <= highest.offset() ? Sighting.REPEATED : Sighting.NEW;
    }

    void remember(SourceRecord record) {
        store.put(key(record), new Handled(topics.id(record.topic()), record.offset()).encode());
    }

    /// Remembers that no audit tells yet that the record's topic was deleted and made again.
    ///
    /// @param first the offset of the first record seen of the new one
    void rememberUntold(SourceRecord record, long first) {
        untold.put(key(record), OptionalLong.of(first));
        store.put(untoldKey(record), ByteBuffer.allocate(Long.BYTES).putLong(first).array());
    }

    /// The first record seen of a topic that was deleted and made again, if no audit tells of it yet.
    OptionalLong untold(SourceRecord record) {
        return untold.computeIfAbsent(key(record), _ -> {
            byte[] first = store.get(untoldKey(record));
            return first == null ? OptionalLong.empty() : OptionalLong.of(ByteBuffer.wrap(first).getLong());
        });
    }

    void forgetUntold(SourceRecord record) {
        untold.put(key(record), OptionalLong.empty());
        store.delete(untoldKey(record));
    }

    /// A key of its own, which no topic can have, since a version that does not know it must read the others as ever.
    private static Bytes untoldKey(SourceRecord record) {
        return key(record.partition(), record.topic() + "?");
    }

    private static Bytes key(SourceRecord record) {
        return key(record.partition(), record.topic());
    }

    private static Bytes key(int partition, String name) {
        byte[] topic = name.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Integer.BYTES + topic.length)
                .putInt(partition)
                .put(topic)
                .array());
    }

    private record Handled(String topicId, long offset) {
        byte[] encode() {
            byte[] id = topicId.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Long.BYTES + id.length).putLong(offset).put(id).array();
        }

        static Handled decode(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long offset = buffer.getLong();
            return new Handled(StandardCharsets.UTF_8.decode(buffer).toString(), offset);
        }
    }
}
