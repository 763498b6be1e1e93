package io.keyfold.schemas;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/// `docs/topics.md`: the catalogue and every record, field by field.
final class TopicsDocument {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Schema> shared = new LinkedHashMap<>();

    private TopicsDocument() {}

    static String text() {
        TopicsDocument document = new TopicsDocument();
        document.catalogue();
        document.access();
        document.records();
        document.sharedTypes();
        return document.text.toString();
    }

    private void catalogue() {
        line("<!-- Written by TopicsDocumentTest: mvn -pl schemas -am test -Dregenerate -->");
        line("# Topics");
        line("");
        line("Values are Avro in the Confluent wire format, one record type a topic; keys are UTF-8 strings. Every");
        line("record carries CloudEvents headers (`ce_id`, `ce_type`, `ce_source`, `ce_time`, `ce_specversion`) and");
        line("`traceparent`, every command its step in `ce_subject`. `keyfold topics create` makes the topics with "
                + Topics.DEFAULT_PARTITIONS
                + " partitions each unless told otherwise, and registers");
        line("the schemas with the compatibility level " + SchemaRegistration.COMPATIBILITY
                + ". The same in AsyncAPI 3.0: [asyncapi.yaml](asyncapi.yaml).");
        line("");
        line("| topic | key | record | written by | read by | clean-up | kept |");
        line("| --- | --- | --- | --- | --- | --- | --- |");
        for (Topic<?> topic : Topics.ALL) {
            row(
                    "`" + topic.name() + "`",
                    topic.key(),
                    link(topic.schema()),
                    words(topic.writers()),
                    words(topic.readers()),
                    topic.cleanup().policy(),
                    kept(topic));
        }
        line("");
        line("The workflow's saga reads these, which must have equally many partitions: "
                + Topics.SAGA_SOURCES.stream()
                        .map(topic -> "`" + topic.name() + "`")
                        .collect(Collectors.joining(", "))
                + ".");
        line("");
        line("A value of a later version may hold an enum value that an earlier reader does not know: it reads");
        line("`UNKNOWN`. Times are milliseconds since 1970-01-01 UTC.");
    }

    private static String words(Set<Party> parties) {
        boolean isAllWorkers = parties.containsAll(Party.WORKERS);
        Stream<String> others = parties.stream()
                .filter(party -> !isAllWorkers || !Party.WORKERS.contains(party))
                .map(Party::words);
        return Stream.concat(others, isAllWorkers ? Stream.of("workers") : Stream.empty())
                .collect(Collectors.joining(", "));
    }

    private void access() {
        line("");
        line("## Who may do what");
        line("");
        line("In a Kafka with access control each of these has a user of its own (`User:keyfold-…` unless told otherwise) and");
        line("these rights, granted by `keyfold topics acls --apply`. READ and WRITE include DESCRIBE; `…` stands for every name");
        line("that begins so; the installation is called `default` here.");
        line("");
        line("| user | rights |");
        line("| --- | --- |");
        new AccessRules("default", "keyfold-workflow-default", Map.of()).bindings().forEach((party, bindings) -> row(
                "`" + party.user() + "`",
                bindings.stream()
                        .collect(Collectors.groupingBy(
                                AccessControl::right, LinkedHashMap::new,
                                Collectors.mapping(AccessControl::resource, Collectors.joining(", "))))
                        .entrySet().stream().map(each -> "**" + each.getKey() + "** " + each.getValue())
                        .collect(Collectors.joining("; "))));
    }

    private static String kept(Topic<?> topic) {
        if (topic.cleanup() == Cleanup.COMPACT) {
            return "the latest of each key";
        }
        return topic.retention().map(Duration::toDays).map(days -> days + " days").orElse("for ever");
    }

    private void records() {
        for (Topic<?> topic : Topics.ALL) {
            record(topic.schema());
        }
    }

    private void record(Schema schema) {
        line("");
        line("## " + schema.getName());
        line("");
        line(schema.getDoc());
        line("");
        line("| field | type | default | meaning |");
        line("| --- | --- | --- | --- |");
        for (Schema.Field field : schema.getFields()) {
            row("`" + field.name() + "`", type(field.schema()), "`" + defaultOf(field) + "`", field.doc());
        }
    }

    /// Describing one shared record may bring in the next: so until none is new.
    private void sharedTypes() {
        Map<String, Schema> described = new LinkedHashMap<>();
        while (described.size() < shared.size()) {
            for (Schema schema : shared.values().toArray(Schema[]::new)) {
                if (described.putIfAbsent(schema.getFullName(), schema) == null) {
                    sharedType(schema);
                }
            }
        }
    }

    private void sharedType(Schema schema) {
        if (schema.getType() == Schema.Type.RECORD) {
            record(schema);
            return;
        }
        line("");
        line("## " + schema.getName());
        line("");
        line(schema.getDoc());
        line("");
        line(schema.getEnumSymbols().stream().map(symbol -> "`" + symbol + "`").collect(Collectors.joining(" ")));
    }

    private static String defaultOf(Schema.Field field) {
        Object value = field.defaultVal();
        if (JsonProperties.NULL_VALUE.equals(value)) {
            return "null";
        }
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }

    private String type(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM -> {
                shared.putIfAbsent(schema.getFullName(), schema);
                yield link(schema);
            }
            case ARRAY -> "list of " + type(schema.getElementType());
            case MAP -> "map of " + type(schema.getValueType());
            case UNION -> schema.getTypes().stream().map(this::type).collect(Collectors.joining(" or "));
            default -> {
                LogicalType logical = schema.getLogicalType();
                yield logical == null ? schema.getType().getName() : logical.getName();
            }
        };
    }

    private static String link(Schema schema) {
        return "[" + schema.getName() + "](#" + schema.getName().toLowerCase(Locale.ROOT) + ")";
    }

    private void row(String... cells) {
        line("| " + String.join(" | ", cells).replace("\n", " ") + " |");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
