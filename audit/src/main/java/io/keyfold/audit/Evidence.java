package io.keyfold.audit;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Standing;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// All that there is to judge by.
///
/// @param topics the records of the topics, in the order of each key
/// @param cloud  the cloud as it was seen before the topics were read; empty if it was not looked at
/// @param broker what the broker says of those who read and write; empty if it was not asked
/// @param moving the clusters of which something was going on while the cloud was looked at: they are not compared with it
/// @param now    when it was gathered
public record Evidence(
        TopicEvidence topics,
        Optional<CloudEvidence> cloud,
        Optional<BrokerEvidence> broker,
        Set<String> moving,
        Instant now) {
    public Evidence {
        moving = Set.copyOf(moving);
    }

    /// The clusters, by account, for which a worker was asked for something in an account that was not looked at, and of
    /// which something may be left; none if the cloud was not looked at at all.
    public SortedMap<String, SortedSet<String>> notCompared() {
        var unseen = new TreeMap<String, SortedSet<String>>();
        cloud.ifPresent(
                looked -> Stream.concat(
                        topics.audit().entrySet().stream().filter(each -> each.getValue().stream().anyMatch(
                                line -> line.event() == AuditEvent.STEP_STARTED)).map(Map.Entry::getKey)
                                .filter(cluster -> !isRemoved(cluster)),
                        topics.latest().entrySet().stream().filter(each -> !each.getValue().getResources().isEmpty())
                                .map(Map.Entry::getKey))
                        .forEach(cluster -> {
                            String account = cluster.substring(0, Math.max(0, cluster.indexOf('/')));
                            if (!looked.accounts().contains(account)) {
                                unseen.computeIfAbsent(account, _ -> new TreeSet<>()).add(cluster);
                            }
                        }));
        return unseen;
    }

    private boolean isRemoved(String cluster) {
        ClusterEncryptionStatus status = topics.latest().get(cluster);
        return status != null && status.getStanding() == Standing.DEPROVISIONED && status.getResources().isEmpty();
    }

    boolean isMoving(String cluster) {
        return moving.contains(cluster);
    }
}
