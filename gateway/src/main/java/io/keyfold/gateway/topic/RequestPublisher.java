package io.keyfold.gateway.topic;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.gateway.fleet.Place;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.SchemaLookUp;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.TraceParent;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;

/// Publishes requests as an orchestrator would, and returns where each lies once the broker has it for good.
public final class RequestPublisher implements AutoCloseable {
    /// A request could not be published, or nobody knows whether it was: sending it again does no harm.
    public static final class NotPublished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotPublished(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final String source;
    private final Traces traces;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<ClusterDeployRequested> deploys;
    private final Serializer<ClusterControlRequested> controls;

    /// @param source who writes, as the CloudEvents source
    public RequestPublisher(KafkaClients clients, String source, Traces traces) {
        this.source = source;
        this.traces = traces;
        this.deploys = clients.serdes().serializer(Topics.CLUSTER_DEPLOY_REQUESTED);
        this.controls = clients.serdes().serializer(Topics.CLUSTER_CONTROL_REQUESTED);
        this.producer = clients.producer();
    }

    /// Whether the registry knows what is going to be published; it is asked before the first request.
    public SchemaLookUp schemas() {
        var deploy = SchemaLookUp.of(Topics.CLUSTER_DEPLOY_REQUESTED, deploys);
        return deploy instanceof SchemaLookUp.Known ? SchemaLookUp.of(Topics.CLUSTER_CONTROL_REQUESTED, controls)
                : deploy;
    }

    /// @param traceParent the caller's own W3C trace context, if there is one
    public Place publish(ClusterDeployRequested request, Optional<String> traceParent) {
        return publish(
                Topics.CLUSTER_DEPLOY_REQUESTED,
                deploys,
                request.getAccount() + "/" + request.getClusterPrefix(),
                request,
                new Event(request.getRequestId(), request.getRequestedAt(), traceParent));
    }

    /// @param traceParent the caller's own W3C trace context, if there is one
    public Place publish(ClusterControlRequested control, Optional<String> traceParent) {
        return publish(
                Topics.CLUSTER_CONTROL_REQUESTED,
                controls,
                control.getClusterId(),
                control,
                new Event(control.getControlId(), control.getRequestedAt(), traceParent));
    }

    private record Event(String id, Instant time, Optional<String> traceParent) {}

    private <T extends SpecificRecord> Place publish(
            Topic<T> topic, Serializer<T> serializer, String key, T value, Event event) {
        if (!traces.isOn()) {
            return send(topic, serializer, key, value, event);
        }
        var span = traces.tracer().spanBuilder("send " + topic.name())
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "send")
                .setAttribute("messaging.operation.type", "send")
                .setAttribute("messaging.destination.name", topic.name())
                .setAttribute("keyfold.cluster.id", key)
                .setAttribute("messaging.message.id", event.id())
                .startSpan();
        try {
            var place = send(
                    topic, serializer, key, value,
                    new Event(event.id(), event.time(), Optional.of(traceParent(span.getSpanContext()))));
            span.setAttribute("messaging.destination.partition.id", String.valueOf(place.partition()));
            span.setAttribute("messaging.kafka.offset", place.offset());
            return place;
        } catch (NotPublished failure) {
            span.setAttribute(Traces.ERROR_TYPE, "NOT_PUBLISHED").setStatus(StatusCode.ERROR);
            throw failure;
        } finally {
            span.end();
        }
    }

    private static String traceParent(SpanContext span) {
        return new TraceParent(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asHex()).toString();
    }

    private <T extends SpecificRecord> Place send(
            Topic<T> topic, Serializer<T> serializer, String key, T value, Event event) {
        var cause = new RecordHeaders();
        event.traceParent().ifPresent(
                trace -> cause.add(CloudEventHeaders.TRACE_PARENT, trace.getBytes(StandardCharsets.UTF_8)));
        var headers = new RecordHeaders();
        CloudEventHeaders.write(headers, topic, event.id(), source, event.time(), cause);
        var record = new ProducerRecord<>(
                topic.name(),
                null,
                null,
                key.getBytes(StandardCharsets.UTF_8),
                serialized(topic, serializer, value),
                headers);
        try {
            var written = KafkaAnswer.of(producer.send(record));
            return new Place(written.partition(), written.offset());
        } catch (KafkaException e) {
            throw new NotPublished("Kafka has not taken it: " + e.getMessage(), e);
        }
    }

    private static <T extends SpecificRecord> byte[] serialized(Topic<T> topic, Serializer<T> serializer, T value) {
        try {
            return serializer.serialize(topic.name(), value);
        } catch (RuntimeException e) { // whatever class was configured throws what it likes
            throw new NotPublished("The schema registry has not told the schema of " + topic.name(), e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        deploys.close();
        controls.close();
    }
}
