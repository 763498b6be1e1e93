package io.keyfold.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// The contract in AsyncAPI 3.0: a channel for each topic, a message for each record, and for each party what it sends and
/// receives.
final class AsyncApiDocument {
    private static final String KAFKA_BINDING = "0.5.0";
    private static final int WIDTH = 120;

    /// The specification of Avro in whose words the schemas are written.
    private static final String SCHEMA_FORMAT = "application/vnd.apache.avro;version=1.9.0";

    private AsyncApiDocument() {}

    static String text() {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setWidth(WIDTH);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setSplitLines(true);
        return "# Written by AsyncApiDocumentTest: mvn -pl schemas -am test -Dregenerate\n"
                + new Yaml(options).dump(document());
    }

    private static Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("asyncapi", "3.0.0");
        document.put("info", info());
        document.put("defaultContentType", "application/avro");
        document.put("channels", forEachTopic(AsyncApiDocument::channel));
        document.put("operations", operations());
        Map<String, Object> components = new LinkedHashMap<>();
        components.put("messages", messages());
        components.put("messageTraits", map("onKafka", trait()));
        document.put("components", components);
        return document;
    }

    private static Map<String, Object> info() {
        return map(
                "title", "Keyfold",
                "version", "v" + WorkerGroups.CONTRACT,
                "description",
                "Encryption of IBM Spectrum LSF clusters on IBM Cloud, asked for, carried out and told of on Kafka."
                        + " Values are Avro in the Confluent wire format, one record type a topic; keys are UTF-8"
                        + " strings, placed as Java's clients place them (murmur2). Read with"
                        + " isolation.level=read_committed. Schemas are registered by `keyfold topics create`, each as"
                        + " <topic>-value with the level " + SchemaRegistration.COMPATIBILITY + ". Whoever is none of"
                        + " Keyfold's own services is an orchestrator, an operator or an auditor: the operations say"
                        + " what each of these sends and receives.",
                "license", map("name", "Apache 2.0", "url", "https://www.apache.org/licenses/LICENSE-2.0"));
    }

    private static Map<String, Object> channel(Topic<?> topic) {
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("cleanup.policy", List.of(topic.cleanup().policy()));
        TopicCreation.config(topic, Optional.empty()).forEach((name, value) -> {
            if (!name.equals("cleanup.policy")) {
                configuration.put(name, Long.valueOf(value));
            }
        });
        return map(
                "address", topic.name(),
                "description", topic.schema().getDoc(),
                "messages", map(record(topic), ref("components/messages/" + record(topic))),
                "bindings", map(
                        "kafka", map(
                                "topic", topic.name(),
                                "partitions", Topics.DEFAULT_PARTITIONS,
                                "topicConfiguration", configuration,
                                "bindingVersion", KAFKA_BINDING)));
    }

    private static Map<String, Object> operations() {
        Map<String, Object> operations = new LinkedHashMap<>();
        for (Party party : Party.values()) {
            for (Topic<?> topic : Topics.ALL) {
                operation(operations, party, "send", topic, topic.writers());
                operation(operations, party, "receive", topic, topic.readers());
            }
        }
        return operations;
    }

    private static void operation(
            Map<String, Object> operations, Party party, String action, Topic<?> topic, Set<Party> parties) {
        if (parties.contains(party)) {
            operations.put(
                    party.id() + "." + action + "." + topic.name(),
                    map(
                            "action", action,
                            "channel", ref("channels/" + topic.name()),
                            "tags", List.of(map("name", party.id())),
                            "messages", List.of(ref("channels/" + topic.name() + "/messages/" + record(topic)))));
        }
    }

    private static Map<String, Object> messages() {
        Map<String, Object> messages = new LinkedHashMap<>();
        for (Topic<?> topic : Topics.ALL) {
            messages.put(
                    record(topic),
                    map(
                            "name", record(topic),
                            "summary", topic.schema().getDoc(),
                            "traits", List.of(ref("components/messageTraits/onKafka")),
                            "bindings", map(
                                    "kafka", map(
                                            "key", map("type", "string", "description", topic.key()),
                                            "schemaIdLocation", "payload",
                                            "schemaIdPayloadEncoding", "confluent",
                                            "schemaLookupStrategy", "TopicNameStrategy",
                                            "bindingVersion", KAFKA_BINDING)),
                            "payload", map("schemaFormat", SCHEMA_FORMAT, "schema", schema(topic))));
        }
        return messages;
    }

    /// What every record carries beside its value.
    private static Map<String, Object> trait() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put(CloudEventHeaders.ID, header("Unique for its source: two records with one id are one event."));
        headers.put(CloudEventHeaders.TYPE, header("The record's name."));
        headers.put(CloudEventHeaders.SOURCE, header("Who wrote it."));
        headers.put(CloudEventHeaders.TIME, header("When it happened, as RFC 3339 writes it."));
        headers.put(CloudEventHeaders.SUBJECT,
                header("Of a command: its step. Commands of other steps do not wait for it."));
        headers.put(CloudEventHeaders.SPEC_VERSION, header("1.0"));
        headers.put(CloudEventHeaders.CONTENT_TYPE, header("application/avro"));
        headers.put(CloudEventHeaders.TRACE_PARENT, header("The trace that it belongs to (W3C Trace Context)."));
        headers.put(CloudEventHeaders.TRACE_STATE, header("What the trace's system adds, if it does."));
        return map("headers", map("type", "object", "properties", headers));
    }

    private static Map<String, Object> header(String description) {
        return map("type", "string", "description", description);
    }

    private static Map<String, Object> schema(Topic<?> topic) {
        try {
            return new ObjectMapper().readValue(topic.schema().toString(), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro writes JSON", e);
        }
    }

    private static String record(Topic<?> topic) {
        return topic.schema().getName();
    }

    private static Map<String, Object> ref(String path) {
        return map("$ref", "#/" + path);
    }

    private interface OfTopic {
        Map<String, Object> of(Topic<?> topic);
    }

    private static Map<String, Object> forEachTopic(OfTopic part) {
        Map<String, Object> all = new LinkedHashMap<>();
        Topics.ALL.forEach(topic -> all.put(topic.name(), part.of(topic)));
        return all;
    }

    /// In the order given.
    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int each = 0; each < namesAndValues.length; each += 2) {
            map.put(String.valueOf(namesAndValues[each]), namesAndValues[each + 1]);
        }
        return map;
    }
}
