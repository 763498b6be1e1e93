package io.keyfold.monitoring;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;
import java.util.regex.Pattern;

/// Of the thousands of things that Kafka's clients and Kafka Streams measure, those that tell of trouble: the others would
/// make each look at a process a megabyte long.
///
/// Kafka Streams draws a new id for each start, which would make all of its series new ones each time: it is left out of names.
final class KafkaMeters implements MeterFilter {
    private static final Set<String> SHOWN = Set.of(
            // How far behind, and how fast.
            "kafka.consumer.fetch.manager.records.lag",
            "kafka.consumer.fetch.manager.records.consumed.total",
            "kafka.producer.record.send.total",
            "kafka.producer.record.error.total",
            "kafka.producer.record.retry.total",
            "kafka.producer.request.latency.avg",
            // Whether a client is in touch with its brokers and its group.
            "kafka.consumer.last.poll.seconds.ago",
            "kafka.consumer.coordinator.last.heartbeat.seconds.ago",
            "kafka.consumer.coordinator.assigned.partitions",
            "kafka.consumer.coordinator.rebalance.total",
            "kafka.consumer.coordinator.failed.rebalance.total",
            "kafka.consumer.failed.authentication.total",
            "kafka.producer.failed.authentication.total",
            // How Kafka Streams gets on.
            "kafka.stream.alive.stream.threads",
            "kafka.stream.failed.stream.threads",
            "kafka.stream.thread.process.total",
            "kafka.stream.thread.process.latency.avg",
            "kafka.stream.thread.process.latency.max",
            "kafka.stream.thread.commit.total",
            "kafka.stream.thread.commit.latency.avg",
            "kafka.stream.thread.commit.latency.max");

    /// Told of a client as a whole too, and then without a topic; Prometheus takes a name with one set of labels only.
    private static final String BY_TOPIC = "kafka.consumer.fetch.manager.";

    private static final Pattern DRAWN =
            Pattern.compile("-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        boolean isHidden = id.getName().startsWith("kafka.") && !SHOWN.contains(id.getName())
                || id.getName().startsWith(BY_TOPIC) && id.getTag("topic") == null;
        return isHidden ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        // As many tags as before: Micrometer's binder compares their number.
        return id.getName().startsWith("kafka.")
                ? id.replaceTags(id.getTags().stream().map(KafkaMeters::lasting).toList())
                : id;
    }

    private static Tag lasting(Tag tag) {
        return Tag.of(tag.getKey(), DRAWN.matcher(tag.getValue()).replaceAll(""));
    }
}
