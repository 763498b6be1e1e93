package io.keyfold.workflow.stream;

import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.monitoring.traces.TraceSettings;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workflow.saga.SagaSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// What the workflow is started with.
///
/// @param applicationId  names the consumer group, the transactions and the changelogs: the installation's memory
/// @param stateDirectory where the state stores lie between starts; it may be lost, since Kafka holds it too
/// @param saga           what the sagas' decisions need to know
/// @param timerInterval  how often each task looks for sagas that want to be woken
/// @param startTimeout   so long the start waits for Kafka, the topics and the registry
/// @param kafkaOthers    further settings of Kafka's clients and of Kafka Streams
public record WorkflowSettings(
        String bootstrapServers,
        SerdeSettings serdes,
        String installation,
        String applicationId,
        String stateDirectory,
        SagaSettings saga,
        Duration timerInterval,
        Duration commitInterval,
        Duration poll,
        Duration linger,
        Duration retryBackoff,
        Duration sessionTimeout,
        int threads,
        Duration startTimeout,
        Map<String, String> kafkaOthers) {
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String INSTALLATION = "installation";
    public static final String APPLICATION_ID = "application.id";
    public static final String STATE_DIR = "state.dir";
    public static final String RUN_TIME = "run.time.ms";
    public static final String SECOND_LOOK_AFTER = "second.look.after.ms";
    public static final String ASK_AGAIN_AFTER = "ask.again.after.ms";
    public static final String NEEDED_AGAIN_AFTER = "needed.ask.again.after.ms";
    public static final String COMMAND_VALIDITY = "command.validity.ms";
    public static final String TWO_PERSON_REMOVAL = "deprovision.two.persons";
    public static final String VERIFY_INTERVAL = "verify.interval.ms";
    public static final String TIMER_INTERVAL = "timer.interval.ms";
    public static final String COMMIT_INTERVAL = "commit.interval.ms";
    public static final String POLL = "poll.ms";
    public static final String LINGER = "linger.ms";
    public static final String RETRY_BACKOFF = "retry.backoff.ms";
    public static final String SESSION_TIMEOUT = "session.timeout.ms";
    public static final String THREADS = "num.stream.threads";
    public static final String START_TIMEOUT = "start.timeout.ms";
    public static final String KAFKA_PREFIX = "kafka.";

    private static final ConfigDef.Range POSITIVE = ConfigDef.Range.atLeast(1);
    private static final ConfigDef.Range NOT_NEGATIVE = ConfigDef.Range.atLeast(0);

    /// Every setting with its default. Beside these, `kafka.<name>` goes to Kafka's clients and Kafka Streams, and
    /// `registry.<name>` to the registry's client.
    public static final ConfigDef DEFINITION = define();

    /// What exactly-once processing, and so the sagas' correctness, rests on.
    private static final Set<String> NOT_TO_BE_CHANGED = Set.of(
            "processing.guarantee",
            "acks",
            "enable.idempotence",
            "isolation.level",
            "auto.offset.reset",
            "enable.auto.commit",
            "transactional.id",
            "partitioner.class",
            "group.id",
            "statestore.cache.max.bytes",
            "topology.optimization");

    private static final List<String> CLIENT_PREFIXES = List.of(
            "main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer.", "admin.");

    /// A registry that hangs must not hold a record for longer than a transaction lives.
    private static final Map<String, String> REGISTRY_TIMEOUTS =
            Map.of("registry.http.connect.timeout.ms", "2000", "registry.http.read.timeout.ms", "3000");

    private static ConfigDef define() {
        ConfigDef settings = new ConfigDef();
        defineInstallation(settings);
        defineSagas(settings);
        definePace(settings);
        defineProcess(settings);
        return SerdeSettings.define(TraceSettings.define(MonitoringSettings.define(settings)));
    }

    /// Which Kafka this is a part of, by which name, and where it keeps what it knows.
    private static void defineInstallation(ConfigDef settings) {
        settings
                .define(
                        BOOTSTRAP_SERVERS,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "Kafka's brokers: host:port, several with commas between.")
                .define(
                        INSTALLATION,
                        Type.STRING,
                        "default",
                        ConfigDef.LambdaValidator.with(
                                WorkflowSettings::requireInstallation, () -> "1 to 12 of a-z and 0-9"),
                        Importance.MEDIUM,
                        "Name of this Keyfold installation: 1 to 12 of a-z and 0-9. Part of every mark.")
                .define(
                        APPLICATION_ID,
                        Type.STRING,
                        "",
                        Importance.LOW,
                        "Names the consumer group and the changelogs; keyfold-workflow-<installation> if empty."
                                + " Another name is another memory.")
                .define(
                        STATE_DIR,
                        Type.STRING,
                        "keyfold-state",
                        new ConfigDef.NonEmptyString(),
                        Importance.MEDIUM,
                        "Directory of the state stores. If it is lost, they are restored from Kafka.");
    }

    /// What the sagas' decisions need to know; without a setting they decide as the architecture says.
    private static void defineSagas(ConfigDef settings) {
        SagaSettings architecture = SagaSettings.of("default");
        settings
                .define(
                        RUN_TIME,
                        Type.LONG,
                        architecture.runTime().toMillis(),
                        POSITIVE,
                        Importance.MEDIUM,
                        "How long a run may take, unless its request names a deadline; then it is undone.")
                .define(
                        SECOND_LOOK_AFTER,
                        Type.LONG,
                        architecture.secondLookAfter().toMillis(),
                        NOT_NEGATIVE,
                        Importance.LOW,
                        "When undoing, nothing found counts only after a second look this much later.")
                .define(
                        ASK_AGAIN_AFTER,
                        Type.LONG,
                        architecture.askAgainAfter().toMillis(),
                        POSITIVE,
                        Importance.LOW,
                        "A command that a worker found too old is sent again after this.")
                .define(
                        NEEDED_AGAIN_AFTER,
                        Type.LONG,
                        architecture.neededAgainAfter().toMillis(),
                        POSITIVE,
                        Importance.LOW,
                        "What cannot be deleted because something still needs it is asked about again after this, then after"
                                + " twice, four times … 24 times as long.")
                .define(
                        COMMAND_VALIDITY,
                        Type.LONG,
                        architecture.commandValidity().toMillis(),
                        POSITIVE,
                        Importance.LOW,
                        "How old a command other than PROVISION may be when a worker acts on it.")
                .define(
                        TWO_PERSON_REMOVAL,
                        Type.BOOLEAN,
                        architecture.twoPersonRemoval(),
                        Importance.MEDIUM,
                        "Whether deprovisioning a cluster that is encrypted with a customer's key takes the agreement of"
                                + " a second person.")
                .define(
                        VERIFY_INTERVAL,
                        Type.LONG,
                        architecture.verifyInterval().toMillis(),
                        NOT_NEGATIVE,
                        Importance.MEDIUM,
                        "How often each cluster that is encrypted with a customer's key is looked at by itself (keyfold verify),"
                                + " at a moment of its own: 86400000 for once a day. 0 for never.");
    }

    /// What one cluster's speed and the throughput of many are balanced with.
    private static void definePace(ConfigDef settings) {
        settings
                .define(
                        TIMER_INTERVAL,
                        Type.LONG,
                        250,
                        POSITIVE,
                        Importance.LOW,
                        "How often deadlines and deferrals that have come are looked for.")
                .define(
                        COMMIT_INTERVAL,
                        Type.LONG,
                        100,
                        POSITIVE,
                        Importance.MEDIUM,
                        "How often what was decided is committed, and so seen by others, while many records come; while few"
                                + " come, it is committed at once. Less is faster for one cluster, more is more clusters in"
                                + " a second.")
                .define(
                        POLL,
                        Type.LONG,
                        5,
                        POSITIVE,
                        Importance.LOW,
                        "How long a thread waits for records. Nothing is committed while it waits. After a second without any it waits 100 ms at least.")
                .define(
                        LINGER,
                        Type.LONG,
                        0,
                        NOT_NEGATIVE,
                        Importance.LOW,
                        "How long a record waits for others to be sent with, at most: a commit sends all there is.")
                .define(
                        RETRY_BACKOFF,
                        Type.LONG,
                        5,
                        NOT_NEGATIVE,
                        Importance.LOW,
                        "How long the producer waits when the brokers still work on its last transaction.");
    }

    /// How a process starts, how much it does at a time, and when it is given up.
    private static void defineProcess(ConfigDef settings) {
        settings
                .define(
                        SESSION_TIMEOUT,
                        Type.INT,
                        6_000,
                        ConfigDef.Range.between(6_000, 60_000),
                        Importance.MEDIUM,
                        "After so long without a sign of life another process takes this one's partitions over.")
                .define(
                        THREADS,
                        Type.INT,
                        2,
                        POSITIVE,
                        Importance.MEDIUM,
                        "How many threads this process works with; not more of them than partitions are of use.")
                .define(
                        START_TIMEOUT,
                        Type.LONG,
                        10_000,
                        POSITIVE,
                        Importance.LOW,
                        "How long the start waits for missing topics and schemas, and for each answer of Kafka and the registry."
                                + " While these do not answer at all, the process says so and starts again.");
    }

    public WorkflowSettings {
        kafkaOthers = Map.copyOf(kafkaOthers);
    }

    /// @throws ConfigException naming the setting that is unknown, missing or wrong
    public static WorkflowSettings of(Map<String, String> given) {
        Map<String, String> kafkaOthers = new HashMap<>();
        given.forEach((name, value) -> {
            if (name.startsWith(KAFKA_PREFIX)) {
                kafkaOthers.put(changeable(name), value);
            } else if (!DEFINITION.names().contains(name) && !name.startsWith(SerdeSettings.CLIENT_PREFIX)) {
                throw new ConfigException(
                        "The workflow has no setting " + name + ". Did you mean " + nearest(name) + "?");
            }
        });
        Config config = new Config(given);
        String installation = config.getString(INSTALLATION);
        String applicationId = config.getString(APPLICATION_ID);
        Map<String, String> registry = new HashMap<>(REGISTRY_TIMEOUTS);
        registry.putAll(given);
        return new WorkflowSettings(
                config.getString(BOOTSTRAP_SERVERS),
                SerdeSettings.from(registry),
                installation,
                applicationId(applicationId, installation),
                config.getString(STATE_DIR),
                new SagaSettings(
                        installation,
                        config.millis(RUN_TIME),
                        config.millis(SECOND_LOOK_AFTER),
                        config.millis(ASK_AGAIN_AFTER),
                        config.millis(NEEDED_AGAIN_AFTER),
                        config.millis(COMMAND_VALIDITY),
                        config.getBoolean(TWO_PERSON_REMOVAL),
                        config.millis(VERIFY_INTERVAL)),
                config.millis(TIMER_INTERVAL),
                config.millis(COMMIT_INTERVAL),
                config.millis(POLL),
                config.millis(LINGER),
                config.millis(RETRY_BACKOFF),
                Duration.ofMillis(config.getInt(SESSION_TIMEOUT)),
                config.getInt(THREADS),
                config.millis(START_TIMEOUT),
                kafkaOthers);
    }

    /// The further settings of Kafka's clients may hold passwords.
    @Override
    public String toString() {
        return "WorkflowSettings[" + bootstrapServers + ", " + serdes + ", " + applicationId + ", " + stateDirectory
                + ", " + saga + ", " + kafkaOthers.keySet() + "]";
    }

    /// Names the consumer group of an installation's workflow.
    ///
    /// @param given what was given as `application.id`; empty if nothing was
    public static String applicationId(String given, String installation) {
        return given.isEmpty() ? "keyfold-workflow-" + installation : given;
    }

    private static String changeable(String name) {
        String kafkaName = name.substring(KAFKA_PREFIX.length());
        String withoutClient = CLIENT_PREFIXES.stream()
                .filter(kafkaName::startsWith)
                .findFirst()
                .map(prefix -> kafkaName.substring(prefix.length()))
                .orElse(kafkaName);
        if (NOT_TO_BE_CHANGED.contains(withoutClient)) {
            throw new ConfigException(
                    name + " cannot be set: exactly-once processing rests on the workflow's own value.");
        }
        if (DEFINITION.names().contains(withoutClient)) {
            throw new ConfigException(name + " cannot be set: use " + withoutClient + ".");
        }
        return kafkaName;
    }

    private static void requireInstallation(String name, Object value) {
        if (!value.toString().matches("[a-z0-9]{1,12}")) {
            throw new ConfigException(name, value, "must be 1 to 12 of a-z and 0-9");
        }
    }

    private static String nearest(String name) {
        return DEFINITION.names().stream()
                .min(Comparator.comparingInt(known -> LevenshteinDistance.getDefaultInstance().apply(known, name)))
                .orElseThrow();
    }

    private static final class Config extends AbstractConfig {
        private Config(Map<String, String> given) {
            super(DEFINITION, given, false);
        }

        private Duration millis(String name) {
            return Duration.ofMillis(getLong(name));
        }
    }
}
