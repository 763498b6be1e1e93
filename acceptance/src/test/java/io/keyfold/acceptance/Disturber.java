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

    private static final Map<String, String> CREATES = Map.of(
            "kms-instance", "resource-controller.create_instance",
            "root-key", "key-protect.create_key",
            "authorization", "iam-policy-v1.create_policy");

    /// As slow as a call can be that is not given up (4 s): it has its effect when the successor has begun to look.
    private static final int SLOW_MILLIS = 3_800;
    private static final Duration CREATES_BEGIN = Duration.ofMillis(1_200);

    private final Site site;
    private final String standsStill;
    private final List<Runnable> amongWorkers;
    private final List<Runnable> ofWorkflow = new ArrayList<>();
    private final RandomGenerator random;
    private final SortedMap<Instant, String> done = new ConcurrentSkipListMap<>();

    Disturber(Site site, long seed) {
        this.site = site;
        var drawn = new Random(seed);
        this.random = drawn;
        List<String> kinds = new ArrayList<>(Site.KINDS);
        Collections.shuffle(kinds, drawn);
        ofWorkflow.add(this::readEverythingAgain);
        ofWorkflow.add(drawn.nextBoolean() ? this::killWorkflow : this::stopWorkflow);
        Collections.shuffle(ofWorkflow, drawn);
        this.standsStill = kinds.get(0);
        this.amongWorkers = List.of(() -> kill(kinds.get(1)), () -> kill(kinds.get(2)));
    }

    /// Begins once there is a second worker of the kind that is to stand still. The workflow is let live until that one
    /// goes on: without it nothing would be ordered meanwhile.
    ///
    /// @return done when all processes run again
    CompletableFuture<Void> begin() {
        Part successor = site.another(standsStill, Map.of());
        var stoodStill = oneAfterTheOther(List.of(() -> standStill(standsStill, successor)));
        var both = oneAfterTheOther(List.of(() -> endAfterBoth(standsStill, successor)), stoodStill);
        return CompletableFuture.allOf(
                both, oneAfterTheOther(amongWorkers), oneAfterTheOther(ofWorkflow, stoodStill));
    }

    private CompletableFuture<Void> oneAfterTheOther(List<Runnable> disturbances) {
        return oneAfterTheOther(disturbances, CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> oneAfterTheOther(List<Runnable> disturbances, CompletableFuture<Void> before) {
        List<Duration> pauses =
                disturbances.stream().map(_ -> Duration.ofMillis(500L + random.nextInt(2_500))).toList();
        return before.thenRunAsync(() -> {
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

    /// It is stopped while its creates are under way. Their effects come while its successor works already, and it tells
    /// of them last.
    private void standStill(String kind, Part successor) {
        site.cloud().fault(
                "{\"name\":\"slow\",\"operation\":\"" + CREATES.get(kind)
                        + "\",\"fault\":{\"type\":\"latency\",\"ms\":" + SLOW_MILLIS + "}}");
        letPass(CREATES_BEGIN);
        say("kill -STOP of the " + kind + " worker, beside which there is process " + successor.pid());
        site.worker(kind).pause();
        site.cloud().noMoreFault("slow");
        letPass(WORKER_STANDS_STILL);
        say("kill -CONT of the " + kind + " worker");
        site.worker(kind).resume();
    }

    private void endAfterBoth(String kind, Part successor) {
        letPass(TO_TELL);
        successor.close();
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

    static void letPass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }
}
