package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionTimeoutException;

/// One whole Keyfold on this machine: broker, registry, emulator, workflow and the three workers, each in a process of
/// its own but for the broker. It is started once for all test classes that one thread runs, one after the other; they
/// keep out of each other's way by their clusters' names.
final class Site implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(120);
    static final List<String> KINDS = List.of("kms-instance", "root-key", "authorization");
    private static final Set<RunState> ENDS = EnumSet.of(
            RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED, RunState.COMPENSATION_FAILED,
            RunState.KEY_IN_USE);

    /// The ids of the accounts `prod` and `shut-out`.
    static final String PROD_ACCOUNT = "fedcba9876543210fedcba9876543210";
    static final String SHUT_OUT_ACCOUNT = "00000000000000000000000000000001";

    private static final String WORKFLOW = "keyfold-workflow-default";

    /// How soon Kafka misses a process that was killed; as soon as it lets a workflow be missed.
    private static final Map<String, String> WORKFLOW_SESSION = Map.of("KEYFOLD_SESSION_TIMEOUT_MS", "6000");
    private static final Map<String, String> WORKER_SESSION = Map.of(
            "KEYFOLD_KAFKA_SESSION_TIMEOUT_MS", "3000",
            "KEYFOLD_KAFKA_HEARTBEAT_INTERVAL_MS", "500");

    private static final Queue<Site> STARTED = new ConcurrentLinkedQueue<>();
    private static final ThreadLocal<Site> SHARED = ThreadLocal.withInitial(() -> {
        var site = new Site(Map.of());
        STARTED.add(site);
        return site;
    });

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Path home = Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize();
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Part> workers = new HashMap<>();
    private final BrokerUnderTest broker;
    private final Part registry;
    private final Cloud cloud;
    private final Part workflow;
    private final Admin admin;
    private final Records records;
    private final Connection connection;
    private final RequestPublisher publisher;

    /// The site of the thread that runs this test class, which has it for itself meanwhile.
    static Site shared() {
        return SHARED.get();
    }

    static void closeAll() {
        STARTED.parallelStream().forEach(Site::close);
    }

    /// A site that no other test class has; the caller closes it.
    ///
    /// @param settings of its processes, beside the usual ones: variables of the environment
    static Site ofItsOwn(Map<String, String> settings) {
        return new Site(settings);
    }

    private Site(Map<String, String> settings) {
        directory = ownDirectory(home);
        broker = opened(BrokerUnderTest.start());
        // Not "any free one": it has to come back at the same address after a kill.
        // Its directory is its own business: the emulator refuses what is no setting of its own.
        registry = opened(
                Part.start(
                        home, List.of("registry", "--port", Integer.toString(FreePorts.find(1).getFirst())),
                        Map.of("KEYFOLD_REGISTRY_DIR", directory.resolve("registry").toString()), directory));
        // Key Protect's half a minute before a disabled key is enabled is waited for in the worker's own tests.
        Part emulator = part(
                List.of("emulator", "--listen-port", "0", "--resource-groups", "Default,hpc", "--restore-wait-ms",
                        "1000"),
                Map.of());
        environment.put("KEYFOLD_BOOTSTRAP_SERVERS", broker.bootstrapServers());
        environment.put("KEYFOLD_SCHEMA_REGISTRY_URL", registry.awaitReady().address());
        cloud = new Cloud(emulator.awaitReady().address());
        environment.put("KEYFOLD_IAM_URL", cloud.url());
        environment.put("KEYFOLD_RESOURCE_CONTROLLER_URL", cloud.url());
        environment.put("KEYFOLD_KEY_PROTECT_URL", cloud.url());
        environment.put("KEYFOLD_IBM_API_KEY", "emulator-api-key");
        environment.put("KEYFOLD_IBM_ACCOUNT_ID", "0123456789abcdef0123456789abcdef");
        // Two further accounts; the emulator does not know the key of the second.
        environment.put("KEYFOLD_ACCOUNT_PROD_IBM_API_KEY", "prod-api-key");
        environment.put("KEYFOLD_ACCOUNT_PROD_IBM_ACCOUNT_ID", PROD_ACCOUNT);
        environment.put("KEYFOLD_ACCOUNT_SHUT_OUT_IBM_API_KEY", "shut-out-api-key");
        environment.put("KEYFOLD_ACCOUNT_SHUT_OUT_IBM_ACCOUNT_ID", SHUT_OUT_ACCOUNT);
        cloud.addApiKey("prod-api-key", "prod", PROD_ACCOUNT);
        environment.put("KEYFOLD_STATE_DIR", directory.resolve("state").toString());
        environment.put("KEYFOLD_MATERIAL_DIRECTORY", materials().toString());
        // What the architecture waits a minute for, waited for in seconds.
        environment.put("KEYFOLD_SECOND_LOOK_AFTER_MS", "3000");
        environment.put("KEYFOLD_ASK_AGAIN_AFTER_MS", "500");
        environment.put("KEYFOLD_NEEDED_ASK_AGAIN_AFTER_MS", "2000");
        environment.put("KEYFOLD_CALL_TIMEOUT_MS", "4000");
        // Measuring is to change nothing, so it is done in all tests.
        environment.put("KEYFOLD_METRICS_PORT", "0");
        // The emulator has no rate limit of its own.
        environment.put("KEYFOLD_IAM_RATE", "2000");
        environment.put("KEYFOLD_RESOURCE_CONTROLLER_RATE", "2000");
        environment.put("KEYFOLD_KEY_PROTECT_RATE", "2000");
        environment.putAll(settings);
        Cli.run(environment, home, "topics", "create", "--partitions", "6", "--replication-factor", "1").expect(0);
        workflow = part(List.of("workflow"), WORKFLOW_SESSION);
        KINDS.forEach(kind -> workers.put(kind, part(List.of("worker", kind), WORKER_SESSION)));
        workflow.awaitReady();
        workers.values().forEach(Part::awaitReady);
        admin = opened(Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers())));
        records = opened(new Records(broker.bootstrapServers(), registry.address()));
        connection = new Connection(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "schema.registry.url", registry.address()));
        publisher = opened(new RequestPublisher(connection));
    }

    /// Where states and logs lie; what a failed test wants to show stays until the next clean build.
    private static Path ownDirectory(Path home) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(home.resolve("acceptance/target/sites")), "site");
        } catch (IOException e) {
            throw new IllegalStateException("No directory for the site", e);
        }
    }

    /// Where the root-key worker finds material that is brought as `file:…`.
    Path materials() {
        try {
            return Files.createDirectories(directory.resolve("material"));
        } catch (IOException e) {
            throw new IllegalStateException("No directory for material", e);
        }
    }

    /// The file of one of the examples.
    String example(String name) {
        return home.resolve("examples").resolve(name).toString();
    }

    /// Everything that the site's processes have logged so far.
    String logs() {
        try (Stream<Path> files = Files.list(directory)) {
            var text = new StringBuilder();
            for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
                text.append(Files.readString(log, StandardCharsets.ISO_8859_1));
            }
            return text.toString();
        } catch (IOException e) {
            throw new IllegalStateException("The logs cannot be read", e);
        }
    }

    private Part part(List<String> arguments, Map<String, String> ownSettings) {
        var settings = new HashMap<>(environment);
        settings.putAll(ownSettings);
        return opened(Part.start(home, arguments, settings, directory));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    Cloud cloud() {
        return cloud;
    }

    Part workflow() {
        return workflow;
    }

    Part worker(String kind) {
        Part worker = workers.get(kind);
        if (worker == null) {
            throw new IllegalArgumentException("No worker " + kind);
        }
        return worker;
    }

    /// Starts a gateway; the caller ends it.
    Part gateway() {
        return gatewayWith(Map.of());
    }

    /// The same with other settings.
    Part gatewayWith(Map<String, String> otherwise) {
        var settings = new HashMap<>(environment);
        settings.putAll(otherwise);
        return Part.start(home, List.of("gateway", "--gateway-port", "0"), settings, directory).awaitReady();
    }

    /// Starts one more worker of this kind, with other settings; the caller ends it.
    Part another(String kind, Map<String, String> otherwise) {
        var settings = new HashMap<>(environment);
        settings.putAll(WORKER_SESSION);
        settings.putAll(otherwise);
        return Part.start(home, List.of("worker", kind), settings, directory).awaitReady();
    }

    /// Whether Kafka has any process of this kind in its consumer group.
    boolean isMember(String kind) {
        String group = "keyfold-default-" + kind;
        return !asked(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group)).members().isEmpty();
    }

    /// What keeps this worker kind from working: what `doctor` says, without a process for each look.
    ///
    /// @param worker `<account>/<worker>`
    Optional<WorkerHealth.Ailment> ailment(String worker) {
        try (var topics = new TopicReader(connection)) {
            return WorkerHealth.read(topics).ailment(worker);
        }
    }

    Part registry() {
        return registry;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String registryUrl() {
        return registry.address();
    }

    /// Runs one command of the command line against this site.
    Cli run(String... arguments) {
        return Cli.run(environment, home, arguments);
    }

    /// The same with other settings.
    Cli runWith(Map<String, String> otherwise, String... arguments) {
        var settings = new HashMap<>(environment);
        settings.putAll(otherwise);
        return Cli.run(settings, home, arguments);
    }

    // ---- the workflow's place in its input

    /// Lets the workflow, which must not run, begin again with the first record of each of its inputs.
    void rewindTheWorkflow() {
        await("the workflow's group is empty").atMost(SOON).until(
                () -> asked(admin.describeConsumerGroups(List.of(WORKFLOW)).describedGroups().get(WORKFLOW)).members()
                        .isEmpty());
        var first = new HashMap<TopicPartition, OffsetAndMetadata>();
        committed().keySet().forEach(partition -> first.put(partition, new OffsetAndMetadata(0)));
        asked(admin.alterConsumerGroupOffsets(WORKFLOW, first).all());
    }

    /// Waits until the workflow and the workers have read, and answered, all that there is.
    void awaitQuiet() {
        await("all is read").atMost(SOON.multipliedBy(2)).until(() -> {
            var ends = ends(committed().keySet());
            return !ends.isEmpty() && committed().entrySet().stream()
                    .allMatch(place -> place.getValue().offset() >= ends.get(place.getKey()));
        });
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        return asked(admin.listConsumerGroupOffsets(WORKFLOW).partitionsToOffsetAndMetadata());
    }

    /// How far the topics of commands and statuses reach, each partition added up: it grows with every record.
    Map<String, Long> recordsOfCommandsAndStatuses() {
        var written = new HashMap<String, Long>();
        List<Topic<?>> topics = List.of(
                Topics.KMS_INSTANCE_COMMANDS, Topics.ROOT_KEY_COMMANDS, Topics.AUTHORIZATION_COMMANDS,
                Topics.CLUSTER_ENCRYPTION_STATUS);
        for (Topic<?> topic : topics) {
            var partitions = asked(admin.describeTopics(List.of(topic.name())).allTopicNames()).get(topic.name())
                    .partitions().stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition())).toList();
            written.put(topic.name(), ends(partitions).values().stream().mapToLong(Long::longValue).sum());
        }
        return written;
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        asked(admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static <T> T asked(KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not answer", e);
        }
    }

    /// Every byte of every topic so far, the workflow's own and the uncommitted included, as Latin-1.
    String topics() {
        return Records.everything(broker.bootstrapServers());
    }

    // ---- asking

    /// A valid request for a new instance and key in us-south; change what the test is about.
    static ClusterDeployRequested.Builder request(String prefix) {
        return ClusterDeployRequested.newBuilder().setRequestId("r-" + prefix).setClusterPrefix(prefix)
                .setRegion("us-south").setRequestedBy("acceptance test").setRequestedAt(Instant.EPOCH);
    }

    String deploy(ClusterDeployRequested.Builder request) {
        ClusterDeployRequested built = request.build();
        publisher.publish(built);
        return built.getAccount() + "/" + built.getClusterPrefix();
    }

    void ask(ClusterDeployRequested request) {
        publisher.publish(request);
    }

    void ask(ClusterControlRequested request) {
        publisher.publish(request);
    }

    void control(String cluster, ControlAction action, String requestId) {
        publisher.publish(
                ClusterControlRequested.newBuilder().setControlId(action + "-" + System.nanoTime())
                        .setClusterId(cluster).setAction(action).setRequestId(requestId)
                        .setRequestedBy("acceptance test").setRequestedAt(Instant.EPOCH).build());
    }

    // ---- seeing

    /// Waits for the end of the run that this cluster's deploy asked for.
    ClusterEncryptionStatus awaitEnd(String cluster) {
        return awaitStatus(cluster, status -> ENDS.contains(status.getLastRun().getState()));
    }

    ClusterEncryptionStatus awaitStatus(String cluster, Predicate<ClusterEncryptionStatus> wanted) {
        try {
            return await("status of " + cluster).atMost(SOON).until(
                    () -> records.statuses(cluster),
                    statuses -> !statuses.isEmpty() && wanted.test(statuses.getLast())).getLast();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    e.getMessage() + "\nstatuses: " + records.statuses(cluster) + "\naudit: " + story(cluster)
                            + "\nlogs: " + directory,
                    e);
        }
    }

    /// The latest status of every cluster there ever was.
    Map<String, ClusterEncryptionStatus> latest() {
        return records.latest();
    }

    List<ClusterEncryptionStatus> statuses(String cluster) {
        return records.statuses(cluster);
    }

    List<ClusterEncryptionAudit> audit(String cluster) {
        return records.audit(cluster);
    }

    List<DeadLetter> deadLetters() {
        return records.deadLetters();
    }

    /// Waits for the dead letter that a record becomes.
    DeadLetter awaitDeadLetter(RecordMetadata sent) {
        return await("dead letter of " + sent).atMost(SOON).until(
                () -> records.deadLetters().stream()
                        .filter(letter -> letter.getSourceTopic().equals(sent.topic())
                                && letter.getSourcePartition() == sent.partition()
                                && letter.getSourceOffset() == sent.offset())
                        .findFirst(),
                Optional::isPresent).orElseThrow();
    }

    /// The audit of a cluster, a line each.
    String story(String cluster) {
        var lines = new StringBuilder();
        records.audit(cluster).forEach(
                line -> lines.append('\n').append(line.getSequence()).append(' ').append(line.getEvent()).append(' ')
                        .append(line.getMessage()));
        return lines.toString();
    }

    @Override
    public void close() {
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                System.err.println("Not closed: " + e);
            }
        }
    }
}
