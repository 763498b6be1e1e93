package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// How long nobody folds when a process of the workflow ends, measured several times under load
/// (`-Dkeyfold.takeovers=N`): until [Pulse] sees every partition folded that was that process'. Beside it the longest time
/// that the status of a real run stood still.
///
/// The bounds are for a machine that has nothing else to do; one on which the rest of a build runs can have others
/// (`-Dkeyfold.recovery.slower=N`: N times as much). `-Dkeyfold.clusters.before=N` lets it know so many clusters already,
/// `-Dkeyfold.standbys=1` lets another process keep a copy of its state.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class AWorkflowThatDiesIsTakenOverIT {
    private static final int TIMES = Integer.getInteger("keyfold.takeovers", 5);
    private static final int SLOWER = Integer.getInteger("keyfold.recovery.slower", 1);
    private static final int CLUSTERS_BEFORE = Integer.getInteger("keyfold.clusters.before", 0);
    private static final Map<String, String> STANDBYS =
            Map.of("KEYFOLD_KAFKA_NUM_STANDBY_REPLICAS", System.getProperty("keyfold.standbys", "0"));
    private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(10L * SLOWER);
    private static final Duration CLEANLY_RESTARTED_WITHIN = Duration.ofSeconds(5L * SLOWER);

    /// Of a run: what waits for a worker's answer comes on top.
    private static final Duration STALL = Duration.ofSeconds(30L * SLOWER);

    /// Kafka's own default; our broker for trials does not wait for further members of a group that begins.
    private static final Map<String, String> BROKER = Map.of("group.initial.rebalance.delay.ms", "3000");

    private Fleet fleet;
    private UnderLoad load;
    private Pulse pulse;

    @BeforeEach
    void begin() {
        Path directory = UnderLoad.directory("take-over");
        fleet = new Fleet(directory, BROKER);
        load = UnderLoad.begin(fleet, 1, STANDBYS, _ -> Map.of());
        ask(CLUSTERS_BEFORE);
        pulse = new Pulse(fleet, UnderLoad.PARTITIONS);
        pulse.mark();
        pulse.awaitEach(); // and so all that was asked before
    }

    private void ask(int clusters) {
        try (var orchestrator = new PatientOrchestrator(fleet.bootstrapServers(), fleet.registryUrl())) {
            Map<String, String> nothing = new HashMap<>();
            nothing.put("key_management", null);
            orchestrator.deployEach(
                    IntStream.rangeClosed(1, clusters).mapToObj(number -> "before-" + number).toList(), nothing);
        }
    }

    @AfterEach
    void end() {
        if (pulse != null) {
            pulse.close();
        }
        if (load != null) {
            load.close();
        }
        fleet.close();
    }

    @Test
    @Tag("case-62")
    @Tag("case-77")
    void of_two_processes_one_is_killed_and_the_other_takes_over() throws InterruptedException {
        var takenOver = new Figures("kill -9 of one of two: all of its partitions folded");
        Part victim = load.workflow();
        Part successor = load.anotherWorkflow(STANDBYS);
        try (var shares = new Shares(fleet.bootstrapServers())) {
            for (int time = 1; time <= TIMES; time++) {
                Map<String, Set<Integer>> before = shares.await(2, UnderLoad.PARTITIONS);
                takenOver.add(kill(victim, shares, before, "kill " + time));
                victim = successor;
                successor = load.anotherWorkflow(STANDBYS); // with no state of its own, as on another machine
            }
        }
        pulse.stop();
        load.end();
        tell("Two processes, one killed", List.of(takenOver));
        assertThat(takenOver.most()).isLessThan(TAKEN_OVER_WITHIN);
    }

    /// @return until the last of its partitions was folded again
    private Duration kill(Part victim, Shares shares, Map<String, Set<Integer>> before, String what) {
        var last = new AtomicReference<>(Duration.ZERO);
        load.letGo(victim);
        load.through(what, STALL, () -> {
            pulse.mark();
            victim.kill();
            Map<Integer, Duration> again = pulse.awaitEach();
            Set<String> survivor = shares.await(1, UnderLoad.PARTITIONS).keySet();
            Set<Integer> held = new TreeSet<>();
            before.forEach((process, share) -> held.addAll(survivor.contains(process) ? Set.of() : share));
            System.out.println(what + ": it held " + held + "; folded again after " + again);
            last.set(latest(again, held));
        });
        return last.get();
    }

    private static Duration latest(Map<Integer, Duration> again, Set<Integer> partitions) {
        assertThat(partitions).as("partitions of the one that was killed").isNotEmpty();
        return again.entrySet().stream().filter(partition -> partitions.contains(partition.getKey()))
                .map(Map.Entry::getValue).max(Duration::compareTo).orElseThrow();
    }

    @Test
    @Tag("case-69")
    void the_only_process_is_stopped_cleanly_and_started_again() throws InterruptedException {
        var stopped = new Figures("SIGTERM to its end");
        var folding = new Figures("its start to all partitions folded");
        var both = new Figures("SIGTERM to all partitions folded");
        for (int time = 1; time <= TIMES; time++) {
            load.through("clean restart " + time, STALL, () -> {
                Duration stop = timed(load.workflow()::terminate);
                pulse.mark(); // until its end it goes on folding
                load.workflow().restart();
                Duration again = latest(pulse.awaitEach());
                stopped.add(stop);
                folding.add(again);
                both.add(again.plus(stop));
            });
        }
        pulse.stop();
        load.end();
        tell("One process, SIGTERM and started again at once", List.of(stopped, folding, both));
        assertThat(folding.most()).isLessThan(CLEANLY_RESTARTED_WITHIN);
    }

    @Test
    @Tag("case-77")
    void the_only_process_is_killed_and_started_again() throws InterruptedException {
        var folding = new Figures("kill -9 and start to all partitions folded");
        for (int time = 1; time <= TIMES; time++) {
            load.through("kill and start " + time, STALL, () -> {
                pulse.mark();
                load.workflow().kill();
                load.workflow().restart();
                folding.add(latest(pulse.awaitEach()));
            });
        }
        pulse.stop();
        load.end();
        tell("One process, killed and started again at once", List.of(folding));
        assertThat(folding.most()).isLessThan(TAKEN_OVER_WITHIN);
    }

    private static Duration latest(Map<Integer, Duration> again) {
        return again.values().stream().max(Duration::compareTo).orElseThrow();
    }

    private static Duration timed(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static void tell(String title, List<Figures> figures) {
        System.out.println(Figures.head(title));
        figures.forEach(System.out::println);
    }
}
