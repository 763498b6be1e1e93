package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.TopicCreation;
import io.keyfold.schemas.Topics;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;

/// A broker in this process, gateways on it, and what a workflow would write there.
final class GatewaySite implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final ObjectMapper JSON = new ObjectMapper();

    private static final int PARTITIONS = 3;

    private final KafkaClusterTestKit broker;
    private final KafkaProducer<byte[], byte[]> producer;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Runnable> opened = new ArrayList<>();

    private static @Nullable GatewaySite shared;

    /// The one of all tests of this process: each has clusters of its own there.
    static synchronized GatewaySite shared() {
        if (shared == null) {
            try {
                shared = new GatewaySite();
            } catch (Exception e) {
                throw new IllegalStateException("The broker did not start", e);
            }
        }
        return shared;
    }

    static synchronized void closeShared() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    private GatewaySite() throws Exception {
        broker = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setNumBrokerNodes(1).setNumControllerNodes(1).setCombined(true).build())
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .setConfigProp("transaction.state.log.min.isr", "1")
                .build();
        broker.format();
        broker.startup();
        broker.waitForReadyBrokers();
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            new TopicCreation(admin).create(PARTITIONS, Optional.of((short) 1));
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Map<String, String> settings() {
        return Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", "mock://gateway",
                "registry.auto.register.schemas", "true",
                "gateway.port", "0");
    }

    /// A gateway that has read everything.
    Gateway gateway(Map<String, String> more) throws InterruptedException {
        var settings = new HashMap<>(settings());
        settings.putAll(more);
        var gateway = Gateway.start(settings);
        opened.add(gateway::close);
        assertThat(gateway.awaitReady(PATIENCE)).isTrue();
        return gateway;
    }

    void publish(ClusterEncryptionStatus status) {
        send(Topics.CLUSTER_ENCRYPTION_STATUS, status.getClusterId(), status);
    }

    void publish(ClusterEncryptionAudit audit) {
        send(Topics.CLUSTER_ENCRYPTION_AUDIT, audit.getClusterId(), audit);
    }

    void forget(String cluster) throws Exception {
        producer.send(new ProducerRecord<>(Topics.CLUSTER_ENCRYPTION_STATUS.name(), utf8(cluster), null)).get();
    }

    /// Not Avro at all.
    void spoil(String cluster) throws Exception {
        producer.send(new ProducerRecord<>(Topics.CLUSTER_ENCRYPTION_STATUS.name(), utf8(cluster), utf8("spoilt")))
                .get();
    }

    /// Waits until all that was published is there.
    void flush() {
        producer.flush();
    }

    private <T extends SpecificRecord> void send(Topic<T> topic, String key, T value) {
        try (var serializer = serdes().serializer(topic)) {
            producer.send(
                    new ProducerRecord<>(topic.name(), utf8(key), serializer.serialize(topic.name(), value)));
        }
    }

    /// Everything that is in a topic now.
    <T extends SpecificRecord> List<T> read(Topic<T> topic) {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var decoder = serdes().decoder(topic);
                var consumer =
                        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var values = new ArrayList<T>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                    if (decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<T>(var value)) {
                        values.add(value);
                    }
                });
            }
            return values;
        }
    }

    HttpResponse<String> get(Gateway gateway, String path, String... headers) throws Exception {
        return send(request(gateway, path, headers).GET());
    }

    HttpResponse<String> post(Gateway gateway, String path, String body, String... headers) throws Exception {
        return send(
                request(gateway, path, headers).header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder request(Gateway gateway, String path, String... headers) {
        var builder = HttpRequest.newBuilder(gateway.address().resolve(path)).timeout(PATIENCE);
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    /// The lines of a stream, as they come.
    EventLines events(Gateway gateway, String... headers) throws Exception {
        var lines = new EventLines(http, gateway.address().resolve("/api/v1/events"), headers);
        opened.add(lines::close);
        return lines;
    }

    static JsonNode json(HttpResponse<String> response) throws Exception {
        return JSON.readTree(response.body());
    }

    private AvroSerdes serdes() {
        return new AvroSerdes(SerdeSettings.from(settings()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        opened.reversed().forEach(Runnable::run);
        producer.close();
        try {
            broker.close();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not stop", e);
        }
    }
}
