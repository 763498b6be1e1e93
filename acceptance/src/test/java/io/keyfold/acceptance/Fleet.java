package io.keyfold.acceptance;

import io.keyfold.cli.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A broker, a registry and an emulated cloud, and around them any copies of workflow and workers, of any version, each
/// in a process of its own.
final class Fleet implements AutoCloseable {
    static final String WORKFLOW = "workflow";

    /// How soon Kafka misses a process, and what the architecture waits a minute for, as in [Site].
    private static final Map<String, String> QUICK = Map.of(
            "KEYFOLD_SECOND_LOOK_AFTER_MS", "3000",
            "KEYFOLD_ASK_AGAIN_AFTER_MS", "500",
            "KEYFOLD_CALL_TIMEOUT_MS", "4000",
            "KEYFOLD_IAM_RATE", "2000",
            "KEYFOLD_RESOURCE_CONTROLLER_RATE", "2000",
            "KEYFOLD_KEY_PROTECT_RATE", "2000");
    private static final Map<String, String> WORKFLOW_SESSION = Map.of("KEYFOLD_SESSION_TIMEOUT_MS", "6000");
    private static final Map<String, String> WORKER_SESSION = Map.of(
            "KEYFOLD_KAFKA_SESSION_TIMEOUT_MS", "6000",
            "KEYFOLD_KAFKA_HEARTBEAT_INTERVAL_MS", "1000");

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>(QUICK);
    private final List<Part> open = new ArrayList<>();
    private final Brokers brokers;
    private final Part registry;
    private final Part emulator;
    private final Cloud cloud;
    private Optional<SmallDisk> ofStates = Optional.empty();
    private int started;

    /// Starts broker, registry and emulator. What the directory has of an earlier broker or registry goes on.
    ///
    /// @param brokerProperties the broker's own, beside the demo's
    Fleet(Path directory, Map<String, String> brokerProperties) {
        this(directory, brokerProperties, List.of());
    }

    /// The same, with further options of the emulator.
    Fleet(Path directory, Map<String, String> brokerProperties, List<String> emulatorOptions) {
        this(directory, Brokers.one(directory, brokerProperties), emulatorOptions);
    }

    /// The same around these brokers, which are closed with it.
    Fleet(Path directory, Brokers brokers, List<String> emulatorOptions) {
        this.directory = directory;
        this.brokers = brokers;
        Path home = Program.present().home();
        registry = opened(
                Part.start(
                        home, List.of("registry", "--port", Integer.toString(FreePorts.find(1).getFirst())),
                        Map.of("KEYFOLD_REGISTRY_DIR", directory.resolve("registry").toString()),
                        logs("registry-log")));
        var emulatorArguments =
                new ArrayList<>(List.of("emulator", "--listen-port", "0", "--resource-groups", "Default"));
        emulatorArguments.addAll(emulatorOptions);
        emulator = opened(
                Part.start(home, emulatorArguments, Map.of(), logs("emulator"), "emulator"));
        environment.put("KEYFOLD_BOOTSTRAP_SERVERS", brokers.bootstrapServers());
        environment.put("KEYFOLD_SCHEMA_REGISTRY_URL", registry.awaitReady().address());
        cloud = new Cloud(emulator.awaitReady().address());
        for (String api : List.of("IAM", "RESOURCE_CONTROLLER", "KEY_PROTECT")) {
            environment.put("KEYFOLD_" + api + "_URL", cloud.url());
        }
        environment.put("KEYFOLD_IBM_API_KEY", "emulator-api-key");
        environment.put("KEYFOLD_IBM_ACCOUNT_ID", "0123456789abcdef0123456789abcdef");
    }

    /// Whatever process of the workflow is started from now on has its state there.
    void keepStatesOn(SmallDisk disk) {
        ofStates = Optional.of(disk);
    }

    Cloud cloud() {
        return cloud;
    }

    Brokers brokers() {
        return brokers;
    }

    /// The only one.
    Part broker() {
        return brokers.node(1);
    }

    Part registry() {
        return registry;
    }

    /// Its cloud is in its memory: it can be stopped for a while, but not killed.
    Part emulator() {
        return emulator;
    }

    String bootstrapServers() {
        return brokers.bootstrapServers();
    }

    String registryUrl() {
        return registry.address();
    }

    /// Runs one command of this version.
    Cli run(Program program, String... arguments) {
        return Cli.run(environment, program.home(), arguments);
    }

    /// Starts one more copy of a process; it may not be ready yet.
    ///
    /// @param kind [#WORKFLOW] or a worker's kind
    Part start(Program program, String kind) {
        return start(program, kind, Map.of());
    }

    /// The same with other settings: variables of the environment.
    Part start(Program program, String kind, Map<String, String> otherwise) {
        String copy = program.name() + "-" + kind + "-" + ++started;
        var settings = new HashMap<>(environment);
        settings.putAll(kind.equals(WORKFLOW) ? WORKFLOW_SESSION : WORKER_SESSION);
        settings.putAll(otherwise);
        Path place = kind.equals(WORKFLOW) ? ofStates.map(SmallDisk::root).orElse(directory) : directory;
        settings.put("KEYFOLD_STATE_DIR", place.resolve(copy).resolve("state").toString());
        return opened(
                Part.start(
                        kind.equals(WORKFLOW) ? ofStates.map(SmallDisk::within).orElse(List.of()) : List.of(),
                        program.home(), kind.equals(WORKFLOW) ? List.of(WORKFLOW) : List.of("worker", kind), settings,
                        logs(copy), kind));
    }

    private Path logs(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new IllegalStateException("No directory for " + name, e);
        }
    }

    private Part opened(Part part) {
        open.add(part);
        return part;
    }

    /// Ends everything that works on the broker, then the broker, all in order.
    void stopBroker() {
        open.reversed().stream().filter(part -> part != registry).forEach(Part::close);
        brokers.stop();
    }

    /// Ends everything at once: what it has written is thrown away.
    @Override
    public void close() {
        open.parallelStream().forEach(Part::kill);
        brokers.close();
    }
}
