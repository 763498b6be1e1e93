package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AssignedPartitionTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AssignedPartition partition = assigned(10, 15);

    @Test
    void until_it_is_closed_everything_may_begin_in_any_order() {
        assertThat(partition.isAccepting()).isTrue();
        for (long offset : List.of(14L, 10L, 13L, 11L, 12L)) {
            assertThat(partition.begin(offset)).isTrue();
        }
    }

    @Test
    void once_closed_what_lies_before_the_last_that_has_begun_may_begin_and_nothing_behind_it() {
        partition.begin(12);
        partition.close();

        assertThat(partition.isAccepting()).isFalse();
        assertThat(partition.begin(13)).isFalse();
        assertThat(partition.begin(10)).isTrue();
        assertThat(partition.begin(11)).isTrue();
        assertThat(partition.begin(14)).isFalse();
    }

    @Test
    void closed_before_anything_has_begun_it_begins_nothing_and_has_nothing_to_wait_for() throws Exception {
        partition.close();

        assertThat(partition.begin(10)).isFalse();
        assertThat(partition.awaitIdle(AT_ONCE)).isTrue();
        assertThat(partition.hasProgress()).isFalse();
    }

    @Test
    void it_is_idle_when_what_has_begun_is_done_and_all_that_lies_before_it() throws Exception {
        partition.begin(12);
        partition.done(12);
        partition.close();
        assertThat(partition.awaitIdle(AT_ONCE)).as("10 and 11 have not had their turn").isFalse();

        carryOut(11);
        assertThat(partition.awaitIdle(AT_ONCE)).isFalse();
        carryOut(10);
        assertThat(partition.awaitIdle(AT_ONCE)).isTrue();
        assertThat(partition.offsets().committable()).isEqualTo(13);
    }

    @Test
    void who_waits_is_woken_by_the_last_that_is_done() throws Exception {
        partition.begin(10);
        partition.begin(11);
        partition.done(11);
        partition.close();
        Thread finishing = Thread.ofVirtual().start(() -> partition.done(10));

        assertThat(partition.awaitIdle(LONG)).isTrue();
        finishing.join();
    }

    @Test
    void what_takes_longer_than_is_allowed_bounds_what_is_committed() throws Exception {
        partition.begin(10);
        partition.close();

        assertThat(partition.awaitIdle(Duration.ofMillis(1))).isFalse();
        assertThat(partition.offsets().committable()).isEqualTo(10);
    }

    @Test
    void behind_one_that_is_left_undone_nothing_begins_and_what_lies_before_it_is_finished() throws Exception {
        partition.begin(11);
        partition.begin(14);
        partition.leftUndone(11);
        partition.close();

        assertThat(partition.begin(12)).isFalse();
        assertThat(partition.awaitIdle(AT_ONCE)).as("14 runs, 10 has not had its turn").isFalse();
        partition.done(14);
        assertThat(partition.awaitIdle(AT_ONCE)).as("10 has not had its turn").isFalse();
        carryOut(10);
        assertThat(partition.awaitIdle(AT_ONCE)).isTrue();
        assertThat(partition.offsets().committable()).isEqualTo(11);
    }

    @Test
    void a_hole_that_is_left_undone_ends_the_wait() throws Exception {
        partition.begin(14);
        partition.done(14);
        partition.close();
        partition.begin(10);
        partition.leftUndone(10);

        assertThat(partition.begin(11)).isFalse();
        assertThat(partition.awaitIdle(AT_ONCE)).isTrue();
        assertThat(partition.offsets().committable()).isEqualTo(10);
    }

    /// As after a session time-out: somebody else may be at its holes already.
    @Test
    void one_that_was_lost_begins_nothing_any_more_not_even_its_holes() throws Exception {
        partition.begin(14);
        partition.letGo();

        assertThat(partition.begin(10)).isFalse();
        partition.done(14);
        assertThat(partition.awaitIdle(AT_ONCE)).isTrue();
        assertThat(partition.isOurs()).isFalse();
        partition.close();
        assertThat(partition.begin(10)).isFalse();
    }

    @Test
    @Tag("case-60")
    void whenever_it_is_closed_what_was_done_is_committed_in_each_keys_order_and_the_rest_was_never_begun()
            throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            closeInTheMidst(new Random(seed), "seed " + seed);
        }
    }

    private static void closeInTheMidst(Random random, String seed) throws Exception {
        int records = 60;
        AssignedPartition partition = assigned(0, records);
        Lanes<Integer, Integer> lanes =
                new Lanes<>(Thread.ofVirtual().factory(), 1 + random.nextInt(5), key -> key % 3);
        Map<Integer, List<Long>> doneByKey = new ConcurrentHashMap<>();
        CountDownLatch turns = new CountDownLatch(records);
        CountDownLatch enough = new CountDownLatch(random.nextInt(records));
        int keys = 1 + random.nextInt(12);
        Map<Integer, List<Long>> sentByKey = new HashMap<>();
        for (long offset = 0; offset < records; offset++) {
            long one = offset;
            int key = random.nextInt(keys);
            sentByKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(one);
            lanes.add(key, () -> {
                if (partition.begin(one)) {
                    Thread.yield();
                    doneByKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(one);
                    partition.done(one);
                }
                enough.countDown();
                turns.countDown();
            });
        }
        enough.await();
        partition.close();
        assertThat(partition.awaitIdle(LONG)).as(seed).isTrue();
        partition.letGo();
        assertThat(turns.await(LONG.toSeconds(), TimeUnit.SECONDS)).as(seed).isTrue();

        long committable = partition.offsets().committable();
        sentByKey.forEach((key, sent) -> assertThat(doneByKey.getOrDefault(key, List.of())).as(seed)
                .containsExactlyElementsOf(sent.stream().filter(offset -> offset < committable).toList()));
    }

    private void carryOut(long offset) {
        assertThat(partition.begin(offset)).isTrue();
        partition.done(offset);
    }

    /// All of its records have been taken on.
    private static AssignedPartition assigned(long from, long to) {
        AssignedPartition partition = new AssignedPartition(new TopicPartition("commands", 0), from, to);
        for (long offset = from; offset < to; offset++) {
            partition.offsets().taken(offset);
        }
        return partition;
    }
}
