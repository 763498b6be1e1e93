package io.keyfold.workers.kmsinstance;

import java.time.Instant;
import java.util.List;

/// The instance that a command is about.
///
/// @param region        to create it in
/// @param resourceGroup name of the group to create it in
/// @param firstIssuedAt when this run first asked for it
/// @param foreignIds    GUIDs of earlier runs, never this run's
/// @param tags          for people
public record InstanceTarget(
        String name, String region, String resourceGroup, Instant firstIssuedAt, List<String> foreignIds,
        List<String> tags) {
    public InstanceTarget {
        foreignIds = List.copyOf(foreignIds);
        tags = List.copyOf(tags);
    }
}
