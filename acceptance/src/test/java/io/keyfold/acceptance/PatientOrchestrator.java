package io.keyfold.acceptance;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ControlAction;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/// A deploy orchestrator that waits longer for Kafka than any of our disturbances takes.
final class PatientOrchestrator implements Orchestrator {
    private static final int PATIENCE_MS = 300_000;

    private final AvroSerdes serdes;
    private final KafkaProducer<byte[], byte[]> producer;

    PatientOrchestrator(String bootstrapServers, String registryUrl) {
        serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", registryUrl)));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0, "max.block.ms",
                        PATIENCE_MS,
                        "delivery.timeout.ms", PATIENCE_MS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public String deploy(String prefix, Map<String, ?> otherwise) {
        ClusterDeployRequested request = request(prefix, otherwise);
        send(Topics.CLUSTER_DEPLOY_REQUESTED, clusterOf(request), request);
        return clusterOf(request);
    }

    /// Asks for many clusters that are alike, without waiting in between; returns when Kafka has all of the requests.
    void deployEach(Collection<String> prefixes, Map<String, ?> otherwise) {
        try (var serializer = serdes.serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            List<Future<RecordMetadata>> sent = prefixes.stream().map(prefix -> request(prefix, otherwise)).map(
                    request -> begin(Topics.CLUSTER_DEPLOY_REQUESTED, clusterOf(request), request, serializer))
                    .toList();
            sent.forEach(PatientOrchestrator::await);
        }
    }

    private static ClusterDeployRequested request(String prefix, Map<String, ?> otherwise) {
        ClusterDeployRequested request = Site.request(prefix).build();
        otherwise.forEach(request::put);
        return request;
    }

    private static String clusterOf(ClusterDeployRequested request) {
        return "default/" + request.getClusterPrefix();
    }

    @Override
    public void control(String cluster, String action, String requestId) {
        send(
                Topics.CLUSTER_CONTROL_REQUESTED, cluster,
                ClusterControlRequested.newBuilder()
                        .setControlId(action + "-" + cluster.replace('/', '.') + "-" + requestId).setClusterId(cluster)
                        .setAction(ControlAction.valueOf(action)).setRequestId(requestId)
                        .setRequestedBy("acceptance test").setReason("chaos").setRequestedAt(Instant.EPOCH).build());
    }

    private <T extends SpecificRecord> void send(Topic<T> topic, String key, T value) {
        try (var serializer = serdes.serializer(topic)) {
            await(begin(topic, key, value, serializer));
        }
    }

    private <T extends SpecificRecord> Future<RecordMetadata> begin(
            Topic<T> topic, String key, T value, Serializer<T> serializer) {
        return producer.send(
                new ProducerRecord<>(
                        topic.name(), key.getBytes(StandardCharsets.UTF_8), serializer.serialize(topic.name(), value)));
    }

    private static void await(Future<RecordMetadata> sent) {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Not published", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
