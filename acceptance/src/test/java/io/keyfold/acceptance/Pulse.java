package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

/// Whether the workflow folds, for each partition by itself: into every one goes, again and again, a request that the
/// workflow refuses, which takes no worker and no call. A partition is being folded again as soon as a reader of committed
/// records has the status of a request that was sent after the disturbance: where nobody folds any more when that begins, only
/// who holds the partition now can have written it.
final class Pulse implements AutoCloseable {
    /// So finely is measured.
    private static final Duration BEAT = Duration.ofMillis(200);

    private static final Duration AGAIN_WITHIN = Duration.ofMinutes(2);

    private final int partitions;
    private final Orchestrator orchestrator;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Thread watch = Thread.ofPlatform().daemon().name("pulse").unstarted(this::watch);
    private volatile boolean closed;
    private int number;

    // Guarded by this.
    private final Map<String, Long> unanswered = new HashMap<>();
    private long since = Long.MAX_VALUE;
    private final Map<Integer, Duration> again = new TreeMap<>();

    /// Begins.
    ///
    /// @param partitions that the workflow's topics have
    Pulse(Fleet fleet, int partitions) {
        this.partitions = partitions;
        orchestrator = new PatientOrchestrator(fleet.bootstrapServers(), fleet.registryUrl());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", fleet.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> read = consumer.partitionsFor(Topics.CLUSTER_ENCRYPTION_STATUS.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
        consumer.assign(read);
        consumer.seekToEnd(read);
        read.forEach(consumer::position); // seeks now, not with the first poll
        watch.start();
        clock.scheduleWithFixedDelay(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void beat() {
        for (int partition = 0; partition < partitions; partition++) {
            String prefix = nextOf(partition);
            synchronized (this) {
                unanswered.put("default/" + prefix, System.nanoTime());
            }
            orchestrator.deploy(prefix, Map.of("kms_key_name", "a-key-of-no-instance"));
        }
    }

    /// As the producer places them.
    private String nextOf(int partition) {
        while (true) {
            String prefix = "pulse-" + number++;
            byte[] key = ("default/" + prefix).getBytes(StandardCharsets.UTF_8);
            if (Utils.toPositive(Utils.murmur2(key)) % partitions == partition) {
                return prefix;
            }
        }
    }

    private void watch() {
        while (!closed) {
            consumer.poll(Duration.ofMillis(20)).forEach(this::seen);
        }
        consumer.close();
    }

    private synchronized void seen(ConsumerRecord<byte[], byte[]> record) {
        Long sent = unanswered.remove(new String(record.key(), StandardCharsets.UTF_8));
        if (sent != null && sent >= since) {
            again.putIfAbsent(record.partition(), Duration.ofNanos(System.nanoTime() - since));
        }
    }

    /// From this moment on it is measured: how long it takes until each partition is folded again.
    synchronized void mark() {
        again.clear();
        since = System.nanoTime();
    }

    /// Waits until each partition is folded again.
    ///
    /// @return how long after [#mark()] each of them was
    Map<Integer, Duration> awaitEach() {
        await("each partition is folded again").atMost(AGAIN_WITHIN).pollInterval(Duration.ofMillis(50))
                .until(() -> soFar().size() == partitions);
        return soFar();
    }

    private synchronized Map<Integer, Duration> soFar() {
        return new TreeMap<>(again);
    }

    /// Sends no more, and waits until all that was sent is answered: nothing is lost.
    void stop() throws InterruptedException {
        clock.shutdown();
        if (!clock.awaitTermination(AGAIN_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("The last request was not written within " + AGAIN_WITHIN);
        }
        await("an answer to each request of the pulse").atMost(AGAIN_WITHIN).until(this::open, List::isEmpty);
    }

    private synchronized List<String> open() {
        return List.copyOf(unanswered.keySet());
    }

    @Override
    public void close() {
        clock.shutdownNow();
        closed = true;
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        orchestrator.close();
    }
}
