package io.keyfold.audit;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

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

    boolean isMoving(String cluster) {
        return moving.contains(cluster);
    }
}
