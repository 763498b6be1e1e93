package io.keyfold.cli.bench;

import io.keyfold.cli.topic.Connection;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Reads the statuses, by one consumer in a thread of its own, and tells how long each cluster took from its request.
final class Ends implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Set<RunState> GOING = Set.of(RunState.UNKNOWN, RunState.IN_PROGRESS);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final RecordDecoder<ClusterEncryptionStatus> decoder;
    private final Thread reader;

    // All below is guarded by this.
    private final Map<String, Long> since = new HashMap<>();
    private Consumer<Duration> told = _ -> {};
    private long ended;
    private @Nullable RuntimeException failure;

    Ends(Connection connection) {
        this.consumer = connection.consumer();
        this.decoder = connection.serdes().decoder(Topics.CLUSTER_ENCRYPTION_STATUS);
        consumer.assign(partitions());
        consumer.seekToEnd(List.of());
        consumer.assignment().forEach(consumer::position); // seeking is lazy: this makes it now
        this.reader = Thread.ofPlatform().daemon().name("bench-statuses").start(this::read);
    }

    private List<TopicPartition> partitions() {
        return consumer.partitionsFor(Topics.CLUSTER_ENCRYPTION_STATUS.name()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
    }

    /// Who is told from now on, by the reading thread.
    synchronized void tell(Consumer<Duration> listener) {
        told = listener;
    }

    /// A cluster that was asked for at that moment.
    synchronized void await(String cluster, long nanos) {
        since.put(cluster, nanos);
    }

    synchronized long ended() {
        return ended;
    }

    synchronized void fail(RuntimeException why) {
        failure = failure == null ? why : failure;
        notifyAll();
    }

    synchronized void requireWell() {
        if (failure != null) {
            throw failure;
        }
    }

    /// Waits until all that was asked for has ended.
    synchronized void awaitNone(Duration patience) {
        var deadline = System.nanoTime() + patience.toNanos();
        while (!since.isEmpty()) {
            requireWell();
            var left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw stalled(patience);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The benchmark was interrupted", e);
            }
        }
        requireWell();
    }

    synchronized IllegalStateException stalled(Duration patience) {
        return new IllegalStateException("For " + patience.toSeconds() + " s nothing ended; under way are "
                + since.size() + ", among them " + since.keySet().stream().findAny().orElse("none"));
    }

    private void read() {
        try {
            while (true) {
                for (var record : consumer.poll(POLL)) {
                    take(record, System.nanoTime());
                }
            }
        } catch (WakeupException _) {
            // closed
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, long now) {
        if (!(decoder.decode(record.headers(),
                record.value()) instanceof Decoded.Value<ClusterEncryptionStatus>(var status))
                || status.getLastRun() == null || GOING.contains(status.getLastRun().getState())) {
            return;
        }
        var cluster = new String(record.key(), StandardCharsets.UTF_8);
        if (status.getLastRun().getState() == RunState.COMPLETED) {
            end(cluster, now);
        } else {
            fail(new IllegalStateException(cluster + " ended otherwise than it must: "
                    + status.getLastRun().getState() + ", " + status.getLastRun().getMessage()));
        }
    }

    private synchronized void end(String cluster, long now) {
        var asked = since.remove(cluster);
        if (asked != null) {
            ended++;
            told.accept(Duration.ofNanos(now - asked));
            notifyAll();
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        decoder.close();
    }
}
