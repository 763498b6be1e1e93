package io.keyfold.gateway;

import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workflow.wire.NearestName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/// What the gateway is started with.
///
/// @param host          the interface to listen on
/// @param port          0 for a free one
/// @param maxBodyBytes  the longest body that a request may have
/// @param maxStreams    so many may follow the events at a time
/// @param startTimeout  so long the start waits for each answer of Kafka and the registry
/// @param kafkaOthers   further settings of Kafka's clients
public record GatewaySettings(
        String bootstrapServers,
        SerdeSettings serdes,
        String installation,
        String host,
        int port,
        int maxBodyBytes,
        int maxStreams,
        Duration startTimeout,
        Map<String, String> kafkaOthers) {
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String INSTALLATION = "installation";
    public static final String HOST = "gateway.host";
    public static final String PORT = "gateway.port";
    public static final String MAX_BODY = "gateway.max.body.bytes";
    public static final String MAX_STREAMS = "gateway.max.event.streams";
    public static final String START_TIMEOUT = "start.timeout.ms";
    public static final String KAFKA_PREFIX = "kafka.";

    private static final int USUAL_PORT = 8480;
    private static final int HIGHEST_PORT = 65_535;
    private static final int USUAL_BODY = 65_536;
    private static final int USUAL_STREAMS = 200;

    /// Every setting with its default. Beside these, `kafka.<name>` and `registry.<name>` go to Kafka's and the registry's
    /// clients.
    public static final ConfigDef DEFINITION = define();

    private static ConfigDef define() {
        return SerdeSettings.define(
                new ConfigDef()
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
                                Importance.MEDIUM,
                                "Name of this Keyfold installation: 1 to 12 of a-z and 0-9. Named as the source of what is"
                                        + " published.")
                        .define(
                                HOST,
                                Type.STRING,
                                "127.0.0.1",
                                new ConfigDef.NonEmptyString(),
                                Importance.HIGH,
                                "Interface to listen on. One that others can reach needs authentication.")
                        .define(
                                PORT,
                                Type.INT,
                                USUAL_PORT,
                                ConfigDef.Range.between(0, HIGHEST_PORT),
                                Importance.HIGH,
                                "Port to listen on, 0 for a free one.")
                        .define(
                                MAX_BODY,
                                Type.INT,
                                USUAL_BODY,
                                ConfigDef.Range.atLeast(1),
                                Importance.LOW,
                                "How many bytes the body of a request may have.")
                        .define(
                                MAX_STREAMS,
                                Type.INT,
                                USUAL_STREAMS,
                                ConfigDef.Range.atLeast(0),
                                Importance.LOW,
                                "How many may follow the events at a time.")
                        .define(
                                START_TIMEOUT,
                                Type.LONG,
                                10_000,
                                ConfigDef.Range.atLeast(1),
                                Importance.LOW,
                                "How long the start waits for each answer of Kafka and the registry. While these do not answer"
                                        + " at all, the process says so and starts again."));
    }

    public GatewaySettings {
        kafkaOthers = Map.copyOf(kafkaOthers);
    }

    /// @throws ConfigException naming the setting that is unknown, missing or wrong
    public static GatewaySettings of(Map<String, String> given) {
        var kafkaOthers = new HashMap<String, String>();
        given.forEach((name, value) -> {
            if (name.startsWith(KAFKA_PREFIX)) {
                kafkaOthers.put(name.substring(KAFKA_PREFIX.length()), value);
            } else if (!DEFINITION.names().contains(name) && !name.startsWith(SerdeSettings.CLIENT_PREFIX)) {
                throw new ConfigException("The gateway has no setting " + name + "."
                        + NearestName.of(DEFINITION.names(), name).map(it -> " Did you mean " + it + "?").orElse(""));
            }
        });
        var config = new AbstractConfig(DEFINITION, given, false);
        return new GatewaySettings(
                config.getString(BOOTSTRAP_SERVERS),
                SerdeSettings.from(given),
                config.getString(INSTALLATION),
                config.getString(HOST),
                config.getInt(PORT),
                config.getInt(MAX_BODY),
                config.getInt(MAX_STREAMS),
                Duration.ofMillis(config.getLong(START_TIMEOUT)),
                kafkaOthers);
    }

    /// The further settings of Kafka's clients may hold passwords.
    @Override
    public String toString() {
        return "GatewaySettings[" + bootstrapServers + ", " + serdes + ", " + installation + ", " + host + ":" + port
                + ", " + kafkaOthers.keySet() + "]";
    }
}
