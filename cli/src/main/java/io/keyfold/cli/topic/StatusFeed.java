package io.keyfold.cli.topic;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/// Follows statuses and audit as they change.
public final class StatusFeed implements AutoCloseable {
    /// What came since the last look, each list in order within a cluster.
    public record News(List<ClusterEncryptionStatus> statuses, List<ClusterEncryptionAudit> audit) {
        public News {
            statuses = List.copyOf(statuses);
            audit = List.copyOf(audit);
        }
    }

    private final TopicReader reader;
    private final RecordDecoder<ClusterEncryptionStatus> statuses;
    private final RecordDecoder<ClusterEncryptionAudit> audit;
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /// Starts with what the topics already hold.
    ///
    /// @param cluster empty: all of them
    public static StatusFeed fromBeginning(Connection connection, Optional<String> cluster) {
        var feed = new StatusFeed(connection);
        var partitions = feed.assign(connection, cluster);
        connection.reached(() -> {
            feed.reader.consumer().seekToBeginning(partitions);
            return partitions;
        });
        return feed;
    }

    /// Starts with what comes from now on. When it returns, nothing that is published later is missed.
    public static StatusFeed fromNow(Connection connection, Optional<String> cluster) {
        var feed = new StatusFeed(connection);
        var partitions = feed.assign(connection, cluster);
        connection.reached(() -> {
            feed.reader.consumer().seekToEnd(partitions);
            partitions.forEach(feed.reader.consumer()::position); // seeking is lazy: this makes it now
            return partitions;
        });
        return feed;
    }

    private StatusFeed(Connection connection) {
        this.reader = new TopicReader(connection);
        this.statuses = connection.serdes().decoder(Topics.CLUSTER_ENCRYPTION_STATUS);
        this.audit = connection.serdes().decoder(Topics.CLUSTER_ENCRYPTION_AUDIT);
    }

    /// What has come; empty after `longest` without anything.
    public News next(Duration longest) {
        var newStatuses = new ArrayList<ClusterEncryptionStatus>();
        var newAudit = new ArrayList<ClusterEncryptionAudit>();
        for (var record : reader.consumer().poll(longest)) {
            if (record.value() == null) {
                continue; // a tombstone: the cluster was forgotten
            }
            if (record.topic().equals(Topics.CLUSTER_ENCRYPTION_STATUS.name())) {
                newStatuses.add(reader.value(statuses, record));
            } else {
                newAudit.add(reader.value(audit, record));
            }
        }
        return new News(newStatuses, newAudit);
    }

    /// True once everything has been seen that the topics held when this feed began.
    public boolean isCaughtUp() {
        return ends.entrySet().stream()
                .allMatch(end -> reader.consumer().position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        reader.close();
        statuses.close();
        audit.close();
    }

    private List<TopicPartition> assign(Connection connection, Optional<String> cluster) {
        var partitions = new ArrayList<TopicPartition>();
        for (var topic : List.of(Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT)) {
            cluster.ifPresentOrElse(
                    key -> partitions.add(reader.partitionOf(topic, key)),
                    () -> partitions.addAll(reader.partitionsOf(topic)));
        }
        return connection.reached(() -> {
            reader.consumer().assign(partitions);
            ends.putAll(reader.consumer().endOffsets(partitions));
            return partitions;
        });
    }
}
