package io.keyfold.gateway.topic;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// Reads one cluster's audit records back from where the index says that they lie.
public final class HistoryReader implements AutoCloseable {
    /// So many histories are read at a time; who comes then waits for a moment.
    private static final int READERS = 4;
    private static final Duration TURN_WITHIN = Duration.ofSeconds(5);
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    /// What lies closer together is read through rather than sought for.
    private static final long NEAR = 500;

    /// Kafka or the registry did not give the records in time, or too many asked.
    public static final class NotRead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotRead(String message) {
            super(message);
        }
    }

    /// @param total how many records of the cluster are known by now
    /// @param from  index of the first of these among them
    public record Part(List<ClusterEncryptionAudit> records, int from, int total) {
        public Part {
            records = List.copyOf(records);
        }
    }

    private final KafkaClients clients;
    private final AuditReader index;
    private final RecordDecoder<ClusterEncryptionAudit> decoder;
    private final BlockingQueue<Consumer<byte[], byte[]>> idle = new ArrayBlockingQueue<>(READERS);
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    public HistoryReader(KafkaClients clients, AuditReader index) {
        this.clients = clients;
        this.index = index;
        this.decoder = clients.serdes().decoder(Topics.CLUSTER_ENCRYPTION_AUDIT);
    }

    /// Whether every record is known that the topic held at the start.
    public boolean isComplete() {
        return index.caughtUp().isDone();
    }

    /// How many records of a cluster are known by now.
    public int size(String cluster) {
        return index.offsets(cluster).map(OffsetList::size).orElse(0);
    }

    /// A cluster's records from one index to another.
    ///
    /// @throws NotRead if they could not be had in time
    public Part read(String cluster, int from, int until) {
        var offsets = index.offsets(cluster);
        if (offsets.isEmpty()) {
            return new Part(List.of(), 0, 0);
        }
        var all = offsets.get().toArray();
        var first = Math.clamp(from, 0, all.length);
        var wanted = Arrays.copyOfRange(all, first, Math.clamp(until, first, all.length));
        var partition = new TopicPartition(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), offsets.get().partition());
        return new Part(wanted.length == 0 ? List.of() : read(partition, wanted), first, all.length);
    }

    private List<ClusterEncryptionAudit> read(TopicPartition partition, long[] wanted) {
        var consumer = take();
        var isWell = false;
        try {
            consumer.assign(List.of(partition));
            var records = read(consumer, partition, wanted);
            isWell = true;
            return records;
        } finally {
            if (!isWell || isClosed.get() || !idle.offer(consumer)) {
                made.decrementAndGet();
                consumer.close();
            }
        }
    }

    private List<ClusterEncryptionAudit> read(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long[] wanted) {
        var until = System.nanoTime() + READ_WITHIN.toNanos();
        var records = new ArrayList<ClusterEncryptionAudit>();
        var position = -1L;
        for (var at = 0; at < wanted.length;) {
            if (position < 0 || wanted[at] - position > NEAR) {
                consumer.seek(partition, wanted[at]);
            }
            for (var record : consumer.poll(POLL).records(partition)) {
                while (at < wanted.length && wanted[at] < record.offset()) {
                    at++; // retention has taken it
                }
                if (at < wanted.length && wanted[at] == record.offset()) {
                    switch (decoder.decode(record.headers(), record.value())) {
                        case Decoded.Value<ClusterEncryptionAudit>(var value) -> records.add(value);
                        case Decoded.Unreadable<ClusterEncryptionAudit> _ -> {} // keyfold audit tells of it
                        case Decoded.RegistryUnavailable<ClusterEncryptionAudit>(var why) ->
                            throw new NotRead("The schema registry does not answer: " + why);
                    }
                    at++;
                }
            }
            position = consumer.position(partition);
            if (System.nanoTime() - until > 0) {
                throw new NotRead("Kafka has not given the records within " + READ_WITHIN.toSeconds() + " s.");
            }
        }
        return records;
    }

    private Consumer<byte[], byte[]> take() {
        try {
            var free = idle.poll();
            if (free == null && made.incrementAndGet() <= READERS) {
                return clients.consumer("history");
            }
            if (free == null) {
                made.decrementAndGet();
                free = idle.poll(TURN_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
            }
            if (free == null) {
                throw new NotRead("Too many histories are being read at a time.");
            }
            return free;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRead("The gateway is ending.");
        }
    }

    @Override
    public void close() {
        isClosed.set(true);
        for (var consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close();
        }
        decoder.close();
    }
}
