package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A deploy orchestrator that was linked with the first version's contract and never since: it writes what version 1 of
/// the schemas says, before, during and after an upgrade.
final class FirstOrchestrator implements Orchestrator {
    private static final String REQUESTS = "cluster-deploy-requested";
    private static final String CONTROLS = "cluster-control-requested";
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Registered(Schema schema, int id) {}

    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Registered> schemas = new HashMap<>();

    FirstOrchestrator(String bootstrapServers, String registryUrl) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0), new ByteArraySerializer(),
                new ByteArraySerializer());
        for (String topic : List.of(REQUESTS, CONTROLS)) {
            String text = schema(topic);
            schemas.put(topic, new Registered(new Schema.Parser().parse(text), idOf(topic, text, registryUrl)));
        }
    }

    /// Version 1 of a topic's schema, as text.
    static String schema(String topic) {
        try {
            return Files.readString(
                    Program.present().home().resolve("schemas/released/v1").resolve(topic + ".avsc"));
        } catch (IOException e) {
            throw new IllegalStateException("Version 1 of the schemas is not there", e);
        }
    }

    private static int idOf(String topic, String schema, String registryUrl) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String body = JSON.writeValueAsString(JSON.createObjectNode().put("schema", schema));
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(registryUrl + "/subjects/" + topic + "-value"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode found = JSON.readTree(answer.body());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("The registry does not know version 1 of " + topic + ": " + found);
            }
            return found.path("id").asInt();
        } catch (IOException e) {
            throw new IllegalStateException("The registry does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public String deploy(String prefix, Map<String, ?> otherwise) {
        var fields = new HashMap<String, Object>(
                Map.of(
                        "request_id", "r-" + prefix, "cluster_prefix", prefix, "region", "us-south", "requested_by",
                        "orchestrator of version 1"));
        fields.putAll(otherwise);
        String cluster = "default/" + prefix;
        send(REQUESTS, cluster, fields);
        return cluster;
    }

    @Override
    public void control(String cluster, String action, String requestId) {
        Schema actions = schemas.get(CONTROLS).schema().getField("action").schema();
        send(
                CONTROLS, cluster,
                Map.of(
                        "control_id", action + "-" + cluster.replace('/', '.') + "-" + requestId, "cluster_id", cluster,
                        "action", new GenericData.EnumSymbol(actions, action), "request_id", requestId,
                        "requested_by", "orchestrator of version 1", "reason", "upgrade test"));
    }

    private void send(String topic, String key, Map<String, ?> fields) {
        Registered registered = schemas.get(topic);
        var record = new GenericRecordBuilder(registered.schema());
        fields.forEach(record::set);
        try {
            var value = new ByteArrayOutputStream();
            value.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(registered.id()).array());
            var encoder = EncoderFactory.get().binaryEncoder(value, null);
            new GenericDatumWriter<>(registered.schema()).write(record.build(), encoder);
            encoder.flush();
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value.toByteArray()))
                    .get();
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException("Not published: " + fields, e);
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
