package io.keyfold.cli.topic;

import io.keyfold.audit.Place;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/// Reads topics from their beginning to the end that they have now.
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /// A partition whose end is not reached by then is stuck behind an open transaction or a broken network.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(8);

    private final Connection connection;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    public TopicReader(Connection connection) {
        this.connection = connection;
        this.consumer = connection.consumer();
    }

    /// The last record of a compacted topic under this key, if there is one.
    public <T extends SpecificRecord> Optional<T> latest(Topic<T> topic, String key) {
        var last = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        read(List.of(partitionOf(topic, key)), record -> {
            if (key.equals(keyOf(record))) {
                last.clear();
                last.add(record);
            }
        });
        try (var decoder = connection.serdes().decoder(topic)) {
            return last.stream().filter(record -> record.value() != null).map(record -> value(decoder, record))
                    .findAny();
        }
    }

    /// All records under this key, in order.
    public <T extends SpecificRecord> List<T> all(Topic<T> topic, String key) {
        var values = new ArrayList<T>();
        try (var decoder = connection.serdes().decoder(topic)) {
            read(List.of(partitionOf(topic, key)), record -> {
                if (key.equals(keyOf(record)) && record.value() != null) {
                    values.add(value(decoder, record));
                }
            });
        }
        return values;
    }

    /// The last record of every key of a compacted topic, by key.
    public <T extends SpecificRecord> Map<String, T> latestOfEach(Topic<T> topic) {
        return latestOfEach(topic, this::value);
    }

    /// The same, whether it can be read or not.
    public <T extends SpecificRecord> Map<String, Decoded<T>> latestOfEachAsItIs(Topic<T> topic) {
        return latestOfEach(topic, this::decoded);
    }

    private <T extends SpecificRecord, V> Map<String, V> latestOfEach(
            Topic<T> topic, BiFunction<RecordDecoder<T>, ConsumerRecord<byte[], byte[]>, V> decoded) {
        var last = new TreeMap<String, ConsumerRecord<byte[], byte[]>>();
        read(partitionsOf(topic), record -> last.put(keyOf(record), record));
        last.values().removeIf(record -> record.value() == null);
        try (var decoder = connection.serdes().decoder(topic)) {
            var values = new TreeMap<String, V>();
            last.forEach((key, record) -> values.put(key, decoded.apply(decoder, record)));
            return values;
        }
    }

    /// Hands on every record of a topic under those keys, in order within a key.
    public <T extends SpecificRecord> void each(Topic<T> topic, Predicate<String> keys, Consumer<T> reader) {
        try (var decoder = connection.serdes().decoder(topic)) {
            read(partitionsOf(topic), record -> {
                if (record.value() != null && keys.test(keyOf(record))) {
                    reader.accept(value(decoder, record));
                }
            });
        }
    }

    /// Hands on every readable record of a topic that is committed by now, with its place; those of a partition in order.
    /// Waits for what open transactions have before it.
    public <T extends SpecificRecord> void eachCommitted(Topic<T> topic, BiConsumer<Place, T> reader) {
        var partitions = partitionsOf(topic);
        var ends = highestOffsets(partitions);
        try (var decoder = connection.serdes().decoder(topic)) {
            read(partitions, _ -> ends, record -> {
                if (record.value() != null) {
                    reader.accept(placeOf(record), value(decoder, record));
                }
            });
        }
    }

    /// Where the partitions end, open transactions included; what a consumer of committed records is told ends before.
    private Map<TopicPartition, Long> highestOffsets(Collection<TopicPartition> partitions) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> Backlog.offsets(admin, partitions, OffsetSpec.latest()));
        }
    }

    /// Takes one record as it lies in its topic, and what its value says.
    public interface RecordTaker {
        void take(ConsumerRecord<byte[], byte[]> record, Decoded<? extends SpecificRecord> value);
    }

    /// The offsets from `begin` on, before `end`.
    public record Extent(long begin, long end) {}

    /// Hands on every record of these topics up to the end that they have now, whether it can be read or not; a tombstone is
    /// left out.
    ///
    /// @return from where to where each partition was read; what lay before has been deleted
    public Map<TopicPartition, Extent> every(List<Topic<? extends SpecificRecord>> topics, RecordTaker taker) {
        var decoders = new HashMap<String, RecordDecoder<? extends SpecificRecord>>();
        var partitions = topics.stream().flatMap(topic -> partitionsOf(topic).stream()).toList();
        try {
            topics.forEach(topic -> decoders.put(topic.name(), connection.serdes().decoder(topic)));
            var ends = read(partitions, record -> {
                if (record.value() != null) {
                    taker.take(record, decoded(Objects.requireNonNull(decoders.get(record.topic())), record));
                }
            });
            var begins = connection.reached(() -> consumer.beginningOffsets(partitions));
            return partitions.stream().collect(Collectors.toMap(
                    partition -> partition,
                    partition -> new Extent(begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L))));
        } finally {
            decoders.values().forEach(RecordDecoder::close);
        }
    }

    /// Where a topic's partitions end now, for who reads committed records.
    public Map<TopicPartition, Long> ends(Topic<?> topic) {
        var partitions = partitionsOf(topic);
        return connection.reached(() -> consumer.endOffsets(partitions));
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
    }

    /// @return where the partitions end that were read
    private Map<TopicPartition, Long> read(
            Collection<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        return read(partitions, consumer::endOffsets, reader);
    }

    private Map<TopicPartition, Long> read(
            Collection<TopicPartition> partitions,
            Function<Collection<TopicPartition>, Map<TopicPartition, Long>> end,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        return connection.reached(() -> {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = end.apply(partitions);
            var silentSince = System.nanoTime();
            while (!isAtEnd(ends)) {
                var records = consumer.poll(POLL);
                records.forEach(record -> {
                    if (record.offset() < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()),
                            0L)) {
                        reader.accept(record);
                    }
                });
                if (!records.isEmpty()) {
                    silentSince = System.nanoTime();
                } else if (System.nanoTime() - silentSince > LONGEST_SILENCE.toNanos()) {
                    throw new TopicFailure(
                            "the end of " + partitions + " cannot be read: the broker gives no more records",
                            "Try again; if it stays so, look for transactions that hang: kafka-transactions.sh");
                }
            }
            return ends;
        });
    }

    private boolean isAtEnd(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    TopicPartition partitionOf(Topic<?> topic, String key) {
        var count = partitionsOf(topic).size();
        // Java's default partitioner, by which the workflow writes.
        var hash = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        return new TopicPartition(topic.name(), hash % count);
    }

    List<TopicPartition> partitionsOf(Topic<?> topic) {
        var found = connection.reached(() -> consumer.partitionsFor(topic.name()));
        if (found == null || found.isEmpty()) {
            throw new TopicFailure(
                    "there is no topic " + topic.name() + " at " + connection.bootstrapServers(),
                    "Create the topics: keyfold topics create");
        }
        return found.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
    }

    org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer() {
        return consumer;
    }

    public static Place placeOf(ConsumerRecord<byte[], byte[]> record) {
        return new Place(record.topic(), record.partition(), record.offset());
    }

    public static String keyOf(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    <T extends SpecificRecord> T value(RecordDecoder<T> decoder, ConsumerRecord<byte[], byte[]> record) {
        var place = "record " + record.offset() + " of " + record.topic() + "-" + record.partition();
        return switch (decoder.decode(record.headers(), record.value())) {
            case Decoded.Value<T>(var value) -> value;
            case Decoded.Unreadable<T> unreadable ->
                throw new TopicFailure(
                        place + " cannot be read: " + unreadable.why(),
                        "Check that " + connection.registryUrl() + " is the registry that this Kafka's records were"
                                + " written with");
            case Decoded.RegistryUnavailable<T>(var why) -> throw unavailable(why);
        };
    }

    private <T extends SpecificRecord> Decoded<T> decoded(
            RecordDecoder<T> decoder, ConsumerRecord<byte[], byte[]> record) {
        var decoded = decoder.decode(record.headers(), record.value());
        if (decoded instanceof Decoded.RegistryUnavailable<T>(var why)) {
            throw unavailable(why);
        }
        return decoded;
    }

    private TopicFailure unavailable(String why) {
        return new TopicFailure(
                "the schema registry at " + connection.registryUrl() + " does not answer: " + why,
                "Start one (keyfold registry) or give another address: --registry-url URL");
    }
}
