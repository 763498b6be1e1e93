package io.keyfold.acceptance;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// How long the status of a cluster stood still while its run was in progress: from the moment at which it is asked for to
/// the end of its run, as a consumer of the status topic sees it. A run that is being undone is left out: it waits by
/// design, for a second look.
final class Stalls implements AutoCloseable {
    /// @param cluster whose status stood still
    record Stall(String cluster, Duration length) {
        private static final Stall NONE = new Stall("nobody", Duration.ZERO);

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f s (%s)", length.toMillis() / 1000.0, cluster);
        }
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ClusterEncryptionStatus> statuses;
    private final Thread watch = Thread.ofPlatform().daemon().name("stalls").unstarted(this::watch);
    private final Map<String, Long> standingSince = new HashMap<>();
    private Stall longest = Stall.NONE;
    private volatile boolean closed;

    Stalls(String bootstrapServers, String registryUrl) {
        statuses = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", registryUrl)))
                .deserializer(Topics.CLUSTER_ENCRYPTION_STATUS);
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers, "isolation.level", "read_committed", "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(
                consumer.partitionsFor(Topics.CLUSTER_ENCRYPTION_STATUS.name()).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
        watch.start();
    }

    /// This cluster is being asked for.
    synchronized void asking(String cluster) {
        standingSince.put(cluster, System.nanoTime());
    }

    /// The longest since this was last called; one that is not over yet is told of with the next.
    synchronized Stall takeLongest() {
        Stall taken = longest;
        longest = Stall.NONE;
        return taken;
    }

    private void watch() {
        while (!closed) {
            consumer.poll(Duration.ofMillis(50)).forEach(this::advanced);
        }
        consumer.close();
    }

    private synchronized void advanced(ConsumerRecord<byte[], byte[]> record) {
        String cluster = new String(record.key(), StandardCharsets.UTF_8);
        Long since = standingSince.remove(cluster);
        if (since == null) {
            return; // of what comes after the end, such as an answer that was late
        }
        long now = System.nanoTime();
        Duration length = Duration.ofNanos(now - since);
        if (length.compareTo(longest.length()) > 0) {
            longest = new Stall(cluster, length);
        }
        var status = statuses.deserialize(record.topic(), record.headers(), record.value());
        if (status.getLastRun().getState() == RunState.IN_PROGRESS) {
            standingSince.put(cluster, now);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        statuses.close();
    }
}
