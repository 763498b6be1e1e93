package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// What flows where.
///
/// ```
/// cluster-deploy-requested ┐                ┌ *-commands
/// cluster-control-requested│                │ keyfold-ledger-requests ──> LEDGER ──> keyfold-ledger-replies
/// keyfold-misplaced-… ─────┼──>  SAGA  ──>──┤ cluster-encryption-status, cluster-encryption-audit
/// *-events                 │                │ keyfold-misplaced-requests
/// keyfold-ledger-replies   ┘                └ keyfold-dead-letters
/// ```
///
/// Every name is written out: those of the stores are also those of the changelogs, and with them a running
/// installation's memory.
final class WorkflowTopology {
    static final String SAGAS = "sagas";
    static final String DEADLINES = "deadlines";
    static final String REPLAY_GUARD = "replay-guard";
    static final String LEDGER = "ledger";
    static final String LEDGER_REPLAY_GUARD = "ledger-replay-guard";

    static final List<String> STORES = List.of(SAGAS, DEADLINES, REPLAY_GUARD, LEDGER, LEDGER_REPLAY_GUARD);

    /// The largest state that is stored, in bytes; the changelogs take a little more.
    static final int LARGEST_STATE = 900_000;

    static final List<Topic<?>> SAGA_SINKS = List.of(
            Topics.KMS_INSTANCE_COMMANDS,
            Topics.ROOT_KEY_COMMANDS,
            Topics.AUTHORIZATION_COMMANDS,
            Topics.LEDGER_REQUESTS,
            Topics.CLUSTER_ENCRYPTION_STATUS,
            Topics.CLUSTER_ENCRYPTION_AUDIT,
            Topics.MISPLACED_REQUESTS,
            Topics.DEAD_LETTERS);

    static final List<Topic<?>> LEDGER_SINKS = List.of(Topics.LEDGER_REPLIES, Topics.DEAD_LETTERS);

    /// All that is read.
    static final List<Topic<?>> SOURCES =
            Stream.concat(Topics.SAGA_SOURCES.stream(), Stream.of(Topics.LEDGER_REQUESTS))
                    .toList();

    /// All that is written.
    static final List<Topic<?>> SINKS = Stream.concat(SAGA_SINKS.stream(), LEDGER_SINKS.stream())
            .distinct()
            .toList();

    private static final String SAGA = "saga";
    private static final String LEDGER_PROCESSOR = "ledger-entries";

    private WorkflowTopology() {}

    /// The topic in which Kafka Streams keeps every change of a store.
    static String changelog(String applicationId, String store) {
        return applicationId + "-" + store + "-changelog";
    }

    static Topology of(WorkflowParts parts) {
        Topology topology = new Topology();
        Topics.SAGA_SOURCES.forEach(topic -> read(topology, topic));
        topology.addProcessor(
                SAGA,
                (ProcessorSupplier<byte[], byte[], byte[], byte[]>) () -> new SagaProcessor(parts),
                Topics.SAGA_SOURCES.stream().map(WorkflowTopology::source).toArray(String[]::new));
        topology.addStateStore(store(Stores.persistentKeyValueStore(SAGAS), Serdes.String()), SAGA);
        // Small, and read from one end: faster in memory, and restored in no time.
        topology.addStateStore(store(Stores.inMemoryKeyValueStore(DEADLINES), Serdes.Bytes()), SAGA);
        topology.addStateStore(store(Stores.inMemoryKeyValueStore(REPLAY_GUARD), Serdes.Bytes()), SAGA);
        SAGA_SINKS.forEach(topic -> write(topology, sagaSink(topic), topic, SAGA));

        read(topology, Topics.LEDGER_REQUESTS);
        topology.addProcessor(
                LEDGER_PROCESSOR,
                (ProcessorSupplier<byte[], byte[], byte[], byte[]>) () -> new LedgerProcessor(parts),
                source(Topics.LEDGER_REQUESTS));
        topology.addStateStore(store(Stores.persistentKeyValueStore(LEDGER), Serdes.String()), LEDGER_PROCESSOR);
        topology.addStateStore(
                store(Stores.inMemoryKeyValueStore(LEDGER_REPLAY_GUARD), Serdes.Bytes()), LEDGER_PROCESSOR);
        LEDGER_SINKS.forEach(topic -> write(topology, ledgerSink(topic), topic, LEDGER_PROCESSOR));
        return topology;
    }

    static String sagaSink(Topic<?> topic) {
        return "saga-to-" + topic.name();
    }

    static String ledgerSink(Topic<?> topic) {
        return "ledger-to-" + topic.name();
    }

    private static String source(Topic<?> topic) {
        return "from-" + topic.name();
    }

    /// As bytes: what cannot be decoded is the processor's to handle, behind the guard against replays.
    private static void read(Topology topology, Topic<?> topic) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                source(topic),
                new Arrival(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic.name());
    }

    private static void write(Topology topology, String sink, Topic<?> topic, String processor) {
        topology.addSink(sink, topic.name(), new ByteArraySerializer(), new ByteArraySerializer(), processor);
    }

    /// What one transaction changes several times is written once, at its end: with the records that tell of it all the same.
    private static <K> StoreBuilder<KeyValueStore<K, byte[]>> store(
            KeyValueBytesStoreSupplier supplier, Serde<K> key) {
        return Stores.keyValueStoreBuilder(supplier, key, Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                        // One saga is much like the next. Nobody but Kafka Streams reads them, so any codec will do.
                        TopicConfig.COMPRESSION_TYPE_CONFIG, "zstd",
                        // Compacted early: what is restored is not much more than what there is.
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1",
                        TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(64 * 1024 * 1024)));
    }

    /// A record's own timestamp is its writer's and may be anything; nothing here depends on it but the order in which
    /// partitions take turns, so one from the future must not make the others wait.
    private static final class Arrival implements TimestampExtractor {
        @Override
        public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
            return Math.clamp(record.timestamp(), 0, System.currentTimeMillis());
        }
    }
}
