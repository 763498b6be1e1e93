package io.keyfold.cli.bench;

import io.keyfold.cli.process.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Starts a site of its own, loads it, and measures.
public final class Bench implements AutoCloseable {
    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final double PACE = 20;
    private static final String RAW = "bench-raw";
    private static final String IN = "bench-hop-in";
    private static final String OUT = "bench-hop-out";

    /// From request to instance, from instance to key and authorizations, from those to the end.
    private static final int STREAMS_HOPS_OF_A_WORKFLOW = 3;

    private final Installation installation;
    private final BenchSite site;
    private final Effort effort;
    private final long seed;
    private final Consumer<String> progress;

    /// @param seed     what is drawn, is drawn from it
    /// @param progress told what is being done
    public Bench(
            Installation installation, Effort effort, long seed, Tuning tuning, Consumer<String> progress) {
        this.installation = installation;
        this.site = new BenchSite(installation, seed, tuning, progress);
        this.effort = effort;
        this.seed = seed;
        this.progress = progress;
    }

    public BenchReport run() {
        progress.accept("Decisions alone");
        var fold = FoldFloor.measure(effort.fold());
        site.start();
        HopFloor.createTopics(site.connection(), RAW, IN, OUT);
        try (var traffic = new Traffic(site.connection(), new Workload(seed))) {
            progress.accept("Many workflows at a time, without latency");
            var saturated = saturate(traffic, effort.warmUp());
            progress.accept("Floors");
            var http = HttpFloor.measure(site.emulator(), effort.http(), this::clientAndServerCpu);
            var raw = rawHop();
            var hops = streamsHops();
            var oneByOne = effort.oneByOne() == 0 ? Optional.<Spread>empty() : Optional.of(oneByOne(traffic));

            site.delayEachCall(LATENCY);
            progress.accept("%.0f workflows a second, each call %d ms".formatted(PACE, LATENCY.toMillis()));
            var before = site.mark(traffic.ended());
            var times = traffic.atPace(PACE, effort.paced());
            var paced = site.mark(traffic.ended()).since(before);
            var slow = effort.slowToo() ? Optional.of(slow(traffic)) : Optional.<Stretch>empty();
            site.delayNoCall();

            return new BenchReport(new Figures(
                    seed, LATENCY, PACE, saturated, slow, paced, times, oneByOne, raw, hops.one(), hops.three(), http,
                    fold, restore(traffic), starts()));
        }
    }

    private Stretch saturate(Traffic traffic, Duration warmUp) {
        var before = site.mark(traffic.ended());
        return traffic.saturate(effort.inFlight(), warmUp, effort.saturated(), () -> {
            var now = site.mark(traffic.ended());
            tell(before, now);
            return now;
        });
    }

    /// How far the compilers are can be seen by it.
    private void tell(Stretch.Mark before, Stretch.Mark now) {
        progress.accept("  %,d ended after %.0f s".formatted(
                now.workflows() - before.workflows(), (now.nanos() - before.nanos()) / 1e9));
    }

    private Stretch slow(Traffic traffic) {
        progress.accept("Many workflows at a time, each call " + LATENCY.toMillis() + " ms");
        // A workflow waits for its calls meanwhile: more have to be under way to keep the processors busy.
        return traffic.saturate(
                effort.inFlight() * 3, effort.saturated().dividedBy(2), effort.saturated(),
                () -> site.mark(traffic.ended()));
    }

    private Spread oneByOne(Traffic traffic) {
        progress.accept("One workflow at a time, without latency");
        return traffic.oneByOne(effort.oneByOne());
    }

    private Spread rawHop() {
        try (var hop = new HopFloor(site.connection(), RAW, RAW)) {
            hop.awaitFirst();
            hop.measure(effort.hops() / 2, 1);
            return hop.measure(effort.hops(), 1);
        }
    }

    private record StreamsHops(Spread one, Spread three) {}

    private StreamsHops streamsHops() {
        var bootstrap = site.connection().bootstrapServers();
        try (var _ = StreamsHop.start(bootstrap, site.directory(), IN, OUT);
                var hop = new HopFloor(site.connection(), IN, OUT)) {
            hop.awaitFirst();
            hop.measure(effort.hops() / 2, 1);
            return new StreamsHops(
                    hop.measure(effort.hops(), 1), hop.measure(effort.hops(), STREAMS_HOPS_OF_A_WORKFLOW));
        }
    }

    private Optional<Restore> restore(Traffic traffic) {
        if (!effort.restore()) {
            return Optional.empty();
        }
        progress.accept("The workflow on another machine");
        return Optional.of(Restore.measure(site, traffic));
    }

    private Duration clientAndServerCpu() {
        return Cpu.of(ProcessHandle.current().pid()).plus(site.emulatorCpu());
    }

    private Map<String, Double> starts() {
        if (effort.starts() == 0) {
            return Map.of();
        }
        progress.accept("Starts of short commands");
        return new Starts(installation, site.settingsFile(), effort.starts()).measure();
    }

    /// Where everything is kept until the end.
    Path directory() {
        return site.directory();
    }

    /// True once [#close] was called, by a shutdown hook for example.
    public boolean isClosed() {
        return site.isClosed();
    }

    /// Something went wrong: the logs stay; returns where.
    public Path leaveLogs() {
        return site.leaveLogs();
    }

    @Override
    public void close() {
        site.close();
    }
}
