package io.keyfold.gateway;

import io.keyfold.gateway.http.HttpServer.Certificates;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.monitoring.traces.TraceSettings;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workflow.wire.NearestName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/// What the gateway is started with.
///
/// @param host          the interface to listen on
/// @param port          0 for a free one
/// @param tokens        the file that lists callers by bearer token
/// @param subjects      the file that lists callers by certificate
/// @param isBehindTls   whether somebody before it speaks HTTPS for it
/// @param allowedHosts  further names by which it may be called
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
        Optional<Path> tokens,
        Optional<Path> subjects,
        Optional<Certificates> certificates,
        boolean isBehindTls,
        Set<String> allowedHosts,
        int maxBodyBytes,
        int maxStreams,
        Duration startTimeout,
        Map<String, String> kafkaOthers) {
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String INSTALLATION = "installation";
    public static final String HOST = "gateway.host";
    public static final String PORT = "gateway.port";
    public static final String TOKENS_FILE = "gateway.tokens.file";
    public static final String SUBJECTS_FILE = "gateway.subjects.file";
    public static final String TLS_CERTIFICATES_FILE = "gateway.tls.certificates.file";
    public static final String TLS_KEY_FILE = "gateway.tls.key.file";
    public static final String TLS_CLIENT_AUTHORITIES_FILE = "gateway.tls.client.authorities.file";
    public static final String BEHIND_TLS = "gateway.behind.tls";
    public static final String ALLOWED_HOSTS = "gateway.allowed.hosts";
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
                TraceSettings.define(MonitoringSettings.define(new ConfigDef()))
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
                                TOKENS_FILE,
                                Type.STRING,
                                "",
                                Importance.MEDIUM,
                                "File that lists callers by bearer token, a line each: name, role (view, request or operate)"
                                        + " and sha256:HASH of the token. Read again when it has changed.")
                        .define(
                                SUBJECTS_FILE,
                                Type.STRING,
                                "",
                                Importance.MEDIUM,
                                "File that lists callers by certificate, a line each: name, role and the certificate's subject."
                                        + " Read again when it has changed.")
                        .define(
                                TLS_CERTIFICATES_FILE,
                                Type.STRING,
                                "",
                                Importance.MEDIUM,
                                "PEM file with the gateway's certificate and those above it: it speaks HTTPS.")
                        .define(
                                TLS_KEY_FILE,
                                Type.STRING,
                                "",
                                Importance.MEDIUM,
                                "PEM file with that certificate's private key (PKCS#8).")
                        .define(
                                TLS_CLIENT_AUTHORITIES_FILE,
                                Type.STRING,
                                "",
                                Importance.MEDIUM,
                                "PEM file with the authorities whose certificates callers may show.")
                        .define(
                                BEHIND_TLS,
                                Type.BOOLEAN,
                                false,
                                Importance.LOW,
                                "That a proxy before the gateway speaks HTTPS for it, so that it may speak plain HTTP on an"
                                        + " interface that others can reach.")
                        .define(
                                ALLOWED_HOSTS,
                                Type.LIST,
                                List.of(),
                                Importance.LOW,
                                "Further names by which the gateway may be called, with commas between. By others it answers"
                                        + " nothing where no authentication is set, or where this is.")
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
        allowedHosts = Set.copyOf(allowedHosts);
        requireAuthentication(host, tokens, subjects, certificates, isBehindTls);
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
                path(config, TOKENS_FILE),
                path(config, SUBJECTS_FILE),
                certificates(config),
                config.getBoolean(BEHIND_TLS),
                Set.copyOf(config.getList(ALLOWED_HOSTS)),
                config.getInt(MAX_BODY),
                config.getInt(MAX_STREAMS),
                Duration.ofMillis(config.getLong(START_TIMEOUT)),
                kafkaOthers);
    }

    private static Optional<Path> path(AbstractConfig config, String name) {
        return Optional.of(config.getString(name)).filter(text -> !text.isBlank()).map(Path::of);
    }

    private static Optional<Certificates> certificates(AbstractConfig config) {
        var chain = path(config, TLS_CERTIFICATES_FILE);
        var key = path(config, TLS_KEY_FILE);
        var authorities = path(config, TLS_CLIENT_AUTHORITIES_FILE);
        if (chain.isPresent() != key.isPresent() || chain.isEmpty() && authorities.isPresent()) {
            throw new ConfigException(
                    TLS_CERTIFICATES_FILE + " and " + TLS_KEY_FILE + " go together, and "
                            + TLS_CLIENT_AUTHORITIES_FILE + " with them.");
        }
        return chain.map(it -> new Certificates(it, key.orElseThrow(), authorities));
    }

    /// Whoever reaches an address may ask for clusters to be removed: only on this machine is that left to those who use it.
    private static void requireAuthentication(
            String host, Optional<Path> tokens, Optional<Path> subjects, Optional<Certificates> certificates,
            boolean isBehindTls) {
        if (subjects.isPresent() && certificates.flatMap(Certificates::clientAuthorities).isEmpty()) {
            throw new ConfigException(
                    SUBJECTS_FILE + " needs " + TLS_CERTIFICATES_FILE + ", " + TLS_KEY_FILE + " and "
                            + TLS_CLIENT_AUTHORITIES_FILE + ": without them no caller can show a certificate.");
        }
        if (isLoopback(host)) {
            return;
        }
        if (tokens.isEmpty() && subjects.isEmpty()) {
            throw new ConfigException(
                    "Others can reach " + host + ", and the gateway would let them do everything. Set " + TOKENS_FILE
                            + " or " + SUBJECTS_FILE + ", or listen on 127.0.0.1.");
        }
        if (certificates.isEmpty() && !isBehindTls) {
            throw new ConfigException(
                    "Others can reach " + host + ", and could read tokens on their way. Set " + TLS_CERTIFICATES_FILE
                            + " and " + TLS_KEY_FILE + ", or " + BEHIND_TLS
                            + " = true if a proxy before the gateway speaks HTTPS.");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException(HOST, host, "there is no such host");
        }
    }

    /// The further settings of Kafka's clients may hold passwords.
    @Override
    public String toString() {
        return "GatewaySettings[" + bootstrapServers + ", " + serdes + ", " + installation + ", " + host + ":" + port
                + ", " + kafkaOthers.keySet() + "]";
    }
}
