package io.keyfold.gateway.topic;

import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the audit topic from its beginning and remembers of each record only whose it is and where it lies.
public final class AuditReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, OffsetList> offsets = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread = Thread.ofPlatform().name("gateway-audit").unstarted(this::run);
    private volatile boolean isClosed;

    public AuditReader(KafkaClients clients) {
        this.consumer = clients.consumer("audit");
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

    /// Where a cluster's records lie; empty if none has been met.
    Optional<OffsetList> offsets(String cluster) {
        return Optional.ofNullable(offsets.get(cluster));
    }

    private void run() {
        try (consumer) {
            var ends = Assignment.everyPartition(consumer, Topics.CLUSTER_ENCRYPTION_AUDIT);
            while (!isClosed) {
                for (var record : consumer.poll(POLL)) {
                    var cluster = offsets.computeIfAbsent(
                            StatusReader.keyOf(record), _ -> new OffsetList(record.partition()));
                    if (cluster.partition() == record.partition()) { // a key has one, as long as their number stays
                        cluster.add(record.offset());
                    }
                }
                if (!caughtUp.isDone() && Assignment.isReached(consumer, ends)) {
                    caughtUp.complete(null);
                    LOG.info("clusters={} audit indexed; following", offsets.size());
                }
            }
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
