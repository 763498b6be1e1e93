package io.keyfold.cli.bench;

import io.keyfold.workflow.stream.WorkflowSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/// The least that Kafka Streams can do as the workflow does it: one record in, one state read and written, one record out,
/// exactly once, committed at once.
final class StreamsHop implements AutoCloseable {
    private static final String STORE = "counts";
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final KafkaStreams streams;

    private StreamsHop(KafkaStreams streams) {
        this.streams = streams;
    }

    static StreamsHop start(String bootstrapServers, Path directory, String in, String out) {
        var pace = WorkflowSettings.of(Map.of(
                WorkflowSettings.BOOTSTRAP_SERVERS, bootstrapServers, "schema.registry.url", "http://127.0.0.1"));
        var config = new Properties();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "keyfold-bench-hop");
        config.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve("bench-hop").toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.POLL_MS_CONFIG, pace.poll().toMillis());
        config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), pace.linger().toMillis());
        config.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG),
                pace.retryBackoff().toMillis());
        var streams = new KafkaStreams(topology(in, out), config);
        streams.start();
        return new StreamsHop(streams);
    }

    private static Topology topology(String in, String out) {
        var topology = new Topology();
        topology.addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), in);
        topology.addProcessor("count", (ProcessorSupplier<byte[], byte[], byte[], byte[]>) Count::new, "in");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray()),
                "count");
        topology.addSink("out", out, new ByteArraySerializer(), new ByteArraySerializer(), "count");
        return topology;
    }

    @Override
    public void close() {
        streams.close(CLOSE);
    }

    /// Counts the records of a key in the state, and hands each on.
    private static final class Count implements Processor<byte[], byte[], byte[], byte[]> {
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<byte[], byte[]> counts;

        @SuppressWarnings("NullAway.Init")
        Count() {}

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            this.counts = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            byte[] before = counts.get(record.key());
            var count = ByteBuffer.allocate(record.value().length);
            count.putLong(before == null ? 1 : ByteBuffer.wrap(before).getLong() + 1);
            counts.put(record.key(), count.array());
            context.forward(record);
            context.commit();
        }
    }
}
