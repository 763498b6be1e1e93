package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LanesTest {
    private final Lanes<String, String> lanes =
            new Lanes<>(Thread.ofVirtual().factory(), 2, key -> key.substring(0, key.indexOf('/')));
    private final List<String> ended = new CopyOnWriteArrayList<>();

    @Test
    void what_runs_is_interrupted_and_what_waits_behind_it_has_its_turn_uninterrupted() {
        lanes.add("default/hpc-1", () -> ended.add(untilInterrupted()));
        lanes.add("default/hpc-1", () -> ended.add(isInterrupted()));
        lanes.add("default/hpc-2", () -> ended.add(untilInterrupted()));
        lanes.interrupt();

        await().until(() -> ended.size() == 3);
        assertThat(ended).containsExactlyInAnyOrder("interrupted", "not interrupted", "interrupted");
    }

    @Test
    void no_more_run_at_once_than_may_and_those_of_one_key_one_after_the_other() {
        var started = new CopyOnWriteArrayList<String>();
        var gates = new Semaphore(0);
        for (String name : List.of("hpc-1", "hpc-1", "hpc-2", "hpc-3")) {
            lanes.add("default/" + name, () -> {
                started.add(name);
                gates.acquireUninterruptibly();
                ended.add(name);
            });
        }

        await().until(() -> started.size() == 2);
        assertThat(started).containsExactlyInAnyOrder("hpc-1", "hpc-2");
        gates.release(4);
        await().until(() -> ended.size() == 4);
    }

    @Test
    @Tag("case-24")
    void owners_take_turns_however_much_each_has_brought() {
        var hold = new CountDownLatch(1);
        lanes.add("held/1", () -> awaitQuietly(hold));
        var one = new Semaphore(0); // so one runs at a time, and what ended first was begun first
        lanes.add("held/2", () -> one.acquireUninterruptibly());
        for (int cluster = 0; cluster < 1_000; cluster++) {
            int number = cluster;
            lanes.add("flood/" + number, () -> ended.add("flood/" + number));
        }
        lanes.add("calm/1", () -> ended.add("calm/1"));
        lanes.add("calm/2", () -> ended.add("calm/2"));
        lanes.add("quiet/1", () -> ended.add("quiet/1"));
        one.release();

        await().until(() -> ended.size() == 1_003);
        assertThat(ended).startsWith("flood/0", "calm/1", "quiet/1", "flood/1", "calm/2", "flood/2", "flood/3");
        hold.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String untilInterrupted() {
        try {
            new CountDownLatch(1).await();
            return "let go";
        } catch (InterruptedException e) { // ends here, as in KeyedConsumer
            return "interrupted";
        }
    }

    private static String isInterrupted() {
        return Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted";
    }
}
