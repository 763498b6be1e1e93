package io.keyfold.gateway.topic;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.fleet.Place;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the fleet from the status topic, from its beginning, and keeps it up to date.
public final class StatusReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ASK_REGISTRY_AGAIN = Duration.ofMillis(500);

    private final Fleet fleet;
    private final String topicId;
    private final Consumer<byte[], byte[]> consumer;
    private final RecordDecoder<ClusterEncryptionStatus> decoder;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong unreadable = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().name("gateway-statuses").unstarted(this::run);
    private volatile boolean isClosed;

    /// @param topicId the status topic's
    public StatusReader(KafkaClients clients, Fleet fleet, String topicId) {

        this.fleet = fleet;
        this.topicId = topicId;
        this.consumer = clients.consumer("statuses");
        this.decoder = clients.serdes().decoder(Topics.CLUSTER_ENCRYPTION_STATUS);
    }

    /// Shows what its client measures, until the answer is closed.
    public Monitor.Followed showTo(Monitor monitor) {
        return monitor.follow(consumer);
    }

    public void start() {
        thread.start();
    }

    /// Complete once all is read that the topic held when reading began.
    public CompletableFuture<Void> caughtUp() {
        return caughtUp;
    }

    /// Complete once nothing is read any more; exceptionally if that is because something went wrong.
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /// How many statuses could not be read and so are not shown.
    public long unreadable() {
        return unreadable.get();
    }

    private void run() {
        try (consumer; decoder) {
            read();
            ended.complete(null);
        } catch (WakeupException e) {
            ended.complete(null);
        } catch (RuntimeException e) {
            if (isClosed) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(e);
            }
        }
    }

    private void read() {
        var ends = Assignment.everyPartition(consumer, Topics.CLUSTER_ENCRYPTION_STATUS);
        fleet.begin(topicId, ends.size());
        // Until the end is reached, of all that was written about a cluster only the last record is worth decoding.
        var last = new LinkedHashMap<String, ConsumerRecord<byte[], byte[]>>();
        while (!isClosed && !Assignment.isReached(consumer, ends)) {
            for (var record : consumer.poll(POLL)) {
                last.put(keyOf(record), record);
            }
        }
        take(last);
        last.clear();
        caughtUp.complete(null);
        LOG.info("clusters={} statuses read; following", fleet.size());
        while (!isClosed) {
            for (var record : consumer.poll(POLL)) {
                take(keyOf(record), record);
            }
        }
    }

    private void take(Map<String, ConsumerRecord<byte[], byte[]>> last) {
        for (Iterator<Map.Entry<String, ConsumerRecord<byte[], byte[]>>> records =
                last.entrySet().iterator(); records.hasNext() && !isClosed;) {
            var record = records.next();
            take(record.getKey(), record.getValue());
            records.remove(); // its bytes are not needed twice
        }
    }

    private void take(String id, ConsumerRecord<byte[], byte[]> record) {
        var place = new Place(record.partition(), record.offset());
        if (record.value() == null) {
            fleet.remove(id, place);
            return;
        }
        while (!isClosed) {
            switch (decoder.decode(record.headers(), record.value())) {
                case Decoded.Value<ClusterEncryptionStatus>(var status) -> {
                    fleet.put(status, place);
                    return;
                }
                case Decoded.Unreadable<ClusterEncryptionStatus>(_, var why) -> {
                    // Nothing would be gained by ending here: the next status of this cluster may be readable.
                    unreadable.incrementAndGet();
                    LOG.warn("cluster={} its status at {} cannot be read and is not shown: {}", id, place, why);
                    fleet.pass(place);
                    return;
                }
                case Decoded.RegistryUnavailable<ClusterEncryptionStatus>(var why) -> {
                    LOG.warn("The schema registry does not answer, statuses wait for it: {}", why);
                    Pause.of(ASK_REGISTRY_AGAIN);
                }
            }
        }
    }

    static String keyOf(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        isClosed = true;
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
