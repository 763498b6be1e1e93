package io.keyfold.workers;

import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.monitoring.traces.TraceSettings;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.WorkerGroups;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.keymaterial.MaterialSettings;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// What the workers of a process are started with.
///
/// @param installation names this Keyfold installation
/// @param accounts     the accounts that commands may name
/// @param stepTime     so long one command may go on beginning calls and waits; then it is deferred
/// @param startTime    so long the start waits for Kafka, its topics and the registry
/// @param materials    what requests may import as a root key's material
/// @param kafkaOthers  further settings of Kafka's clients
public record WorkerSettings(
        String bootstrapServers,
        SerdeSettings serdes,
        String installation,
        CloudAccounts accounts,
        AllowedNetwork allowedNetwork,
        KeyedConsumer.Limits limits,
        Duration stepTime,
        Duration startTime,
        MaterialSettings materials,
        Map<String, String> kafkaOthers) {
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String INSTALLATION = "installation";
    public static final String ACCOUNT = "account";
    public static final String ENDPOINTS = "endpoints";
    public static final String IAM_URL = "iam.url";
    public static final String RESOURCE_CONTROLLER_URL = "resource.controller.url";
    public static final String KEY_PROTECT_URL = "key.protect.url";
    public static final String ACCOUNT_ID = "ibm.account.id";
    public static final String ALLOWED_NETWORK = "allowed.network";
    public static final String IN_FLIGHT = "in.flight";
    public static final String DRAIN_TIMEOUT = "drain.timeout.ms";
    public static final String CONNECT_TIMEOUT = "connect.timeout.ms";
    public static final String CALL_TIMEOUT = "call.timeout.ms";
    public static final String STEP_TIME = "step.time.ms";
    public static final String START_TIMEOUT = "start.timeout.ms";
    public static final String IAM_RATE = "iam.rate";
    public static final String RESOURCE_CONTROLLER_RATE = "resource.controller.rate";
    public static final String KEY_PROTECT_RATE = "key.protect.rate";
    // Not key.material.…: their variables would begin as those that a request may name as material.
    public static final String MATERIAL_DIRECTORY = "material.directory";
    public static final String VAULT_URL = "material.vault.url";
    public static final String VAULT_TOKEN = "material.vault.token";
    public static final String KAFKA_PREFIX = "kafka.";

    private static final ConfigDef.Range POSITIVE = ConfigDef.Range.atLeast(1);

    /// Every setting with its default. Beside these, `kafka.<name>` and `registry.<name>` go to Kafka's and the
    /// registry's clients.
    public static final ConfigDef DEFINITION = define();

    /// The values of [#ENDPOINTS].
    public static final String PUBLIC_ENDPOINTS = "public";
    public static final String PRIVATE_ENDPOINTS = "private";

    private static final String PUBLIC_AND_PRIVATE = "public-and-private";
    private static final String PRIVATE_ONLY = "private-only";

    private static ConfigDef define() {
        ConfigDef settings = new ConfigDef();
        defineInstallation(settings);
        CloudAccounts.define(settings);
        defineInstances(settings);
        defineWork(settings);
        defineMaterials(settings);
        return SerdeSettings.define(TraceSettings.define(MonitoringSettings.define(settings)));
    }

    /// Which Kafka commands come from.
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
                                WorkerSettings::requireInstallation, () -> "1 to 12 of a-z and 0-9"),
                        Importance.MEDIUM,
                        "Name of this Keyfold installation: 1 to 12 of a-z and 0-9. Part of the consumer groups' names.");
    }

    /// What is made in each account alike.
    private static void defineInstances(ConfigDef settings) {
        settings.define(
                ALLOWED_NETWORK,
                Type.STRING,
                PUBLIC_AND_PRIVATE,
                ConfigDef.ValidString.in(PUBLIC_AND_PRIVATE, PRIVATE_ONLY),
                Importance.MEDIUM,
                "From where new Key Protect instances can be called.");
    }

    /// How a process starts, how much it does at a time, and how long that may take.
    private static void defineWork(ConfigDef settings) {
        settings
                .define(
                        IN_FLIGHT,
                        Type.INT,
                        1000,
                        POSITIVE,
                        Importance.MEDIUM,
                        "How many commands of a kind are worked on at a time. Ten times as many are read ahead, and among"
                                + " those the accounts take turns.")
                .define(
                        DRAIN_TIMEOUT,
                        Type.LONG,
                        25_000,
                        ConfigDef.Range.atLeast(0),
                        Importance.LOW,
                        "How long what has begun, and what waits before it in its partition, may take to finish when the"
                                + " worker stops or gives up the partition.")
                .define(
                        STEP_TIME,
                        Type.LONG,
                        20_000,
                        POSITIVE,
                        Importance.LOW,
                        "How long one command may go on beginning calls and waits; what takes longer is deferred.")
                .define(
                        START_TIMEOUT,
                        Type.LONG,
                        10_000,
                        POSITIVE,
                        Importance.LOW,
                        "How long the start waits for missing topics and schemas, and for each answer of Kafka and the registry."
                                + " While these do not answer at all, the process says so and starts again.");
    }

    /// Where the material lies that requests may import.
    private static void defineMaterials(ConfigDef settings) {
        settings
                .define(
                        MATERIAL_DIRECTORY,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Root-key worker: directory of the files that requests may import as file:PATH.")
                .define(
                        VAULT_URL,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Root-key worker: address in a vault (KV version 2) below which lies what requests may import as"
                                + " vault:PATH. https, or http on this machine.")
                .define(
                        VAULT_TOKEN,
                        Type.PASSWORD,
                        "",
                        Importance.MEDIUM,
                        "Root-key worker: token for that vault; it needs the right to read there and no other.");
    }

    public WorkerSettings {
        kafkaOthers = Map.copyOf(kafkaOthers);
    }

    /// @throws ConfigException naming the setting that is unknown, missing or wrong
    public static WorkerSettings of(Map<String, String> given) {
        Map<String, String> kafkaOthers = new HashMap<>();
        for (String name : given.keySet()) {
            if (name.startsWith(KAFKA_PREFIX)) {
                kafkaOthers.put(name.substring(KAFKA_PREFIX.length()), given.get(name));
            } else if (!DEFINITION.names().contains(name) && !name.startsWith(SerdeSettings.CLIENT_PREFIX)
                    && !CloudAccounts.isOfNamed(name)) {
                throw new ConfigException(
                        "The workers have no setting " + name + ". Did you mean " + nearest(name) + "?");
            }
        }
        var config = new Config(given);
        return new WorkerSettings(
                config.getString(BOOTSTRAP_SERVERS),
                SerdeSettings.from(given),
                config.getString(INSTALLATION),
                CloudAccounts.of(given),
                config.getString(ALLOWED_NETWORK).equals(PRIVATE_ONLY)
                        ? AllowedNetwork.PRIVATE_ONLY
                        : AllowedNetwork.PUBLIC_AND_PRIVATE,
                new KeyedConsumer.Limits(config.getInt(IN_FLIGHT), config.millis(DRAIN_TIMEOUT)),
                config.millis(STEP_TIME),
                config.millis(START_TIMEOUT),
                config.materials(),
                kafkaOthers);
    }

    /// What one worker kind configures its Kafka clients with.
    ClientConfig kafka(WorkerKind kind) {
        return new ClientConfig(
                bootstrapServers, WorkerGroups.clientId(installation, kind.service()), kafkaOthers);
    }

    /// All processes of an installation share a kind's commands in this consumer group.
    String groupId(WorkerKind kind) {
        return groupId(installation, kind);
    }

    /// The consumer group of a kind's processes in any installation.
    public static String groupId(String installation, WorkerKind kind) {
        return WorkerGroups.id(installation, kind.service());
    }

    /// The further settings of Kafka's clients may hold passwords.
    @Override
    public String toString() {
        return "WorkerSettings[" + bootstrapServers + ", " + serdes + ", " + installation + ", " + accounts + ", "
                + allowedNetwork + ", " + limits + ", " + stepTime + ", " + kafkaOthers.keySet() + "]";
    }

    private static void requireInstallation(String name, Object value) {
        if (!value.toString().matches("[a-z0-9]{1,12}")) {
            throw new ConfigException(name, value, "must be 1 to 12 of a-z and 0-9");
        }
    }

    private static String nearest(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return DEFINITION.names().stream()
                .min(Comparator.comparingInt(known -> LevenshteinDistance.getDefaultInstance().apply(known, wanted)))
                .orElseThrow();
    }

    private static final class Config extends AbstractConfig {
        private Config(Map<String, String> given) {
            super(DEFINITION, given, false);
        }

        private Duration millis(String name) {
            return Duration.ofMillis(getLong(name));
        }

        private MaterialSettings materials() {
            String directory = getString(MATERIAL_DIRECTORY);
            String url = getString(VAULT_URL);
            String token = getPassword(VAULT_TOKEN).value();
            if (url.isBlank() != token.isBlank()) {
                throw new ConfigException(VAULT_URL + " and " + VAULT_TOKEN + " go together: one of them is empty");
            }
            try {
                return new MaterialSettings(
                        directory.isBlank() ? Optional.empty() : Optional.of(Path.of(directory)),
                        url.isBlank() ? Optional.empty()
                                : Optional.of(new MaterialSettings.Vault(CloudAccounts.url(VAULT_URL, url),
                                        new Secret(token))),
                        millis(CONNECT_TIMEOUT),
                        millis(CALL_TIMEOUT));
            } catch (IllegalArgumentException wrong) {
                ConfigException refused = new ConfigException("Key material cannot be read: " + wrong.getMessage());
                refused.initCause(wrong);
                throw refused;
            }
        }
    }
}
