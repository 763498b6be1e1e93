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
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

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
        ClusterDeployRequested request = Site.request(prefix).build();
        otherwise.forEach(request::put);
        String cluster = "default/" + prefix;
        send(Topics.CLUSTER_DEPLOY_REQUESTED, cluster, request);
        return cluster;
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
            producer.send(
                    new ProducerRecord<>(
                            topic.name(), key.getBytes(StandardCharsets.UTF_8),
                            serializer.serialize(topic.name(), value)))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Not published: " + value, e);
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
