package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Kills the processes of a fleet (`kill -9`) and stops them for a while (`kill -STOP`), drawn from a seed: one of the
/// workers and one of all others at a time.
final class Killer {
    private static final String EMULATOR = "emulator";

    /// Up to longer than Kafka waits for a worker or the workflow (6 s).
    private static final int LONGEST_STOP_MILLIS = 8_000;

    /// All that wait for the broker stand still meanwhile.
    private static final int LONGEST_STOP_OF_A_BROKER_MILLIS = 4_000;

    /// Well below what a call may take: IBM Cloud is taken to have done by then what it does at all
    /// (docs/decisions/0011).
    private static final int LONGEST_STOP_OF_THE_CLOUD_MILLIS = 1_500;

    private static final double LEAD = 0.03;
    private static final Duration LOAD_GOES_ON_WITHIN = Duration.ofMinutes(20);

    private final Map<String, Part> workers;
    private final Map<String, Part> others;
    private final List<Deed> amongWorkers = new ArrayList<>();
    private final List<Deed> amongOthers = new ArrayList<>();
    private final RandomGenerator random;
    private final Runnable afterABroker;
    private final AtomicInteger killed = new AtomicInteger();
    private final Map<String, Integer> endedByThemselves = new TreeMap<>();
    private final int kills;

    /// @param pause before it is done
    /// @param stop  for how long it stands still; empty to kill it
    private record Deed(String process, Duration pause, Optional<Duration> stop) {}

    /// @param workers by name
    /// @param others  by name: brokers, registry, workflows and the emulator, which is stopped, but never killed: its cloud
    ///                would be gone with it
    /// @param afterABroker waits until a broker that was killed and is back may be followed by the next
    /// @param kills   how many; a quarter as many stops come on top
    Killer(Map<String, Part> workers, Map<String, Part> others, Runnable afterABroker, long seed, int kills) {
        this.workers = Map.copyOf(workers);
        this.others = Map.copyOf(others);
        this.afterABroker = afterABroker;
        this.random = new SplittableRandom(seed);
        this.kills = kills;
        var mayBeKilled = new TreeMap<>(others);
        mayBeKilled.remove(EMULATOR);
        List<String> oneOfEachKind = oneOfEachKind(Stream.of(workers, mayBeKilled).flatMap(it -> it.keySet().stream()));
        oneOfEachKind.stream().limit(kills).forEach(name -> add(name, Optional.empty()));
        for (int kill = oneOfEachKind.size(); kill < kills; kill++) {
            draw(new TreeMap<>(workers), mayBeKilled, false);
        }
        for (int stop = 0; stop < kills / 4; stop++) {
            draw(new TreeMap<>(workers), new TreeMap<>(others), true);
        }
    }

    /// So that a short storm, too, strikes each: `broker 1` and `broker 2` are of one kind.
    private List<String> oneOfEachKind(Stream<String> names) {
        return names.sorted()
                .collect(Collectors.groupingBy(name -> name.split(" ", 2)[0], TreeMap::new, Collectors.toList()))
                .values().stream().map(kind -> kind.get(random.nextInt(kind.size()))).toList();
    }

    /// Three among the workers for two among all others.
    private void draw(Map<String, Part> among, Map<String, Part> orAmong, boolean isStop) {
        boolean isWorker = random.nextInt(5) < 3;
        List<String> names = List.copyOf((isWorker ? among : orAmong).keySet());
        String name = names.get(random.nextInt(names.size()));
        Optional<Duration> stop = isStop ? Optional.of(Duration.ofMillis(500 + random.nextInt(longest(name) - 500)))
                : Optional.empty();
        add(name, stop);
    }

    /// At any place among what is done to workers, or to all others.
    private void add(String name, Optional<Duration> stop) {
        List<Deed> deeds = workers.containsKey(name) ? amongWorkers : amongOthers;
        deeds.add(
                random.nextInt(deeds.size() + 1),
                new Deed(name, Duration.ofMillis(100 + random.nextInt(900)), stop));
    }

    private static int longest(String name) {
        return switch (name) {
            case EMULATOR -> LONGEST_STOP_OF_THE_CLOUD_MILLIS;
            case "registry" -> LONGEST_STOP_OF_A_BROKER_MILLIS;
            default -> isBroker(name) ? LONGEST_STOP_OF_A_BROKER_MILLIS : LONGEST_STOP_MILLIS;
        };
    }

    private static boolean isBroker(String name) {
        return name.startsWith("broker");
    }

    /// @param load how much of the load has come to an end, from 0 to 1: no kill runs far ahead of it
    /// @return done when all processes run again
    CompletableFuture<Void> begin(DoubleSupplier load) {
        return CompletableFuture.allOf(
                Stream.of(amongWorkers, amongOthers).map(
                        deeds -> CompletableFuture.runAsync(
                                () -> deeds.forEach(deed -> bring(deed, load)), Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new));
    }

    private void bring(Deed deed, DoubleSupplier load) {
        await("the load").pollDelay(deed.pause()).atMost(LOAD_GOES_ON_WITHIN)
                .until(() -> progress() <= load.getAsDouble() + LEAD);
        Part part = part(deed.process());
        restartIfItHasEnded(deed.process(), part);
        if (deed.stop().isPresent()) {
            part.pause();
            await().pollDelay(deed.stop().get()).atMost(deed.stop().get().plusSeconds(60)).until(() -> true);
            part.resume();
        } else {
            part.kill();
            part.restart();
            part.awaitReady();
            if (isBroker(deed.process())) {
                afterABroker.run();
            }
            killed.incrementAndGet();
        }
    }

    private Part part(String name) {
        Part part = workers.containsKey(name) ? workers.get(name) : others.get(name);
        if (part == null) {
            throw new IllegalArgumentException("No process " + name);
        }
        return part;
    }

    /// As whatever supervises them does. Starts anew also what has ended while nobody was looking.
    void restartWhatHasEnded() {
        workers.forEach(this::restartIfItHasEnded);
        others.forEach(this::restartIfItHasEnded);
    }

    private void restartIfItHasEnded(String name, Part part) {
        if (!part.isAlive()) {
            synchronized (endedByThemselves) {
                endedByThemselves.merge(name, 1, Integer::sum);
            }
            part.restart();
            part.awaitReady();
        }
    }

    /// How much of it is done, from 0 to 1.
    double progress() {
        return kills == 0 ? 1 : killed.get() / (double) kills;
    }

    int killed() {
        return killed.get();
    }

    /// How often each process was killed and stopped, a line each.
    Map<String, String> table() {
        var table = new TreeMap<String, String>();
        for (Map<String, Part> parts : List.of(workers, others)) {
            parts.keySet()
                    .forEach(name -> table.put(name, count(name, false) + " kills, " + count(name, true) + " stops"));
        }
        return table;
    }

    private long count(String name, boolean stops) {
        return amongWorkers.stream().filter(it -> it.process().equals(name) && it.stop().isPresent() == stops).count()
                + amongOthers.stream().filter(it -> it.process().equals(name) && it.stop().isPresent() == stops)
                        .count();
    }

    /// What has ended though nobody had killed it.
    Map<String, Integer> endedByThemselves() {
        synchronized (endedByThemselves) {
            return Map.copyOf(endedByThemselves);
        }
    }
}
