package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;

/// Kills the processes of a site, stops them for longer than Kafka waits for them, and lets the workflow read everything
/// once more, in an order drawn from a seed.
final class Disturber {
    /// Longer than a worker may be silent (3 s), with the time that its successor needs to take over.
    private static final Duration WORKER_STANDS_STILL = Duration.ofMillis(4_500);

    /// Longer than the workflow may be silent (6 s).
    private static final Duration WORKFLOW_STANDS_STILL = Duration.ofMillis(7_500);

    /// In it, a worker that stood still tells of what it has done since: of that nobody else knows.
    private static final Duration TO_TELL = Duration.ofSeconds(5);

    private final Site site;
    private final List<List<Runnable>> lanes;
    private final RandomGenerator random;
    private final SortedMap<Instant, String> done = new ConcurrentSkipListMap<>();

    Disturber(Site site, long seed) {
        this.site = site;
        var drawn = new Random(seed);
        this.random = drawn;
        List<String> kinds = new ArrayList<>(Site.KINDS);
        Collections.shuffle(kinds, drawn);
        List<Runnable> ofWorkflow = new ArrayList<>();
        ofWorkflow.add(this::readEverythingAgain);
        ofWorkflow.add(drawn.nextBoolean() ? this::killWorkflow : this::stopWorkflow);
        Collections.shuffle(ofWorkflow, drawn);
        this.lanes = List.of(
                List.of(() -> standStill(kinds.get(0))), List.of(() -> kill(kinds.get(1)), () -> kill(kinds.get(2))),
                ofWorkflow);
    }

    /// Begins, at the same time with each worker and with the workflow; done when all of them run again.
    CompletableFuture<Void> begin() {
        return CompletableFuture.allOf(lanes.stream().map(this::oneAfterTheOther).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> oneAfterTheOther(List<Runnable> disturbances) {
        List<Duration> pauses =
                disturbances.stream().map(_ -> Duration.ofMillis(1_000L + random.nextInt(3_000))).toList();
        return CompletableFuture.runAsync(() -> {
            for (int at = 0; at < disturbances.size(); at++) {
                letPass(pauses.get(at));
                disturbances.get(at).run();
            }
        }, Thread::startVirtualThread);
    }

    /// What was done when.
    SortedMap<Instant, String> done() {
        return done;
    }

    private void kill(String kind) {
        say("kill -9 of the " + kind + " worker");
        site.worker(kind).kill();
        site.worker(kind).restart();
        site.worker(kind).awaitReady();
        say("the " + kind + " worker is back");
    }

    /// Its successor works while it stands still; then both are there.
    private void standStill(String kind) {
        try (Part successor = site.another(kind, Map.of())) {
            say("kill -STOP of the " + kind + " worker, beside which process " + successor.pid() + " has begun");
            site.worker(kind).pause();
            letPass(WORKER_STANDS_STILL);
            say("kill -CONT of the " + kind + " worker");
            site.worker(kind).resume();
            letPass(TO_TELL);
        }
        say("the second " + kind + " worker has ended");
    }

    private void killWorkflow() {
        say("kill -9 of the workflow");
        site.workflow().kill();
        restartWorkflow();
    }

    private void stopWorkflow() {
        say("kill -STOP of the workflow");
        site.workflow().pause();
        letPass(WORKFLOW_STANDS_STILL);
        say("kill -CONT of the workflow");
        site.workflow().resume();
    }

    private void readEverythingAgain() {
        say("kill -9 of the workflow, which is to begin again with the first record");
        site.workflow().kill();
        site.rewindTheWorkflow();
        restartWorkflow();
    }

    private void restartWorkflow() {
        site.workflow().restart();
        site.workflow().awaitReady();
        say("the workflow is back");
    }

    private void say(String what) {
        done.put(Instant.now(), what);
    }

    private static void letPass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }
}
