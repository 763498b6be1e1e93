package io.keyfold.cli.audit;

import io.keyfold.audit.Evidence;
import io.keyfold.audit.TopicEvidence;
import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.audit.TopicEvidence.Partition;
import io.keyfold.audit.TopicEvidence.RequestsRead;
import io.keyfold.audit.TopicEvidence.Span;
import io.keyfold.audit.TopicRecords;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.TopicReader.Extent;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.Topics;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// One look at a live installation. What causes something is read before what it causes, so that nothing is seen without
/// its consequence but what is still going on:
///
/// 1. the statuses; 2. the cloud; 3. the workflow has read all that there is by then; 4. how far the workers say they
/// have come; 5. the topics, requests first, status and audit last, each up to the end that it has when its turn comes.
///
/// A cluster whose run goes on, which has a command that is not done with, or whose status is not the same before and after
/// the look at the cloud, is moving: its things are not compared.
public final class Look {
    private static final Set<RunState> ENDS =
            EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED);

    /// Whose key is not a cluster, or whose meaning is not one cluster's alone.
    private static final Set<String> READ_WHOLE = Set.of(
            Topics.LEDGER_REQUESTS.name(), Topics.LEDGER_REPLIES.name(), Topics.CLUSTER_ENCRYPTION_STATUS.name(),
            Topics.DEAD_LETTERS.name());

    private final Connection connection;
    private final String installation;
    private final Set<String> chosen;

    /// @param chosen the clusters to look at; empty for all
    public Look(Connection connection, String installation, Set<String> chosen) {
        this.connection = connection;
        this.installation = installation;
        this.chosen = Set.copyOf(chosen);
    }

    /// @param cloud      looks at the cloud; empty to leave that out
    /// @param allIsRead  waits until the workflow has read all that there is
    public Evidence evidence(Optional<Supplier<CloudLook>> cloud, Runnable allIsRead) {
        try (var topics = new TopicReader(connection)) {
            Map<String, ClusterEncryptionStatus> before =
                    cloud.isPresent() ? topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS) : Map.of();
            Optional<CloudLook> seen = cloud.map(Supplier::get);
            allIsRead.run();
            var broker = new BrokerLook(connection, installation);
            var records = new TopicRecords(false, broker::isDone);
            Map<Partition, Long> auditBefore = byPartition(topics.ends(Topics.CLUSTER_ENCRYPTION_AUDIT));
            Map<Partition, Extent> extents = new HashMap<>();
            TopicRecords.IN_ORDER.forEach(
                    group -> extents.putAll(
                            byPartition(topics.every(group, (record, value) -> take(records, record, value)))));
            TopicEvidence evidence = records.evidence(cut(extents), requestsRead(extents, auditBefore));
            Map<String, ClusterEncryptionStatus> latest = records.latest();
            Optional<Instant> since =
                    evidence.commands().stream().map(Command::issuedAt).min(Instant::compareTo);
            return new Evidence(
                    of(evidence), seen.map(it -> it.evidence(latest, chosen, since)), Optional.of(broker.evidence()),
                    moving(before, latest, evidence), Instant.now());
        }
    }

    private static Set<Partition> cut(Map<Partition, Extent> extents) {
        return extents.entrySet().stream().filter(extent -> extent.getValue().begin() > 0).map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private RequestsRead requestsRead(Map<Partition, Extent> extents, Map<Partition, Long> auditBefore) {
        var names = Topics.REQUESTS.stream().map(topic -> topic.name()).toList();
        Map<Partition, Span> spans = extents.entrySet().stream()
                .filter(extent -> names.contains(extent.getKey().topic()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        extent -> new Span(extent.getValue().begin(), extent.getValue().end())));
        try (var admin = connection.admin()) {
            Map<String, String> ids = new HashMap<>();
            connection.reached(() -> KafkaAnswer.of(admin.describeTopics(names).allTopicNames()))
                    .forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
            return new RequestsRead(spans, ids, auditBefore);
        }
    }

    private static <T> Map<Partition, T> byPartition(Map<TopicPartition, T> those) {
        return those.entrySet().stream().collect(Collectors.toMap(
                each -> new Partition(each.getKey().topic(), each.getKey().partition()), Map.Entry::getValue));
    }

    private void take(
            TopicRecords records, ConsumerRecord<byte[], byte[]> record, Decoded<? extends SpecificRecord> decoded) {
        String key = TopicReader.keyOf(record);
        if (!chosen.isEmpty() && !chosen.contains(key) && !READ_WHOLE.contains(record.topic())) {
            return;
        }
        var place = TopicReader.placeOf(record);
        switch (decoded) {
            case Decoded.Value<? extends SpecificRecord>(var value) ->
                records.take(place, key, Instant.ofEpochMilli(record.timestamp()), record.value(), value);
            case Decoded.Unreadable<? extends SpecificRecord> unreadable ->
                records.takeUnreadable(place, key, unreadable.why());
            case Decoded.RegistryUnavailable<? extends SpecificRecord>(var why) -> throw new IllegalStateException(why);
        }
    }

    /// Statuses were read of all clusters, to know whose the things are.
    private TopicEvidence of(TopicEvidence all) {
        return chosen.isEmpty() ? all
                : new TopicEvidence(
                        all.requests(), all.deadLetters(), all.audit(), only(all.statuses()), only(all.latest()),
                        all.commands(), all.answers(), all.ledgerRequests(), all.ledgerReplies(), all.unreadable(),
                        all.cut(), all.requestsRead());
    }

    private <T> Map<String, T> only(Map<String, T> byCluster) {
        var kept = new HashMap<>(byCluster);
        kept.keySet().retainAll(chosen);
        return Map.copyOf(kept);
    }

    private static Set<String> moving(
            Map<String, ClusterEncryptionStatus> before, Map<String, ClusterEncryptionStatus> after,
            TopicEvidence topics) {
        Set<UUID> answered = topics.answers().stream().map(Answer::command).collect(Collectors.toSet());
        Set<String> moving = topics.commands().stream()
                .filter(command -> !command.isDone() && !answered.contains(command.id())).map(Command::cluster)
                .collect(Collectors.toCollection(HashSet::new));
        after.forEach((cluster, status) -> {
            var earlier = before.get(cluster);
            if (earlier == null || earlier.getRevision() != status.getRevision() || isGoing(status)) {
                moving.add(cluster);
            }
        });
        return moving;
    }

    /// A parked run too: its status does not list what it has made and cannot show ready yet.
    private static boolean isGoing(ClusterEncryptionStatus status) {
        return status.getLastRun() != null && !ENDS.contains(status.getLastRun().getState());
    }
}
