package io.keyfold.workflow.stream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/// What Kafka Streams and Kafka's clients are configured with.
final class KafkaConfig {
    /// A dead letter holds a whole record beside its own fields.
    private static final int LARGEST_REQUEST = 5 * 1_048_576;

    /// What is changed again before it is committed goes to store and changelog once; room for what a transaction changes.
    private static final long CACHE = 16 * 1_048_576L;

    private static final int HEARTBEATS_PER_SESSION = 6;

    private KafkaConfig() {}

    /// After so long without asking for records Kafka takes a thread for stuck and gives its partitions to others.
    static Duration mostBetweenPolls(WorkflowSettings settings) {
        String setting = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
        Object given = Stream.of(
                StreamsConfig.mainConsumerPrefix(setting), StreamsConfig.consumerPrefix(setting), setting)
                .filter(settings.kafkaOthers()::containsKey)
                .findFirst()
                .<Object>map(settings.kafkaOthers()::get)
                .orElse(ConsumerConfig.configDef().defaultValues().get(setting));
        return Duration.ofMillis((int) ConfigDef.parseType(setting, given, ConfigDef.Type.INT));
    }

    /// @param stateDirectory of this very Kafka cluster
    /// @param instanceId     as whom it is a member of its group; empty if that is not to last
    static Properties streams(WorkflowSettings settings, String stateDirectory, Optional<String> instanceId) {
        Properties config = new Properties();
        config.putAll(settings.kafkaOthers());

        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        config.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.NO_OPTIMIZATION);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE);
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);

        // Streams commits only between two polls, so both bound the latency.
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
        config.put(StreamsConfig.POLL_MS_CONFIG, settings.poll().toMillis());
        config.put(
                StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                settings.linger().toMillis());
        config.put(
                StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG),
                settings.retryBackoff().toMillis());
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LARGEST_REQUEST);

        int session = Math.toIntExact(settings.sessionTimeout().toMillis());
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        config.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                session / HEARTBEATS_PER_SESSION);
        instanceId.ifPresent(
                id -> config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), id));
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

        // Nothing reaches these but bugs: what can be wrong about a record is the processors' to handle. Going on after
        // a bug would lose a record, so the thread ends and the record is tried again.
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailExceptionHandler.class);
        config.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
        config.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DefaultProductionExceptionHandler.class);
        return config;
    }

    /// Of a consumer that is a member of no group.
    static Map<String, Object> reader(WorkflowSettings settings) {
        Map<String, Object> config = new HashMap<>(settings.kafkaOthers());
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, settings.applicationId() + "-reader");
        return config;
    }

    static Map<String, Object> admin(WorkflowSettings settings) {
        Map<String, Object> config = new HashMap<>(settings.kafkaOthers());
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, settings.applicationId() + "-topics");
        int patience = Math.toIntExact(settings.startTimeout().toMillis());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        return config;
    }
}
