package io.keyfold.cli.topic;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.WorkerControl;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Publishes requests as an orchestrator would, and returns where each lies once the broker has it for good. The audit
/// names that place as the cause of what came of it.
public final class RequestPublisher implements AutoCloseable {
    /// Who writes, as the CloudEvents source.
    public static final String SOURCE = "/keyfold/cli";

    private final Connection connection;
    private final Producer<byte[], byte[]> producer;

    public RequestPublisher(Connection connection) {
        this.connection = connection;
        this.producer = connection.producer();
    }

    public Published publish(ClusterDeployRequested request) {
        return publish(
                Topics.CLUSTER_DEPLOY_REQUESTED,
                request.getAccount() + "/" + request.getClusterPrefix(),
                request,
                request.getRequestId(),
                request.getRequestedAt());
    }

    public Published publish(ClusterControlRequested control) {
        return publish(
                Topics.CLUSTER_CONTROL_REQUESTED,
                control.getClusterId(),
                control,
                control.getControlId(),
                control.getRequestedAt());
    }

    /// @param worker `<account>/<worker>`
    public Published publish(String worker, WorkerControl control) {
        return publish(Topics.WORKER_CONTROL, worker, control, control.getControlId(), control.getRequestedAt());
    }

    @Override
    public void close() {
        producer.close(java.time.Duration.ofSeconds(1));
    }

    private <T extends SpecificRecord> Published publish(
            Topic<T> topic, String key, T value, String id, Instant time) {
        var headers = new RecordHeaders();
        CloudEventHeaders.write(headers, topic, id, SOURCE, time, new RecordHeaders());
        var bytes = serialized(connection, topic, value);
        var record = new ProducerRecord<>(
                topic.name(), null, null, key.getBytes(StandardCharsets.UTF_8), bytes, headers);
        var written = connection.reached(() -> send(record));
        return new Published(written.topic(), written.partition(), written.offset());
    }

    /// A record's bytes, by the schema that the registry has.
    public static <T extends SpecificRecord> byte[] serialized(Connection connection, Topic<T> topic, T value) {
        try (var serializer = connection.serdes().serializer(topic)) {
            return serializer.serialize(topic.name(), value);
        } catch (RuntimeException e) { // whatever class was configured throws what it likes
            throw new TopicFailure(
                    "the schema of " + topic.name() + " cannot be looked up at " + connection.registryUrl() + ": "
                            + root(e),
                    "Start a registry (keyfold registry), give another address (--registry-url URL), or register the"
                            + " schemas: keyfold topics create",
                    e);
        }
    }

    private RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        try {
            return KafkaAnswer.of(producer.send(record));
        } catch (RecordTooLargeException e) {
            throw new TopicFailure(
                    "the request is too large for the broker: " + e.getMessage(), "Check its inputs: keyfold plan");
        }
    }

    private static String root(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
