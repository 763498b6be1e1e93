package io.keyfold.cli.bench;

import io.keyfold.cli.demo.Site;
import io.keyfold.cli.demo.SiteShape;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.topic.Connection;
import io.keyfold.workers.WorkerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A site as one would run it, but for two things: nothing holds back its calls, and the emulator has room for what is made.
final class BenchSite implements AutoCloseable {
    /// More calls in a second than there ever are. What the workers usually hold themselves to, 50, is for IBM's sake.
    static final int NO_RATE = 1_000_000;

    private final Site site;
    private EmulatorDials dials = new EmulatorDials(URI.create("http://127.0.0.1"));

    BenchSite(Installation installation, long seed, Tuning tuning, Consumer<String> progress) {
        this.site = Site.create(
                installation,
                progress,
                new SiteShape(
                        false,
                        false,
                        OptionalLong.of(seed),
                        settings(tuning),
                        jvmFlags(tuning),
                        Map.of("broker", "512m", "emulator", "1g", "workflow", "512m", "worker", "512m")));
    }

    private static Map<String, String> settings(Tuning tuning) {
        var unheld = String.valueOf(NO_RATE);
        var settings = new HashMap<>(Map.of(
                WorkerSettings.IAM_RATE, unheld,
                WorkerSettings.RESOURCE_CONTROLLER_RATE, unheld,
                WorkerSettings.KEY_PROTECT_RATE, unheld));
        settings.putAll(tuning.settings());
        return settings;
    }

    private static List<String> jvmFlags(Tuning tuning) {
        // As the launcher starts services.
        var flags = new ArrayList<>(List.of("-XX:+ExitOnOutOfMemoryError"));
        flags.addAll(tuning.jvmFlags());
        return flags;
    }

    void start() {
        site.start(Site.Ports.FREE);
        dials = new EmulatorDials(emulator());
    }

    URI emulator() {
        return URI.create(site.settings().getOrDefault(WorkerSettings.IAM_URL, ""));
    }

    Connection connection() {
        return site.connection();
    }

    Path directory() {
        return site.directory();
    }

    Path settingsFile() {
        return site.settingsFile();
    }

    Stretch.Mark mark(long workflows) {
        return new Stretch.Mark(System.nanoTime(), workflows, Cpu.of(site.children()), dials.calls());
    }

    /// What the emulator has used of the processors.
    Duration emulatorCpu() {
        return Cpu.of(site.children()).byProcess().getOrDefault("emulator", Duration.ZERO);
    }

    /// @return until it was ready, from its start on
    Duration moveWorkflow() {
        return site.moveWorkflow();
    }

    void delayEachCall(Duration latency) {
        dials.delayEachCall(latency);
    }

    void delayNoCall() {
        dials.delayNoCall();
    }

    boolean isClosed() {
        return site.isClosed();
    }

    /// The logs stay, until the next demo or benchmark; returns where.
    Path leaveLogs() {
        site.leaveDirectory();
        return site.directory();
    }

    @Override
    public void close() {
        dials.close();
        site.close();
    }
}
