package io.keyfold.cli.demo;

import io.keyfold.cli.output.Text;
import io.keyfold.cli.process.BrokerSecurity;
import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import io.keyfold.cli.settings.SettingSources;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.Party;
import io.keyfold.schemas.RequestQuotas;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
public final class Site implements AutoCloseable {
    /// Which ports to listen on; 0 for free ones.
    public record Ports(int broker, int registry, int emulator, int gateway) {
        public static final Ports FREE = new Ports(0, 0, 0, 0);
    }

    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration RESTORED_WITHIN = Duration.ofMinutes(30);
    private static final int PARTITIONS = 6;
    private static final String WORKFLOW = "workflow";
    private static final String STATE = "state";
    private static final String INSTALLATION = "demo";

    /// Processes whose state lies on disk or in Kafka.
    private static final Set<String> OUTLIVED = Set.of("broker", WORKFLOW, "worker", "gateway");

    /// Processes that ask and tell others until their end.
    private static final Set<String> CLIENTS = Set.of(WORKFLOW, "worker", "gateway");

    private static final String OF_TRACES = "KEYFOLD_TRACES_";

    private final Installation installation;
    private final Path directory;
    private final Consumer<String> progress;
    private final SiteShape shape;
    private final long startedAt = System.nanoTime();
    private final List<ChildProcess> children = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<Path, String> restarts = new ConcurrentHashMap<>();
    private String gatewayAddress = "";
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicBoolean leavesDirectory = new AtomicBoolean();

    /// A site with a temporary directory of its own, which its end removes.
    ///
    /// @param progress told a line for each process that is ready
    public static Site create(Installation installation, Consumer<String> progress, SiteShape shape) {
        return new Site(installation, DemoDirectory.create(), progress, shape);
    }

    private Site(Installation installation, Path directory, Consumer<String> progress, SiteShape shape) {
        this.installation = installation;
        this.directory = directory;
        this.progress = progress;
        this.shape = shape;
    }

    /// Starts everything, creates the topics and registers the schemas; returns once a request can be published.
    public void start(Ports ports) {
        var broker = keyfold("broker", brokerArguments(ports));
        var registry = RegistryServer.start(
                installation,
                new RegistryServer.Options("127.0.0.1", FreePorts.orFree(ports.registry()), Optional.empty()),
                directory.resolve("registry.log"));
        keep(registry.process());
        var emulator = keyfold("emulator", emulatorArguments(ports));

        settings.put("bootstrap.servers", ready(broker));
        if (shape.isSecure()) {
            grantAccess();
        }
        new Preparation(connection(Party.INSTALLER)).createTopics(PARTITIONS, Optional.empty());
        settings.putAll(cloudSettings(ready(emulator)));
        settings.putAll(shape.settings());
        settings.put("schema.registry.url", registry.awaitReady().address());
        say("registry", registry.address());
        new Preparation(connection(Party.INSTALLER)).registerSchemas();
        say("topics", "created, schemas registered");

        settings.put("state.dir", directory(STATE));
        writeSettings();
        var workflow = startWorkflow();
        var workers = startWorkers();
        var gateway = shape.hasGateway() ? Optional.of(startGateway(ports)) : Optional.<ChildProcess>empty();
        ready(workflow);
        workers.forEach(this::ready);
        gateway.ifPresent(child -> gatewayAddress = ready(child));
    }

    private ChildProcess startWorkflow() {
        return keyfold(WORKFLOW, List.of("--config", settingsFile(Party.WORKFLOW).toString()));
    }

