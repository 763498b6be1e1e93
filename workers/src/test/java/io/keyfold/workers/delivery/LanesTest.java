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
    private final List<Boolean> interrupted = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    @Test
    void a_job_that_was_given_up_does_not_take_the_next_of_its_key_with_it() {
        lanes.add("default/hpc-1", this::giveUp);
        lanes.add("default/hpc-1", this::note);
        lanes.add("default/hpc-1", this::note);
        begun.countDown();

        await().until(() -> interrupted.size() == 2);
        assertThat(interrupted).containsOnly(false);
    }

    @Test
    void at_the_end_every_job_is_interrupted() {
        lanes.add("default/hpc-1", this::giveUp);
        lanes.add("default/hpc-1", this::note);
        lanes.interrupt();

        await().until(() -> interrupted.size() == 1);
        assertThat(interrupted).containsOnly(true);
    }

    /// As a job does whose partition has been taken away.
    private void giveUp() {
        try {
            begun.await();
        } catch (InterruptedException e) {
            // It is set below in any case.
        }
        Thread.currentThread().interrupt();
    }

    private void note() {
        interrupted.add(Thread.currentThread().isInterrupted());
    }
}
