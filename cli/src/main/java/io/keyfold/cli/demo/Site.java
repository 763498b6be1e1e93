package io.keyfold.cli.demo;

import io.keyfold.cli.output.Text;
import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.emulator.EmulatorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// All processes of one Keyfold on this machine, with everything that they keep under one directory.
final class Site implements AutoCloseable {
    /// Which ports to listen on; 0 for free ones.
    record Ports(int broker, int registry, int emulator) {}

    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final int PARTITIONS = 6;

    /// Processes whose state lies on disk or in Kafka.
    private static final Set<String> OUTLIVED = Set.of("broker", "workflow", "worker");

    private final Installation installation;
    private final Path directory;
    private final Consumer<String> progress;
    private final long startedAt = System.nanoTime();
    private final List<ChildProcess> children = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> restarts = new ConcurrentHashMap<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicBoolean leavesDirectory = new AtomicBoolean();

    /// @param progress told a line for each process that is ready
    Site(Installation installation, Path directory, Consumer<String> progress) {
        this.installation = installation;
        this.directory = directory;
        this.progress = progress;
    }

    /// Starts everything, creates the topics, registers the schemas and fills the emulated cloud; returns once a request
    /// can be published.
    void start(Ports ports) {
        var broker = keyfold(
                "broker",
                List.of("-Xmx512m"),
                List.of("--port", String.valueOf(FreePorts.orFree(ports.broker())), "--dir", directory("broker")));
        var registry = RegistryServer.start(
                installation,
                new RegistryServer.Options("127.0.0.1", FreePorts.orFree(ports.registry()), Optional.empty()),
                directory.resolve("registry.log"));
        keep(registry.process());
        var emulator = keyfold(
                "emulator", List.of("-Xmx128m"), List.of("--port", String.valueOf(ports.emulator())));

        settings.put("bootstrap.servers", ready(broker));
        var preparation = new Preparation(connection());
        preparation.createTopics(PARTITIONS, Optional.empty());
        var cloud = ready(emulator);
        new EmulatedCloud(URI.create(cloud)).prepare();
        settings.putAll(cloudSettings(cloud));
        settings.put("schema.registry.url", registry.awaitReady().address());
        say("registry", registry.address());
        new Preparation(connection()).registerSchemas();
        say("topics", "created, schemas registered");

        settings.put("state.dir", directory("state"));
        writeSettings();
        var workflow = keyfold(
                "workflow", List.of("-Xmx256m"), List.of("--config", settingsFile().toString()));
        var workers = keyfold(
                "worker",
                List.of("-Xmx256m"),
                List.of("kms-instance", "root-key", "authorization", "--config", settingsFile().toString()));
        ready(workflow);
        ready(workers);
    }

    Connection connection() {
        return new Connection(settings);
    }

    EmulatedCloud cloud() {
        return new EmulatedCloud(URI.create(settings.getOrDefault("iam.url", "")));
    }

    /// One file with the settings of every process, also for a person's commands.
    Path settingsFile() {
        return directory.resolve("keyfold.properties");
    }

    Path directory() {
        return directory;
    }

    Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    List<ChildProcess> children() {
        synchronized (children) {
            return List.copyOf(children);
        }
    }

    /// The children that have ended although nobody asked them to.
    List<ChildProcess> ended() {
        return children().stream().filter(child -> !child.isAlive()).toList();
    }

    /// What to do about a child that has ended: what is kept on disk or in Kafka outlives it, the rest does not.
    String remedy(ChildProcess ended) {
        return Optional.ofNullable(restarts.get(ended.name()))
                .map(command -> "Start it again from another shell: " + command)
                .orElse("What it held in memory is gone: end this demo with Ctrl-C and start another one");
    }

    boolean isClosed() {
        return isClosed.get();
    }

    /// From now on the directory stays, for someone to look at the logs.
    void leaveDirectory() {
        leavesDirectory.set(true);
    }

    /// Ends every process and removes the directory. Safe to call twice, and from a shutdown hook.
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        synchronized (children) {
            // By force, and all at once: whatever an orderly end would save is removed right after.
            children.forEach(ChildProcess::kill);
            children.forEach(ChildProcess::close);
        }
        if (!leavesDirectory.get()) {
            DemoDirectory.remove(directory);
        }
    }

    private ChildProcess keyfold(String name, List<String> jvmFlags, List<String> arguments) {
        var flags = new ArrayList<>(Installation.QUICK_START);
        flags.addAll(jvmFlags);
        var words = new ArrayList<>(List.of(name));
        words.addAll(arguments);
        if (OUTLIVED.contains(name)) {
            restarts.put(name, "./keyfold " + String.join(" ", words));
        }
        return keep(ChildProcess.start(
                name, installation.keyfold(flags, words), Map.of(), directory.resolve(name + ".log")));
    }

    private ChildProcess keep(ChildProcess child) {
        synchronized (children) {
            children.add(child);
            if (isClosed.get()) {
                child.kill(); // Ctrl-C came while it was being started
            }
        }
        return child;
    }

    private String ready(ChildProcess child) {
        var address = child.awaitReady(READY_WITHIN);
        say(child.name(), address);
        return address;
    }

    private void say(String name, String words) {
        var elapsed = Text.duration(Duration.ofNanos(System.nanoTime() - startedAt));
        progress.accept(String.format(Locale.ROOT, "%8s  %-9s %s", elapsed, name, words));
    }

    private static Map<String, String> cloudSettings(String address) {
        return Map.of(
                "iam.url", address,
                "resource.controller.url", address,
                "key.protect.url", address,
                // The key that every emulator knows; it opens nothing else.
                "ibm.api.key", EmulatorSettings.USUAL_API_KEY,
                "ibm.account.id", EmulatorSettings.USUAL_ACCOUNT,
                "installation", "demo");
    }

    private void writeSettings() {
        var lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(settingsFile(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("The settings cannot be written to " + settingsFile(), e);
        }
    }

    private String directory(String name) {
        return directory.resolve(name).toString();
    }
}
