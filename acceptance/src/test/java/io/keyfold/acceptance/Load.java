package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.contract.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Clusters that are asked for one after the other, whatever becomes of the processes meanwhile.
final class Load implements AutoCloseable {
    /// An instance that must be there already: every fourth cluster gets its key in it.
    static final String SHARED_INSTANCE = "company-kms";

    /// What the keys of clusters that are to fail are called; a fault of the emulator refuses them.
    static final String REFUSED = "refused-";

    private static final Duration BETWEEN = Duration.ofMillis(300);

    private final Orchestrator orchestrator;
    private final Consumer<String> asking;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Set<RunState>> expected = new ConcurrentSkipListMap<>();
    private final List<String> figures = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger asked = new AtomicInteger();

    Load(Orchestrator orchestrator) {
        this(orchestrator, BETWEEN, _ -> {});
    }

    /// @param between two requests
    /// @param asking  is told of each cluster right before it is asked for
    Load(Orchestrator orchestrator, Duration between, Consumer<String> asking) {
        this.orchestrator = orchestrator;
        this.asking = asking;
        clock.scheduleAtFixedRate(this::askSafely, 0, between.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void askSafely() {
        try {
            ask();
        } catch (RuntimeException e) { // else it would end the load in silence
            failure.compareAndSet(null, e);
        }
    }

    private void ask() {
        int number = asked.getAndIncrement();
        switch (number % 8) {
            case 1, 5 -> deploy("shared-" + number, Map.of("kms_instance_name", SHARED_INSTANCE), RunState.COMPLETED);
            case 2 -> deploy(REFUSED + number, Map.of(), RunState.FAILED);
            case 3 -> {
                String cluster = deploy(
                        "cancelled-" + number, Map.of(), RunState.CANCELLED, RunState.COMPLETED);
                orchestrator.control(cluster, "CANCEL", "r-cancelled-" + number);
            }
            case 6 -> deploy("bad-" + number, Map.of("kms_key_name", "a-key-of-no-instance"), RunState.REJECTED);
            case 7 -> deploy("provider-" + number, Map.of("key_management", "null"), RunState.COMPLETED);
            default -> deploy("own-" + number, Map.of(), RunState.COMPLETED);
        }
    }

    String deploy(String prefix, Map<String, ?> otherwise, RunState... mayEndAs) {
        asking.accept("default/" + prefix);
        String cluster = orchestrator.deploy(prefix, otherwise);
        expected.put(cluster, EnumSet.copyOf(List.of(mayEndAs)));
        return cluster;
    }

    void deprovision(String cluster) {
        orchestrator.control(cluster, "DEPROVISION", "r-" + cluster.substring(cluster.indexOf('/') + 1));
    }

    void retry(String cluster) {
        orchestrator.control(cluster, "RETRY", "r-" + cluster.substring(cluster.indexOf('/') + 1));
    }

    /// How each cluster may end.
    Map<String, Set<RunState>> expected() {
        return new HashMap<>(expected);
    }

    int asked() {
        return asked.get();
    }

    /// Waits until so many more have been asked for.
    void awaitAsked(int more) {
        int enough = asked() + more;
        await("the load goes on").atMost(Duration.ofMinutes(2)).until(() -> failure.get() != null || asked() >= enough);
        if (failure.get() != null) {
            throw new AssertionError("The load has ended", failure.get());
        }
    }

    void tell(String figure) {
        figures.add(figure);
    }

    String figures() {
        return asked() + " requests; " + String.join("; ", figures);
    }

    void stop() {
        awaitAsked(1);
        clock.shutdown();
        try {
            if (!clock.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new AssertionError("The last request was not written within 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        orchestrator.close();
    }
}
