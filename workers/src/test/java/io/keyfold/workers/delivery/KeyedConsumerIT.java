package io.keyfold.workers.delivery;

import static io.keyfold.workers.delivery.LocalKafka.utf8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.CloudEventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class KeyedConsumerIT {
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static LocalKafka kafka;
    private String topic = "";
    private final List<KeyedConsumer> consumers = new ArrayList<>();

    private record Seen(String key, String value, boolean wasWaiting) {}

    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = new LocalKafka();
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    @BeforeEach
    void newTopic() throws Exception {
        topic = "commands-" + UUID.randomUUID();
        kafka.createTopic(topic, 3);
        seen.clear();
    }

    @AfterEach
    void closeConsumers() {
        consumers.forEach(KeyedConsumer::close);
        consumers.clear();
    }

    @Test
    void records_of_one_key_are_worked_on_in_order_and_never_at_once() throws Exception {
        Set<String> busy = ConcurrentHashMap.newKeySet();
        AtomicBoolean overlapped = new AtomicBoolean();
        for (int number = 0; number < 300; number++) {
            send("cluster-" + number % 7, number);
        }
        start(record -> {
            if (!busy.add(key(record))) {
                overlapped.set(true);
            }
            Thread.yield();
            note(record);
            busy.remove(key(record));
        });

        await().until(() -> seen.size() == 300);
        assertThat(overlapped).isFalse();
        valuesByKey().forEach((_, numbers) -> assertThat(numbers).isSorted().hasSizeGreaterThan(40));
    }

    @Test
    void different_keys_are_worked_on_at_once() throws Exception {
        CyclicBarrier all = new CyclicBarrier(50);
        for (int number = 0; number < 50; number++) {
            send("cluster-" + number, number);
        }
        start(record -> {
            meet(all);
            note(record);
        });

        await().until(() -> seen.size() == 50);
    }

    @Test
    void of_one_key_what_is_about_different_things_is_worked_on_at_once_and_about_the_same_in_order() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        sendAbout("block storage", 0);
        sendAbout("file share", 1);
        sendAbout("block storage", 2);
        sendAbout("file share", 3);
        start(record -> {
            meet(both);
            note(record);
        });

        await().until(() -> seen.size() == 4);
        List<Integer> inOrder = valuesByKey().get("cluster");
        assertThat(inOrder).filteredOn(value -> value % 2 == 0).containsExactly(0, 2);
        assertThat(inOrder).filteredOn(value -> value % 2 == 1).containsExactly(1, 3);
    }

    @Test
    @Tag("case-30")
    @Tag("case-63")
    void one_that_takes_long_holds_up_nothing_but_its_own_key_and_the_commit() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        send(0, "slow", 0);
        send(0, "slow", 1);
        for (int number = 2; number < 20; number++) {
            send(0, "quick-" + number, number);
        }
        start(record -> {
            if (value(record).equals("0")) {
                release.await();
            }
            note(record);
        });

        await().until(() -> seen.size() == 18);
        assertThat(kafka.committed(topic)).doesNotContainEntry(0, 20L);
        assertThat(Optional.ofNullable(kafka.committed(topic).get(0)).orElse(0L)).isZero();

        release.countDown();
        await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 20);
        assertThat(valuesByKey().get("slow")).containsExactly(0, 1);
    }

    @Test
    @Tag("case-24")
    void no_more_is_taken_on_than_is_allowed() throws Exception {
        Semaphore permits = new Semaphore(0);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger begun = new AtomicInteger();
        for (int number = 0; number < 100; number++) {
            send("cluster-" + number, number);
        }
        start(Map.of("max.poll.records", "5"), new KeyedConsumer.Limits(10, DRAIN), record -> {
            most.accumulateAndGet(begun.incrementAndGet(), Math::max);
            permits.acquire();
            begun.decrementAndGet();
            note(record);
        });

        await().until(() -> begun.get() >= 10);
        for (int round = 0; round < 100; round++) {
            permits.release();
        }
        await().until(() -> seen.size() == 100);
        assertThat(most.get()).isLessThan(15);
    }

    /// Counted in records and not in seconds: before the last of five, the flood gets as many turns, and what has begun already.
    @Test
    @Tag("case-24")
    void a_flood_for_one_account_does_not_starve_another() throws Exception {
        for (int number = 0; number < 3_000; number++) {
            sendLater(0, "flood/cluster-" + number, number);
        }
        for (int number = 0; number < 5; number++) {
            sendLater(0, "calm/cluster-" + number, number);
        }
        kafka.flush();
        Semaphore ofTheFlood = new Semaphore(0);
        KeyedConsumer consumer = start(Map.of(), new KeyedConsumer.Limits(400, DRAIN), record -> {
            if (key(record).startsWith("flood/")) {
                ofTheFlood.acquire();
            }
            note(record);
        });
        await().until(() -> consumer.taken() == 3_005);
        ofTheFlood.release(20);

        // By first come, first served the last of them had its turn after 2,605 of the flood.
        await().until(() -> List.copyOf(seen).stream().filter(one -> one.key().startsWith("calm/")).count() == 5);
        assertThat(seen).hasSizeLessThanOrEqualTo(25);
        ofTheFlood.release(3_000);
        await().until(() -> seen.size() == 3_005);
    }

    @Test
    @Tag("case-24")
    void of_a_flood_only_so_much_is_in_memory_as_is_looked_at_for_whose_turn_it_is() throws Exception {
        for (int number = 0; number < 1_000; number++) {
            sendLater(0, "flood/cluster-" + number, number);
        }
        kafka.flush();
        Semaphore permits = new Semaphore(0);
        KeyedConsumer.Limits limits = new KeyedConsumer.Limits(20, DRAIN);
        KeyedConsumer consumer = start(Map.of("max.poll.records", "10"), limits, record -> {
            permits.acquire();
            note(record);
        });

        await().until(() -> consumer.taken() >= limits.readAhead());
        await().during(Duration.ofMillis(500)).until(() -> consumer.taken() < limits.readAhead() + 10);
        permits.release(1_000);
        await().until(() -> seen.size() == 1_000);
    }

    @Test
    @Tag("case-79")
    void what_was_deleted_before_it_was_read_is_told_and_the_rest_is_done() throws Exception {
        send(0, "a", 1);
        KeyedConsumer first = start(this::note);
        await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 1);
        first.close();
        for (int number = 2; number <= 9; number++) {
            send(0, "a", number);
        }
        kafka.deleteBefore(topic, 0, 6);

        try (var told = new Told(KeyedConsumer.class)) {
            start(this::note);
            await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 9);
            assertThat(told.lines()).filteredOn(line -> line.contains(topic)).singleElement().asString()
                    .contains(topic + "-0: up to 5 records (offsets 1 to 5) were deleted", "keyfold audit",
                            "retention.ms");
        }
        assertThat(seen).extracting(Seen::value).containsExactly("1", "7", "8", "9");
    }

    @Test
    @Tag("case-79")
    void what_is_deleted_while_it_is_waited_for_is_told_too() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        for (int number = 0; number < 60; number++) {
            send(0, "a", number);
        }
        // So little is fetched at a time that the rest has to be asked for.
        Map<String, String> littleByLittle =
                Map.of("max.poll.records", "10", "max.partition.fetch.bytes", "1", "fetch.max.bytes", "1");
        try (var told = new Told(KeyedConsumer.class)) {
            start(littleByLittle, new KeyedConsumer.Limits(1, DRAIN), record -> {
                release.await();
                note(record);
            });
            await().until(() -> consumers.getLast().taken() >= 10);
            kafka.deleteBefore(topic, 0, 50);
            release.countDown();

            await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 60);
            assertThat(told.lines()).filteredOn(line -> line.contains(topic)).singleElement().asString()
                    .contains(topic + "-0: up to ", " to 49) were deleted");
        }
    }

    @Test
    @Tag("case-79")
    void a_topic_that_ends_before_what_was_committed_is_read_from_its_beginning() throws Exception {
        for (int number = 1; number <= 3; number++) {
            send(0, "a", number);
        }
        kafka.commit(topic, topic, 0, 100);

        try (var told = new Told(KeyedConsumer.class)) {
            start(this::note);
            await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 3);
            assertThat(told.lines()).filteredOn(line -> line.contains(topic)).singleElement().asString()
                    .contains(topic + "-0 ends before offset 100");
        }
        send(0, "a", 4);
        await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 4);
        assertThat(seen).extracting(Seen::value).containsExactly("1", "2", "3", "4");
    }

    private void sendLater(int partition, String key, int value) {
        kafka.sendLater(new ProducerRecord<>(topic, partition, utf8(key), utf8(String.valueOf(value))));
    }

    @Test
    void work_that_was_cut_off_is_done_again_by_the_next_process() throws Exception {
        send(0, "a", 1);
        send(0, "b", 2);
        send(0, "c", 3);
        AtomicInteger effects = new AtomicInteger();
        KeyedConsumer dying = start(record -> {
            if (value(record).equals("2")) {
                effects.incrementAndGet();
                throw new IllegalStateException("killed between effect and event");
            }
            note(record);
        });
        await().until(() -> dying.ended().isCompletedExceptionally());
        dying.close();
        seen.clear();

        start(record -> {
            effects.incrementAndGet();
            note(record);
        });

        await().until(() -> seen.contains(new Seen("b", "2", true)));
        assertThat(effects.get()).isGreaterThan(1);
    }

    /// It is no other process's either, so nobody else would do it, and what waits behind it must not go first.
    @Test
    void an_interrupt_in_work_on_what_is_ours_stops_the_consumer_before_the_next_of_the_key() throws Exception {
        send(0, "a", 1);
        send(0, "a", 2);
        KeyedConsumer dying = start(record -> {
            if (value(record).equals("1")) {
                throw new InterruptedException("by a library");
            }
            note(record);
        });

        await().until(() -> dying.ended().isCompletedExceptionally());
        dying.close();
        assertThat(seen).isEmpty();
        assertThat(kafka.committed(topic).getOrDefault(0, 0L)).isZero();
    }

    @Test
    void what_lay_there_at_the_assignment_is_told_from_what_came_later() throws Exception {
        send(0, "a", 1);
        KeyedConsumer consumer = start(this::note);
        assertThat(consumer.awaitReady(Duration.ofSeconds(20))).isTrue();
        send(0, "b", 2);

        await().until(() -> seen.size() == 2);
        assertThat(seen).containsExactlyInAnyOrder(new Seen("a", "1", true), new Seen("b", "2", false));
    }

    @Test
    @Tag("case-69")
    void what_has_begun_is_finished_and_committed_before_the_end_and_nothing_more_is_begun() throws Exception {
        CompletableFuture<ReceivedRecord> begun = new CompletableFuture<>();
        CountDownLatch release = new CountDownLatch(1);
        send(0, "a", 1);
        send(0, "a", 2);
        KeyedConsumer stopping = start(record -> {
            begun.complete(record);
            release.await();
            note(record);
        });
        AssignedPartition partition = begun.get(20, TimeUnit.SECONDS).assigned();
        Thread closing = Thread.ofVirtual().start(stopping::close);
        await().until(() -> !partition.isAccepting());
        send(0, "b", 3);
        release.countDown();
        closing.join();

        assertThat(seen).extracting(Seen::value).containsExactly("1");
        assertThat(kafka.committed(topic)).containsEntry(0, 1L);
        assertThat(kafka.members(topic)).isZero();
        assertThat(stopping.ended()).isCompleted();

        start(this::note);
        await().until(() -> seen.size() == 3);
        assertThat(seen).extracting(Seen::value).containsExactlyInAnyOrder("1", "2", "3");
    }

    @Test
    void what_lies_before_the_last_that_has_begun_is_finished_too_so_that_nothing_done_is_done_again()
            throws Exception {
        CompletableFuture<ReceivedRecord> begun = new CompletableFuture<>();
        CountDownLatch release = new CountDownLatch(1);
        send(0, "a", 1);
        send(0, "a", 2);
        send(0, "b", 3);
        send(0, "a", 4);
        KeyedConsumer stopping = start(record -> {
            if (value(record).equals("1")) {
                begun.complete(record);
                release.await();
            }
            note(record);
        });
        AssignedPartition partition = begun.get(20, TimeUnit.SECONDS).assigned();
        await().until(() -> seen.size() == 1);
        Thread closing = Thread.ofVirtual().start(stopping::close);
        await().until(() -> !partition.isAccepting());
        release.countDown();
        closing.join();

        assertThat(seen).extracting(Seen::value).containsExactly("3", "1", "2");
        assertThat(kafka.committed(topic)).containsEntry(0, 3L);

        start(this::note);
        await().until(() -> seen.size() == 4);
        assertThat(seen).extracting(Seen::value).containsExactly("3", "1", "2", "4");
    }

    @Test
    @Tag("case-63")
    void what_is_finished_may_take_longer_than_kafka_waits_for_a_poll_and_is_committed_all_the_same() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        send(0, "a", 1);
        KeyedConsumer stopping =
                start(Map.of("max.poll.interval.ms", String.valueOf(INTERVAL.toMillis())),
                        new KeyedConsumer.Limits(10, DRAIN), record -> {
                            begun.countDown();
                            release.await();
                            note(record);
                        });
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        Thread closing = Thread.ofVirtual().start(stopping::close);
        await("no poll for longer than was set")
                .until(() -> stopping.sincePoll().compareTo(INTERVAL.multipliedBy(3)) > 0);
        release.countDown();
        closing.join();

        assertThat(kafka.committed(topic)).containsEntry(0, 1L);
    }

    /// As when several are stopped at once: each that leaves has the others ask for their share anew.
    @ParameterizedTest(name = "partitions that were read before: {0}")
    @ValueSource(booleans = {true, false})
    void what_is_finished_while_the_partitions_are_dealt_out_anew_is_committed_before_the_end(boolean wereReadBefore)
            throws Exception {
        int before = wereReadBefore ? 1 : 0;
        CompletableFuture<ReceivedRecord> begun = new CompletableFuture<>();
        CountDownLatch release = new CountDownLatch(1);
        Map<String, String> quick = Map.of("heartbeat.interval.ms", "50");
        for (int partition = 0; wereReadBefore && partition < 3; partition++) {
            send(partition, "a-" + partition, partition);
        }
        KeyedConsumer stopping = start(quick, new KeyedConsumer.Limits(10, DRAIN), record -> {
            if (record.offset() == before) {
                begun.complete(record);
                release.await();
            }
            note(record);
        });
        assertThat(stopping.awaitReady(Duration.ofSeconds(20))).isTrue();
        await().until(
                () -> kafka.committed(topic).equals(wereReadBefore ? Map.of(0, 1L, 1, 1L, 2, 1L) : Map.of()));
        try (var slow = member(); var leaver = member()) {
            Runnable pollAll = () -> List.of(slow, leaver).forEach(member -> member.poll(Duration.ofMillis(10)));
            await().until(() -> {
                pollAll.run();
                return !slow.assignment().isEmpty() && !leaver.assignment().isEmpty();
            });
            for (int partition = 0; partition < 3; partition++) {
                send(partition, "a-" + partition, partition + 3);
            }
            await().until(() -> {
                pollAll.run();
                return begun.isDone();
            });
            AssignedPartition partition = begun.get().assigned();
            leaver.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            // From now on the group waits for the slow one, and the other is asking for its share.
            await().until(() -> kafka.state(topic) == GroupState.PREPARING_REBALANCE);
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            Thread closing = Thread.ofVirtual().start(stopping::close);
            await().until(() -> !partition.isAccepting());
            release.countDown();
            await().until(() -> seen.size() == 3 * before + 1);
            await().until(() -> {
                slow.poll(Duration.ofMillis(10));
                return !closing.isAlive();
            });
            assertThat(kafka.committed(topic)).containsEntry(partition.name().partition(), before + 1L);
            assertThat(stopping.ended()).isCompletedWithValue(null);
        }
    }

    private KafkaConsumer<byte[], byte[]> member() {
        Map<String, String> others = Map.of("heartbeat.interval.ms", "50");
        ClientConfig config = new ClientConfig(kafka.bootstrapServers(), "another", others);
        var member = new KafkaConsumer<byte[], byte[]>(config.consumer(topic));
        member.subscribe(List.of(topic));
        return member;
    }

    @Test
    @Tag("case-69")
    void what_does_not_finish_in_time_is_interrupted_and_left_to_the_next_with_what_waits_behind_it() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        send(0, "a", 1);
        send(0, "a", 2);
        KeyedConsumer stopping = start(Map.of(), new KeyedConsumer.Limits(10, Duration.ofMillis(200)), record -> {
            assertThat(value(record)).isEqualTo("1");
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                assertThat(record.isOurs()).isFalse();
                interrupted.countDown();
            }
        });
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        stopping.close();

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(stopping.ended()).isCompleted();
        start(this::note);
        await().until(() -> seen.equals(List.of(new Seen("a", "1", true), new Seen("a", "2", true))));
    }

    /// As after a pause longer than the session time-out, which no other process has made use of.
    @Test
    @Tag("case-60")
    void what_was_given_up_with_its_partition_and_comes_back_to_the_same_process_is_taken_up_again() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger neighbours = new AtomicInteger();
        Semaphore permit = new Semaphore(1);
        send(0, "a", 1);
        send(0, "b", 2);
        start(record -> {
            if (key(record).equals("b")) {
                neighbours.incrementAndGet();
            } else if (begun.incrementAndGet() == 1) {
                // When its neighbour has come back, so has it: it waits behind itself.
                await().until(() -> neighbours.get() == 2);
                assertThat(record.isOurs()).isFalse();
                throw new InterruptedException("It belongs to another process now");
            } else {
                permit.acquire();
                note(record);
            }
        });
        await().until(() -> begun.get() == 1 && neighbours.get() == 1);
        kafka.evictAll(topic);

        await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 2);
        assertThat(seen).containsExactly(new Seen("a", "1", true));
    }

    @Test
    @Tag("case-60")
    void two_processes_share_the_work_and_neither_loses_or_disorders_any() throws Exception {
        Set<String> busy = ConcurrentHashMap.newKeySet();
        AtomicBoolean overlapped = new AtomicBoolean();
        Set<Integer> workers = ConcurrentHashMap.newKeySet();
        start(sharing(1, busy, overlapped, workers));
        for (int number = 0; number < 100; number++) {
            send("cluster-" + number % 11, number);
        }
        KeyedConsumer second = start(sharing(2, busy, overlapped, workers));
        for (int number = 100; number < 200; number++) {
            send("cluster-" + number % 11, number);
        }
        assertThat(second.awaitReady(Duration.ofSeconds(20))).isTrue();
        await().until(() -> kafka.members(topic) == 2);
        int next = 200;
        while (workers.size() < 2) {
            send("cluster-" + next % 11, next++);
        }
        second.close();
        for (int last = next + 100; next < last; next++) {
            send("cluster-" + next % 11, next);
        }

        int sent = next;
        await().until(() -> seen.stream().map(Seen::value).distinct().count() == sent);
        assertThat(overlapped).isFalse();
        assertThat(seen).extracting(Seen::value).doesNotHaveDuplicates();
        valuesByKey().forEach((_, numbers) -> assertThat(numbers).isSorted());
    }

    private Work sharing(int worker, Set<String> busy, AtomicBoolean overlapped, Set<Integer> workers) {
        return record -> {
            if (!busy.add(key(record))) {
                overlapped.set(true);
            }
            workers.add(worker);
            note(record);
            busy.remove(key(record));
        };
    }

    @Test
    void what_a_transaction_took_back_is_not_seen_and_its_marks_are_committed_over() throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "transactional.id", UUID.randomUUID().toString());
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, utf8("a"), utf8("taken back"))).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, utf8("a"), utf8("kept"))).get();
            producer.commitTransaction();
        }
        start(this::note);

        await().until(() -> kafka.committed(topic).getOrDefault(0, 0L) == 4);
        assertThat(seen).extracting(Seen::value).containsExactly("kept");
    }

    @Test
    void a_process_without_a_partition_is_ready_all_the_same() throws Exception {
        List<KeyedConsumer> four = IntStream.range(0, 4).mapToObj(_ -> start(this::note)).toList();

        for (KeyedConsumer consumer : four) {
            assertThat(consumer.awaitReady(Duration.ofSeconds(30))).isTrue();
        }
    }

    private KeyedConsumer start(Work work) {
        return start(Map.of(), new KeyedConsumer.Limits(1000, DRAIN), work);
    }

    private KeyedConsumer start(Map<String, String> others, KeyedConsumer.Limits limits, Work work) {
        ClientConfig config = new ClientConfig(kafka.bootstrapServers(), "test", others);
        KeyedConsumer consumer = new KeyedConsumer("test", config.consumer(topic), topic, limits, work);
        consumers.add(consumer);
        consumer.start();
        return consumer;
    }

    private void note(ReceivedRecord record) {
        seen.add(new Seen(key(record), value(record), record.wasWaitingAtAssignment()));
    }

    private Map<String, List<Integer>> valuesByKey() {
        return List.copyOf(seen).stream()
                .collect(groupingBy(Seen::key, mapping(one -> Integer.valueOf(one.value()), toList())));
    }

    private void send(String key, int value) throws Exception {
        kafka.send(topic, key, utf8(String.valueOf(value)));
    }

    private void send(int partition, String key, int value) throws Exception {
        kafka.send(new ProducerRecord<>(topic, partition, utf8(key), utf8(String.valueOf(value))));
    }

    private void sendAbout(String subject, int value) throws Exception {
        var record = new ProducerRecord<>(topic, 0, utf8("cluster"), utf8(String.valueOf(value)));
        CloudEventHeaders.writeSubject(record.headers(), subject);
        kafka.send(record);
    }

    private static void meet(CyclicBarrier all) throws InterruptedException {
        try {
            all.await(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.BrokenBarrierException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("not all at once", e);
        }
    }

    private static String key(ReceivedRecord record) {
        return text(record.key());
    }

    private static String value(ReceivedRecord record) {
        return text(record.value());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
