package io.keyfold.workers.delivery;

import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Denial;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.step.Gate;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads whether operators have paused this worker kind in the accounts of this process, sets their [Gate]s accordingly, and
/// tells how each stands.
///
/// Each process reads all of both topics, which are compacted and hold a record for each worker kind of each account.
public final class ControlDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlDesk.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration SEND_WITHIN = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Posts posts;
    private final String source;
    private final Clock clock;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final RecordDecoder<WorkerControl> controls;
    private final RecordDecoder<WorkerStatus> statuses;
    private final Serializer<WorkerStatus> serializer;
    private final Thread thread;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private volatile boolean stopping;
    private boolean interruptible = true;

    /// @param gates   by the account's alias
    /// @param service as the record key names the worker kind: `root-key`
    /// @param source  who writes, as the CloudEvents source
    /// @param process which process this is
    public ControlDesk(
            Map<String, Gate> gates,
            WorkerKind worker,
            String service,
            ClientConfig kafka,
            AvroSerdes serdes,
            String source,
            String process,
            Clock clock) {
        this.source = source;
        this.clock = clock;
        Map<String, Object> config = new HashMap<>(kafka.consumer(""));
        config.remove(ConsumerConfig.GROUP_ID_CONFIG); // every process reads everything
        this.consumer = new KafkaConsumer<>(config);
        this.producer = new KafkaProducer<>(kafka.producer());
        this.controls = serdes.decoder(Topics.WORKER_CONTROL);
        this.statuses = serdes.decoder(Topics.WORKER_STATUS);
        this.serializer = serdes.serializer(Topics.WORKER_STATUS);
        this.posts = new Posts(gates, worker, service, process, controls, statuses);
        this.thread = Thread.ofPlatform().name(service + "-control").unstarted(this::run);
    }

    /// Begins to read.
    ///
    /// @return false if what there is could not be read within this time
    public boolean start(Duration atMost) {
        thread.start();
        try {
            return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        try {
            while (!stopping) {
                try {
                    follow();
                } catch (WakeupException | InterruptException e) {
                    return; // closed
                } catch (KafkaException | Posts.NotReadYetException e) { // the command consumer has the same trouble, or gets over it
                    LOG.warn("{} cannot be followed, trying again: {}", Topics.WORKER_CONTROL, Denial.explained(e));
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException e) {
            // closed
        } finally {
            letBeInterruptedNoMore();
            closeClients();
        }
    }

    /// An interrupt would keep the clients from being closed.
    private synchronized void letBeInterruptedNoMore() {
        interruptible = false;
        var _ = Thread.interrupted();
    }

    private synchronized void interrupt() {
        if (interruptible) {
            thread.interrupt();
        }
    }

    private void closeClients() {
        consumer.close(CloseOptions.timeout(CLOSE));
        producer.close(CLOSE);
        controls.close();
        statuses.close();
        serializer.close();
    }

    /// From the beginning of both topics on.
    private void follow() {
        Collection<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        posts.forget();
        boolean isAtTheEnd = false;
        while (!stopping) {
            consumer.poll(POLL).forEach(posts::read);
            // On the way there lies what held once.
            isAtTheEnd = isAtTheEnd || ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            if (isAtTheEnd) {
                posts.obey();
                caughtUp.countDown();
                posts.tell(clock.instant(), this::tell);
            }
        }
    }

    private List<TopicPartition> partitions() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic<?> topic : List.of(Topics.WORKER_CONTROL, Topics.WORKER_STATUS)) {
            consumer.partitionsFor(topic.name())
                    .forEach(one -> partitions.add(new TopicPartition(one.topic(), one.partition())));
        }
        return partitions;
    }

    private void tell(String key, WorkerStatus status) {
        try {
            send(key, status);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            // Whoever cannot tell how it stands works all the same.
            LOG.warn(
                    "worker={} cannot tell that it is {}, trying again: {}", key, status.getState(),
                    Denial.explained(e));
            throw new Posts.NotReadYetException(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void send(String key, WorkerStatus status)
            throws ExecutionException, TimeoutException, InterruptedException {
        RecordHeaders headers = new RecordHeaders();
        CloudEventHeaders.write(
                headers, Topics.WORKER_STATUS, UUID.randomUUID().toString(), source, status.getToldAt(),
                new RecordHeaders());
        byte[] bytes = serializer.serialize(Topics.WORKER_STATUS.name(), headers, status);
        var _ = producer.send(
                new ProducerRecord<>(
                        Topics.WORKER_STATUS.name(), null, null, key.getBytes(StandardCharsets.UTF_8), bytes, headers))
                .get(SEND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        LOG.info("worker={} is {} {}", key, status.getState(), status.getWhy());
    }

    @Override
    public void close() {
        stopping = true;
        if (thread.getState() == Thread.State.NEW) {
            closeClients();
            return;
        }
        consumer.wakeup();
        interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
