package io.keyfold.workers.delivery;

import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Denial;
import io.keyfold.schemas.InputGap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the records of one topic and has each worked on: in order where key and subject (`ce_subject`) are the same, at once
/// where they are not.
/// Where more wait than are worked on at a time, the accounts that they are about take turns.
///
/// One thread polls, and never waits for work. Offsets are committed up to the first record that is not done, so a crash
/// repeats work and loses none. Before a partition is given up, what has begun is finished and what lies before it too, for
/// a bounded time: so nothing that was done is done again by its next owner.
public final class KeyedConsumer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedConsumer.class);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    private static final Duration KAFKA_CALL = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final byte NO_TEXT = 0;
    private static final String LAST_HEARTBEAT = "last-heartbeat-seconds-ago";

    private final String topic;
    private final Limits limits;
    private final Work work;
    private final Consumer<byte[], byte[]> consumer;
    private final Thread poller;
    private final Lanes<ByteBuffer, ByteBuffer> lanes;

    private final CountDownLatch ready = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger gaps = new AtomicInteger();
    /// When work on each record began that is being worked on.
    private final Map<ReceivedRecord, Long> begun = new ConcurrentHashMap<>();
    private final Duration mostBetweenPolls;
    private final Duration session;
    private volatile long polledAt = System.nanoTime();
    private volatile boolean stopping;

    // Only the polling thread has these.
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    private final Set<TopicPartition> arriving = new HashSet<>();
    private boolean joined;
    private boolean commitPending;
    private long lastCommit = System.nanoTime();

    /// @param inFlight so many records are worked on at a time
    /// @param drain    so long is waited for what has begun and what lies before it, before a partition is given up and
    ///                 before the end
    public record Limits(int inFlight, Duration drain) {
        private static final int AHEAD = 10;

        /// So many records are in memory at a time, those that wait for their turn included. What lies behind them in the topic
        /// is not seen, so whose turn it is goes by these alone.
        int readAhead() {
            return (int) Math.min(Integer.MAX_VALUE, (long) inFlight * AHEAD);
        }
    }

    /// @param config the consumer's, from [ClientConfig]
    public KeyedConsumer(String name, Map<String, Object> config, String topic, Limits limits, Work work) {
        this.topic = topic;
        this.limits = limits;
        this.work = work;
        Map<String, Object> ours = ours(config, limits);
        this.consumer = new KafkaConsumer<>(ours);
        this.mostBetweenPolls = Duration.ofMillis(number(ours, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG));
        this.session = Duration.ofMillis(number(ours, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG));
        this.poller = Thread.ofPlatform().name(name + "-poll").unstarted(this::run);
        this.lanes =
                new Lanes<>(Thread.ofVirtual().name(name + "-", 0).factory(), limits.inFlight, KeyedConsumer::account);
    }

    /// A cluster's id begins with its account; what has none shares one turn.
    private static ByteBuffer account(ByteBuffer key) {
        for (int end = 0; end < key.limit(); end++) {
            if (key.get(end) == '/') {
                return key.slice(0, end);
            }
        }
        return ByteBuffer.allocate(0);
    }

    /// Who drains does not poll, and must not be taken for dead because of that. And where reading cannot go on, Kafka is to
    /// say so, not to go on elsewhere.
    private static Map<String, Object> ours(Map<String, Object> config, Limits limits) {
        String setting = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
        int interval = number(config, setting);
        long needed = limits.drain.plus(KAFKA_CALL.multipliedBy(4)).toMillis();
        Map<String, Object> ours = new HashMap<>(config);
        ours.put(setting, Math.clamp(needed, interval, Integer.MAX_VALUE));
        ours.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return ours;
    }

    private static int number(Map<String, Object> config, String setting) {
        Object given = config.getOrDefault(setting, ConsumerConfig.configDef().defaultValues().get(setting));
        return (int) ConfigDef.parseType(setting, given, ConfigDef.Type.INT);
    }

    public void start() {
        poller.start();
    }

    /// Waits until it is a member of its group and reads what it was given, which may be nothing.
    ///
    /// @return false if that took longer, or the consumer has ended
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return ready.await(atMost.toMillis(), TimeUnit.MILLISECONDS) && !ended.isDone();
    }

    /// Done when the consumer has stopped; exceptionally, if nobody asked it to.
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /// Takes nothing more, finishes what has begun and what lies before it, commits, and leaves the group.
    @Override
    public void close() {
        stopping = true;
        if (poller.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                poller.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            consumer.subscribe(List.of(topic), new Rebalance());
            while (!stopping) {
                pollOnce();
            }
            leave();
            ended.complete(null);
        } catch (Throwable e) { // whatever it is, it must not end this thread in silence
            LOG.error("{}: stopped reading: {}", topic, Denial.explained(e), e);
            ended.completeExceptionally(e);
            assigned.values().forEach(AssignedPartition::letGo);
            lanes.interrupt();
        } finally {
            ready.countDown();
            closeConsumer();
        }
    }

    private void pollOnce() {
        polledAt = System.nanoTime();
        try {
            read();
        } catch (RetriableException e) {
            LOG.warn("{}: {}; trying again", topic, e.toString());
            rest();
        }
    }

    private void read() {
        try {
            measureArrivals();
            regulate();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record);
            }
            assigned.forEach((name, partition) -> partition.offsets().movedTo(consumer.position(name, KAFKA_CALL)));
            if (System.nanoTime() - lastCommit >= COMMIT_EVERY.toNanos()) {
                commit();
            }
        } catch (InvalidOffsetException e) {
            startAtTheBeginning(e);
        }
    }

    /// Of partitions that were never read, or whose next record is gone: the latter is told.
    private void startAtTheBeginning(InvalidOffsetException where) {
        if (where instanceof OffsetOutOfRangeException gone) {
            Map<TopicPartition, Long> next = gone.offsetOutOfRangePartitions();
            Map<TopicPartition, Long> first = consumer.beginningOffsets(next.keySet(), KAFKA_CALL);
            InputGap.between(next, first).forEach(gap -> {
                gaps.incrementAndGet();
                LOG.error("{}. {}.", gap.words(), gap.remedy());
            });
            next.forEach((name, offset) -> {
                if (offset >= first.getOrDefault(name, 0L)) {
                    LOG.error(
                            "{} ends before offset {}, up to which it was read: it has lost records, or is another topic"
                                    + " of that name. It is read from its beginning; what was done already is looked up.",
                            name, offset);
                    forget(List.of(name)); // what it had counted is of records that are no more
                    arriving.add(name);
                }
            });
        }
        consumer.seekToBeginning(where.partitions());
    }

    /// How many records are in memory.
    public int taken() {
        return taken.get();
    }

    /// How often records were found deleted before they had been read.
    public int gaps() {
        return gaps.get();
    }

    /// How many records are being worked on.
    public int inFlight() {
        return begun.size();
    }

    /// For how long the oldest of them has been; nothing if there is none.
    public Duration longestInFlight() {
        long now = System.nanoTime();
        return Duration.ofNanos(begun.values().stream().mapToLong(begin -> now - begin).max().orElse(0));
    }

    /// For how long it has not asked Kafka for records.
    public Duration sincePoll() {
        return Duration.ofNanos(System.nanoTime() - polledAt);
    }

    /// After so long without asking Kafka takes it for stuck, and gives its partitions to others.
    public Duration mostBetweenPolls() {
        return mostBetweenPolls;
    }

    /// Whether it is a member of its group, of which Kafka has heard within the session, and reads what it was given.
    public boolean isReading() {
        return ready.getCount() == 0 && !ended.isDone() && !stopping && !isOutOfTouch();
    }

    private boolean isOutOfTouch() {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals(LAST_HEARTBEAT))
                .anyMatch(metric -> metric.metricValue() instanceof Number seconds
                        && seconds.doubleValue() > session.toSeconds());
    }

    /// Shows what its client measures, until the answer is closed.
    public Monitor.Followed showTo(Monitor monitor) {
        return monitor.follow(consumer);
    }

    /// A partition is read only when it is known where it ended at its assignment.
    private void measureArrivals() {
        if (arriving.isEmpty()) {
            if (joined) {
                ready.countDown();
            }
            return;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(arriving, KAFKA_CALL);
        ends.forEach((name, end) -> {
            assigned.put(name, new AssignedPartition(name, consumer.position(name, KAFKA_CALL), end));
            arriving.remove(name);
        });
    }

    private void regulate() {
        Set<TopicPartition> unready = taken.get() >= limits.readAhead() ? consumer.assignment() : arriving;
        Set<TopicPartition> readable = new HashSet<>(consumer.assignment());
        readable.removeAll(unready);
        consumer.pause(unready);
        consumer.resume(readable);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        AssignedPartition partition = assigned.get(new TopicPartition(record.topic(), record.partition()));
        if (partition == null) {
            throw new IllegalStateException("Kafka delivered " + record.topic() + "-" + record.partition() + "@"
                    + record.offset() + ", which is not assigned");
        }
        partition.offsets().taken(record.offset());
        taken.incrementAndGet();
        ReceivedRecord received = new ReceivedRecord(record, partition);
        lanes.add(lane(record), () -> carryOut(received));
    }

    /// What is done one after the other: that of one key which is about the same thing, or about none in particular. Records
    /// without a key have no order among them, but there are none worth a lane each.
    private static ByteBuffer lane(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key() == null ? new byte[0] : record.key();
        Header subject = record.headers().lastHeader(CloudEventHeaders.SUBJECT);
        byte[] about = subject == null || subject.value() == null ? new byte[0] : subject.value();
        return ByteBuffer.allocate(key.length + 1 + about.length).put(key).put(NO_TEXT).put(about).flip();
    }

    private void carryOut(ReceivedRecord record) {
        AssignedPartition partition = record.assigned();
        try {
            if (partition.begin(record.offset())) {
                begun.put(record, System.nanoTime());
                work.carryOut(record);
                partition.done(record.offset());
            }
        } catch (InterruptedException e) {
            // The thread is not to be interrupted again: the next of its key may be this very record, come back to us.
            // What must not begin any more is told by its partition.
            partition.leftUndone(record.offset());
            if (partition.isOurs()) { // nobody else would ever be given it
                stopBecause(record, e);
            } else {
                LOG.info("{}: left undone, for the process that its partition is given to", record);
            }
        } catch (Throwable e) { // must not be lost with this thread, and nobody behind this record may go on
            partition.leftUndone(record.offset());
            stopBecause(record, e);
        } finally {
            begun.remove(record);
            taken.decrementAndGet();
        }
    }

    private void stopBecause(ReceivedRecord record, Throwable e) {
        LOG.error("{}: cannot go on: {}", record, Denial.explained(e), e);
        ended.completeExceptionally(e);
        stopping = true;
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> progress = progress(assigned.keySet());
        if (progress.isEmpty() || commitPending) {
            return;
        }
        lastCommit = System.nanoTime();
        commitPending = true;
        consumer.commitAsync(progress, (offsets, failure) -> {
            commitPending = false;
            if (failure == null) {
                noteCommitted(offsets);
            } else {
                LOG.debug("{}: not committed, trying again: {}", topic, failure.toString());
            }
        });
    }

    private Map<TopicPartition, OffsetAndMetadata> progress(Collection<TopicPartition> names) {
        Map<TopicPartition, OffsetAndMetadata> progress = new HashMap<>();
        for (TopicPartition name : names) {
            AssignedPartition partition = assigned.get(name);
            if (partition != null && partition.hasProgress()) {
                progress.put(name, new OffsetAndMetadata(partition.offsets().committable()));
            }
        }
        return progress;
    }

    private void noteCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((name, offset) -> {
            AssignedPartition partition = assigned.get(name);
            if (partition != null) {
                partition.committed(offset.offset());
            }
        });
    }

    /// Finishes these partitions, commits, and gives them up.
    private void drain(Collection<TopicPartition> names) {
        finish(names);
        if (!commitFinished(names)) {
            LOG.warn("{}: finished work of {} is not committed and will be repeated: a rebalance is in progress",
                    topic, names);
        }
        forget(names);
    }

    /// As [#drain(Collection)], for all there is.
    ///
    /// No commit is taken from a member that is asking for its share of the partitions anew, as each does when another has
    /// left before it. So it takes its share, to say what it has done, and reads nothing of it.
    private void leave() {
        Set<TopicPartition> names = Set.copyOf(assigned.keySet());
        long patience = System.nanoTime() + limits.drain.toNanos();
        finish(names);
        lanes.interrupt(); // what runs still has had its time
        patience = Math.max(patience, System.nanoTime() + KAFKA_CALL.toNanos());
        while (!commitFinished(names)) {
            if (System.nanoTime() >= patience) {
                LOG.warn("{}: finished work is not committed and will be repeated: the rebalance has no end", topic);
                break;
            }
            consumer.pause(consumer.assignment());
            try {
                consumer.poll(POLL);
            } catch (InvalidOffsetException e) {
                consumer.seekToBeginning(e.partitions()); // of its share, which it neither reads nor commits
            }
        }
        forget(names);
    }

    /// Finishes what has begun in these partitions and what lies before it, for as long as is allowed; then nothing of them
    /// is ours any more.
    private void finish(Collection<TopicPartition> names) {
        List<AssignedPartition> leaving = names.stream()
                .filter(assigned::containsKey)
                .map(assigned::get)
                .toList();
        leaving.forEach(AssignedPartition::close);
        long deadline = System.nanoTime() + limits.drain.toNanos();
        try {
            for (AssignedPartition partition : leaving) {
                if (!partition.awaitIdle(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                    LOG.warn("{}: not finished in time, and left to the next owner from {} on",
                            partition.name(), partition.offsets().committable());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leaving.forEach(AssignedPartition::letGo);
    }

    /// @return false if a rebalance is in the way
    private boolean commitFinished(Collection<TopicPartition> names) {
        try {
            Map<TopicPartition, OffsetAndMetadata> progress = progress(names);
            if (!progress.isEmpty()) {
                consumer.commitSync(progress, KAFKA_CALL);
            }
            return true;
        } catch (RebalanceInProgressException e) {
            return false;
        } catch (CommitFailedException | RetriableException e) {
            LOG.warn("{}: finished work of {} is not committed and will be repeated: {}", topic, names, e.toString());
            return true;
        }
    }

    private void forget(Collection<TopicPartition> names) {
        names.forEach(name -> {
            AssignedPartition partition = assigned.remove(name);
            if (partition != null) {
                partition.letGo();
            }
            arriving.remove(name);
        });
    }

    private void closeConsumer() {
        try {
            consumer.close(CloseOptions.timeout(KAFKA_CALL)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        } catch (KafkaException e) {
            LOG.warn("{}: the consumer did not close cleanly: {}", topic, e.toString());
        }
    }

    private void rest() {
        try {
            Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    /// Called by the consumer, on the polling thread.
    private final class Rebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> names) {
            // Nothing of them is read before it is known where they end.
            consumer.pause(names);
            arriving.addAll(names);
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> names) {
            drain(names);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> names) {
            LOG.warn("{}: lost {}; their work is repeated by whoever is given them now", topic, names);
            forget(names);
        }
    }
}
