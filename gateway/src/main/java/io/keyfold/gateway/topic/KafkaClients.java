package io.keyfold.gateway.topic;

import io.keyfold.schemas.AvroSerdes;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Makes the clients of one Kafka and its registry.
///
/// @param others any further settings of Kafka's clients; they give way where correctness depends on a value
public record KafkaClients(String bootstrapServers, AvroSerdes serdes, Map<String, String> others) {
    /// A person waits for what is published.
    private static final String PUBLISHED_WITHIN_MS = "10000";
    private static final String ANSWERED_WITHIN_MS = "5000";

    public KafkaClients {
        others = Map.copyOf(others);
    }

    /// Reads committed records only, in no group.
    Consumer<byte[], byte[]> consumer(String name) {
        var config = common(name);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Producer<byte[], byte[]> producer() {
        var config = new HashMap<String, Object>();
        config.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PUBLISHED_WITHIN_MS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWERED_WITHIN_MS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PUBLISHED_WITHIN_MS);
        config.putAll(common("requests"));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Admin admin(int patienceMs) {
        var config = common("admin");
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, patienceMs);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, patienceMs);
        return Admin.create(config);
    }

    private Map<String, Object> common(String name) {
        var config = new HashMap<String, Object>(others);
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "keyfold-gateway-" + name);
        return config;
    }

    /// The further settings may hold passwords.
    @Override
    public String toString() {
        return "KafkaClients[" + bootstrapServers + ", " + others.keySet() + "]";
    }
}
