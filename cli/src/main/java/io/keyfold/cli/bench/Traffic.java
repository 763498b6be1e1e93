package io.keyfold.cli.bench;

import io.keyfold.cli.topic.Connection;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;

/// Asks for clusters, by one producer, and waits until each is encrypted. Used by one thread.
final class Traffic implements AutoCloseable {
    private static final String SOURCE = "/keyfold/bench";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Workload workload;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<ClusterDeployRequested> serializer;
    private final Ends ends;

    Traffic(Connection connection, Workload workload) {
        this.workload = workload;
        this.ends = new Ends(connection);
        this.producer = connection.producer();
        this.serializer = connection.serdes().serializer(Topics.CLUSTER_DEPLOY_REQUESTED);
    }

    /// How many have ended.
    long ended() {
        return ends.ended();
    }

    /// Keeps so many under way, and measures once it is warm.
    Stretch saturate(int inFlight, Duration warmUp, Duration measured, Supplier<Stretch.Mark> look) {
        var free = new Semaphore(inFlight);
        ends.tell(_ -> free.release());
        keepUnderWay(free, warmUp);
        var begin = look.get();
        keepUnderWay(free, measured);
        var stretch = look.get().since(begin);
        awaitAll();
        return stretch;
    }

    /// Asks for so many, evenly spaced in time. What was asked for late counts from when it was due.
    Spread atPace(double perSecond, int count) {
        var spread = new Spread();
        ends.tell(spread::add);
        var start = System.nanoTime();
        for (int n = 0; n < count; n++) {
            var due = start + (long) (n * NANOS_PER_SECOND / perSecond);
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            ask(due);
        }
        awaitAll();
        return spread;
    }

    /// Asks for each when the one before it has ended.
    Spread oneByOne(int count) {
        var spread = new Spread();
        var free = new Semaphore(1);
        ends.tell(time -> {
            spread.add(time);
            free.release();
        });
        for (int n = 0; n < count; n++) {
            take(free);
            ask(System.nanoTime());
        }
        awaitAll();
        return spread;
    }

    private void keepUnderWay(Semaphore free, Duration time) {
        var until = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - until < 0) {
            take(free);
            ask(System.nanoTime());
        }
    }

    private void take(Semaphore free) {
        try {
            if (!free.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw ends.stalled(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted", e);
        }
        ends.requireWell();
    }

    private void ask(long since) {
        var request = workload.next();
        var cluster = request.getAccount() + "/" + request.getClusterPrefix();
        var topic = Topics.CLUSTER_DEPLOY_REQUESTED;
        var headers = new RecordHeaders();
        CloudEventHeaders.write(
                headers, topic, request.getRequestId(), SOURCE, request.getRequestedAt(), new RecordHeaders());
        ends.await(cluster, since);
        var _ = producer.send(
                new ProducerRecord<>(
                        topic.name(), null, null, cluster.getBytes(StandardCharsets.UTF_8),
                        serializer.serialize(topic.name(), request), headers),
                (_, failure) -> {
                    if (failure != null) {
                        ends.fail(new IllegalStateException(cluster + " could not be asked for", failure));
                    }
                });
    }

    private void awaitAll() {
        ends.awaitNone(PATIENCE);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        serializer.close();
        ends.close();
    }
}
