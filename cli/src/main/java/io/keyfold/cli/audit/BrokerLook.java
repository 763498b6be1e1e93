package io.keyfold.cli.audit;

import io.keyfold.audit.BrokerEvidence;
import io.keyfold.audit.BrokerEvidence.Transaction;
import io.keyfold.audit.BrokerEvidence.Unread;
import io.keyfold.audit.Place;
import io.keyfold.audit.TopicRecords;
import io.keyfold.cli.topic.Backlog;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Members;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.Topic;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.WorkerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/// What the broker says of the workers' consumer groups, and of those who write.
public final class BrokerLook {
    private final Connection connection;
    private final String installation;

    /// What the workers had said of their reading when this began.
    private final Map<TopicPartition, Long> done = new HashMap<>();

    public BrokerLook(Connection connection, String installation) {
        this.connection = connection;
        this.installation = installation;
        for (WorkerKind kind : WorkerKind.values()) {
            done.putAll(backlog(kind).committed());
        }
    }

    private Backlog backlog(WorkerKind kind) {
        return new Backlog(connection, group(kind), List.of(WorkerService.commands(kind)));
    }

    private String group(WorkerKind kind) {
        return WorkerSettings.groupId(installation, kind);
    }

    /// Whether the worker was through with the command there when this began. A worker says so after it has answered.
    boolean isDone(Place place) {
        return place.offset() < done.getOrDefault(new TopicPartition(place.topic(), place.partition()), 0L);
    }

    public BrokerEvidence evidence() {
        List<Unread> unread = new ArrayList<>();
        for (WorkerKind kind : WorkerKind.values()) {
            int members = new Members(connection).of(group(kind));
            backlog(kind).left(Duration.ZERO).forEach((partition, records) -> unread.add(
                    new Unread(group(kind), first(partition), records, members)));
        }
        return new BrokerEvidence(open(), unread);
    }

    private Place first(String partition) {
        int dash = partition.lastIndexOf('-');
        var which = new TopicPartition(partition.substring(0, dash), Integer.parseInt(partition.substring(dash + 1)));
        return new Place(which.topic(), which.partition(), done.getOrDefault(which, 0L));
    }

    private List<Transaction> open() {
        try (var admin = connection.admin()) {
            return connection.reached(() -> {
                List<Transaction> open = new ArrayList<>();
                KafkaAnswer.of(admin.describeProducers(partitions(admin)).all()).forEach(
                        (partition, producers) -> producers.activeProducers().forEach(
                                producer -> producer.currentTransactionStartOffset().ifPresent(
                                        begin -> open.add(
                                                new Transaction(
                                                        new Place(partition.topic(), partition.partition(), begin),
                                                        producer.producerId(),
                                                        Instant.ofEpochMilli(producer.lastTimestamp()))))));
                return open;
            });
        }
    }

    private static List<TopicPartition> partitions(Admin admin) {
        var names = TopicRecords.READ.stream().map(Topic::name).toList();
        return KafkaAnswer.of(admin.describeTopics(names).allTopicNames()).values().stream()
                .flatMap(
                        topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }
}
