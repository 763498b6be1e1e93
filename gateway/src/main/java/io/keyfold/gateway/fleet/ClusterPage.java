package io.keyfold.gateway.fleet;

import java.util.List;
import java.util.Optional;

/// One page of a sorted selection.
///
/// @param counts of all that the selection contains, not of this page alone
/// @param next   the rank after which the next page begins; empty if this is the last one
public record ClusterPage(List<Cluster> clusters, FleetCounts counts, Optional<Order.Rank> next) {
    public ClusterPage {
        clusters = List.copyOf(clusters);
    }
}
