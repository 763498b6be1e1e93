package io.keyfold.cli.topic;

import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.ContractClasses;
import io.keyfold.schemas.Denial;
import io.keyfold.schemas.SerdeSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One Kafka and its registry, as short commands reach them: a person waits, so nothing is waited for longer than a few
/// seconds.
public final class Connection {
    /// Where `keyfold broker` and `keyfold registry` listen unless told otherwise.
    public static final String DEFAULT_BROKER = "127.0.0.1:9092";

    public static final String DEFAULT_REGISTRY = "http://127.0.0.1:8081/apis/ccompat/v7";

    private static final String KAFKA_PREFIX = "kafka.";

    /// An unreachable broker or registry is to be said within 10 s, start of the process included.
    private static final Map<String, String> PATIENCE = Map.of(
            CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, "4000",
            CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, "6000",
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "3000",
            CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "500");

    private static final Map<String, String> REGISTRY_PATIENCE =
            Map.of("registry.http.connect.timeout.ms", "3000", "registry.http.read.timeout.ms", "7000");

    static {
        ContractClasses.trust(); // also for those who build a record before anything is read
    }

    private final Map<String, String> settings;

    /// @param settings resolved settings: `bootstrap.servers`, `schema.registry.url`, `kafka.…`, `registry.…`
    public Connection(Map<String, String> settings) {
        var complete = new HashMap<>(REGISTRY_PATIENCE);
        complete.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, DEFAULT_BROKER);
        complete.put(SerdeSettings.REGISTRY_URL, DEFAULT_REGISTRY);
        complete.putAll(settings);
        this.settings = Map.copyOf(complete);
    }

    /// The settings that short commands take.
    public static ConfigDef settings() {
        return new ConfigDef()
                .define(
                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                        Type.STRING,
                        DEFAULT_BROKER,
                        Importance.HIGH,
                        "Kafka's brokers, host:port, several with commas between.")
                .define(
                        SerdeSettings.REGISTRY_URL,
                        Type.STRING,
                        DEFAULT_REGISTRY,
                        Importance.HIGH,
                        "Address of the schema registry's Confluent REST API; several with commas between.");
    }

    public String bootstrapServers() {
        return settings.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, DEFAULT_BROKER);
    }

    public String registryUrl() {
        return settings.getOrDefault(SerdeSettings.REGISTRY_URL, DEFAULT_REGISTRY);
    }

    public SerdeSettings serdeSettings() {
        return SerdeSettings.from(settings);
    }

    public AvroSerdes serdes() {
        return new AvroSerdes(serdeSettings());
    }

    public Admin admin() {
        return reached(() -> Admin.create(clientConfig(Map.of())));
    }

    /// Reads committed records only, and never makes a topic by asking for it.
    public Consumer<byte[], byte[]> consumer() {
        var config = clientConfig(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100"));
        return reached(() -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /// Each record is sent at once, and is there for good once that is answered.
    public Producer<byte[], byte[]> producer() {
        return producer(Map.of());
    }

    /// One that writes in transactions; a transaction that is left open holds up its readers for 10 s.
    Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        return producer(Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "10000"));
    }

    private Producer<byte[], byte[]> producer(Map<String, String> more) {
        var own = new HashMap<>(more);
        own.putAll(Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.LINGER_MS_CONFIG, "0",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, "6000",
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "6000"));
        var config = clientConfig(own);
        config.remove(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
        return reached(() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /// Runs something that talks to the broker and says in plain words if it does not answer.
    public <T> T reached(Supplier<T> talk) {
        try {
            return talk.get();
        } catch (AuthenticationException | AuthorizationException e) {
            throw denied(e);
        } catch (SecurityDisabledException e) {
            throw new TopicFailure(
                    "the broker at " + bootstrapServers() + " has no access control: everybody may do everything",
                    "Set authorizer.class.name on the brokers, or start one with: keyfold broker --secure",
                    e);
        } catch (ConfigException e) {
            throw new TopicFailure(
                    "these settings of Kafka's client are wrong: " + e.getMessage(),
                    "Check --bootstrap-servers (host:port) and the kafka.… settings",
                    e);
        } catch (RetriableException e) { // time-outs and disconnections that its own retries did not get over
            throw noAnswer(e);
        } catch (KafkaException e) {
            if (e.getCause() instanceof ConfigException cause) { // the constructors wrap it
                throw new TopicFailure(
                        "no broker can be found at " + bootstrapServers() + ": " + cause.getMessage(),
                        "Give another address: --bootstrap-servers HOST:PORT",
                        e);
            }
            throw e;
        }
    }

    private TopicFailure denied(ApiException refusal) {
        var denial = Denial.of(refusal).orElseThrow();
        return new TopicFailure(
                "the broker at " + bootstrapServers() + " " + denial.words(), denial.remedy(), refusal);
    }

    private TopicFailure noAnswer(RetriableException e) {
        if (!BrokerPort.isAnyOpen(bootstrapServers())) {
            return new TopicFailure(
                    "no broker can be reached at " + bootstrapServers(),
                    "Start one (keyfold broker) or give another address: --bootstrap-servers HOST:PORT",
                    e);
        }
        return new TopicFailure(
                "the broker at " + bootstrapServers() + " takes connections, but has not answered within "
                        + patience().toSeconds() + " s",
                "It may be busy: try again. If it stays so: its log, kafka.security.protocol, and whether what it"
                        + " advertises (advertised.listeners) can be reached from here",
                e);
    }

    private Duration patience() {
        var config = clientConfig(Map.of());
        return Duration.ofMillis(
                Long.parseLong(String.valueOf(config.get(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG))));
    }

    private Map<String, Object> clientConfig(Map<String, String> own) {
        var config = new HashMap<String, Object>(PATIENCE);
        config.putAll(own);
        settings.forEach((name, value) -> {
            if (name.startsWith(KAFKA_PREFIX)) {
                config.put(name.substring(KAFKA_PREFIX.length()), value);
            }
        });
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        return config;
    }
}
