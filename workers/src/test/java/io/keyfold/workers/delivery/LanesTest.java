package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LanesTest {
    private final Lanes<String> lanes = new Lanes<>(Thread.ofVirtual().factory());
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