    /// Ends the workflow in order and starts it again with nothing of its own on the disk, as on another machine; returns
    /// once it is ready.
    ///
    /// @return from its start on
    public Duration moveWorkflow() {
        var moved = children().stream().filter(child -> child.name().equals(WORKFLOW)).toList();
        moved.forEach(child -> child.end(READY_WITHIN));
        synchronized (children) {
            children.removeAll(moved);
        }
        DemoDirectory.remove(directory.resolve(STATE));
        var begin = System.nanoTime();
        startWorkflow().awaitReady(RESTORED_WITHIN);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /// It asks for clusters and reads what becomes of them, as orchestrators do.
    private ChildProcess startGateway(Ports ports) {
        return keyfold(
                "gateway",
                List.of(
                        "--config",
                        settingsFile(Party.ORCHESTRATOR).toString(),
                        "--port",
                        String.valueOf(ports.gateway())));
    }

    String gatewayAddress() {
        return gatewayAddress;
    }

    /// One process for all of them; where each has a user of its own, a process each.
    private List<ChildProcess> startWorkers() {
        if (shape.isSecure()) {
            return Party.WORKERS.stream()
                    .map(worker -> startWorkers(worker.id(), worker, List.of(worker.service())))
                    .toList();
        }
        return List.of(
                startWorkers("worker", Party.OPERATOR, List.of("kms-instance", "root-key", "authorization")));
    }

    private ChildProcess startWorkers(String name, Party party, List<String> kinds) {
        var arguments = new ArrayList<>(kinds);
        arguments.addAll(List.of("--config", settingsFile(party).toString()));
        return keyfold(name, "worker", arguments);
    }

    private List<String> brokerArguments(Ports ports) {
        var arguments = new ArrayList<>(
                List.of("--port", String.valueOf(FreePorts.orFree(ports.broker())), "--dir", directory("broker")));
        if (shape.isSecure()) {
            arguments.add("--secure");
        }
        return arguments;
    }

    private List<String> emulatorArguments(Ports ports) {
        var arguments = new ArrayList<>(List.of("--port", String.valueOf(ports.emulator())));
        shape.seed().ifPresent(seed -> arguments.addAll(List.of("--seed", String.valueOf(seed))));
        return arguments;
    }

    private void grantAccess() {
        var administrator = new HashMap<>(settings);
        administrator.putAll(userSettings(BrokerSecurity.ADMINISTRATOR));
        var rules = new AccessRules(INSTALLATION, WorkflowSettings.applicationId("", INSTALLATION), Map.of());
        var preparation = new Preparation(new Connection(administrator));
        var granted = preparation.grantAccess(rules);
        var quotas = preparation.setQuotas(
                new RequestQuotas(rules.principals(), RequestQuotas.DEFAULT_BYTES_PER_SECOND));
        say("access", granted.size() + " rights granted to " + rules.principals().size() + " users, " + quotas.size()
                + " of them held to a quota");
    }

    /// As the deploy orchestrator, who asks for encryption and reads what becomes of it.
    public Connection connection() {
        return connection(Party.ORCHESTRATOR);
    }

    private Connection connection(Party party) {
        var patient = settings(party);
        // Its broker is there, and may be slow as long as everything starts at once.
        patient.putIfAbsent("kafka.default.api.timeout.ms", "30000");
        return new Connection(patient);
    }

    private Map<String, String> settings(Party party) {
        var complete = new LinkedHashMap<>(settings);
        if (shape.isSecure()) {
            complete.putAll(userSettings(party.user()));
        }
        return complete;
    }

    private Map<String, String> userSettings(String user) {
        return SettingSources.read(BrokerSecurity.settings(directory.resolve("broker"), user, false));
    }

    EmulatedCloud cloud() {
        return new EmulatedCloud(URI.create(settings.getOrDefault("iam.url", "")));
    }

    /// The settings for a person's commands.
    public Path settingsFile() {
        return settingsFile(Party.OPERATOR);
    }

    /// One file for everybody; where each has a user of its own, a file each.
    private Path settingsFile(Party party) {
        return directory.resolve((shape.isSecure() ? party.id() : "keyfold") + ".properties");
    }

    public Path directory() {
        return directory;
    }

    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    public List<ChildProcess> children() {
        synchronized (children) {
            return List.copyOf(children);
        }
    }

    /// The children that have ended although nobody asked them to.
    public List<ChildProcess> ended() {
        return children().stream().filter(child -> !child.isAlive()).toList();
    }

    /// What to do about a child that has ended: what is kept on disk or in Kafka outlives it, the rest does not.
    String remedy(ChildProcess ended) {
        return Optional.ofNullable(restarts.get(ended.log()))
                .map(command -> "Start it again from another shell: " + command)
                .orElse("What it held in memory is gone: end this demo with Ctrl-C and start another one");
    }

    public boolean isClosed() {
        return isClosed.get();
    }

    /// From now on the directory stays, for someone to look at the logs.
    public void leaveDirectory() {
        leavesDirectory.set(true);
    }

    /// Ends every process in order, who needs the others first, and returns when all have ended.
    ///
    /// @param patience how long each may take before it is ended by force
    void endInOrder(Duration patience) {
        var all = children();
        var clients = all.stream().filter(child -> CLIENTS.contains(child.name())).toList();
        clients.parallelStream().forEach(child -> child.end(patience));
        all.stream().filter(child -> !clients.contains(child)).parallel().forEach(child -> child.end(patience));
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

    private ChildProcess keyfold(String command, List<String> arguments) {
        return keyfold(command, command, arguments);
    }

    private ChildProcess keyfold(String name, String command, List<String> arguments) {
        var log = directory.resolve(name + ".log");
        var words = new ArrayList<>(List.of(command));
        words.addAll(arguments);
        if (OUTLIVED.contains(command)) {
            restarts.put(log, "./keyfold " + String.join(" ", words));
        }
        return keep(
                ChildProcess.start(
                        command, installation.keyfold(shape.jvmFlags(command), words), inherited(command), log));
    }

    /// Where spans go is said to all at once.
    private static Map<String, String> inherited(String command) {
        return CLIENTS.contains(command)
                ? System.getenv().entrySet().stream().filter(it -> it.getKey().startsWith(OF_TRACES))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))
                : Map.of();
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
                "installation", INSTALLATION);
    }

    private void writeSettings() {
        Arrays.stream(Party.values()).forEach(this::writeSettings);
    }

    private void writeSettings(Party party) {
        var lines = settings(party).entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(settingsFile(party), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("The settings cannot be written to " + settingsFile(party), e);
        }
    }

    private String directory(String name) {
        return directory.resolve(name).toString();
    }
}
