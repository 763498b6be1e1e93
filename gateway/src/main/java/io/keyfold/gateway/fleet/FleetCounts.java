package io.keyfold.gateway.fleet;

import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.util.EnumMap;
import java.util.Map;

/// How many clusters stand how.
///
/// @param standing every standing, also those that no cluster has
/// @param runState every state of a last run; UNKNOWN counts the clusters that have had none
public record FleetCounts(
        int clusters, Map<Standing, Integer> standing, Map<RunState, Integer> runState, int needPerson, int paused) {
    public FleetCounts {
        standing = new EnumMap<>(standing); // in the contract's order, which Map.copyOf would lose
        runState = new EnumMap<>(runState);
    }

    /// Counts clusters one by one.
    @SuppressWarnings("EnumOrdinal") // counted a hundred thousand at a time, and never kept
    static final class Tally {
        private final int[] standing = new int[Standing.values().length];
        private final int[] runState = new int[RunState.values().length];
        private int clusters;
        private int needPerson;
        private int paused;

        void add(Cluster cluster) {
            count(cluster, 1);
        }

        void remove(Cluster cluster) {
            count(cluster, -1);
        }

        private void count(Cluster cluster, int by) {
            clusters += by;
            standing[cluster.standing().ordinal()] += by;
            runState[cluster.state().ordinal()] += by;
            needPerson += cluster.needsPerson() ? by : 0;
            paused += cluster.isPaused() ? by : 0;
        }

        FleetCounts counts() {
            var byStanding = new EnumMap<Standing, Integer>(Standing.class);
            for (var one : Standing.values()) {
                byStanding.put(one, standing[one.ordinal()]);
            }
            var byState = new EnumMap<RunState, Integer>(RunState.class);
            for (var one : RunState.values()) {
                byState.put(one, runState[one.ordinal()]);
            }
            return new FleetCounts(clusters, byStanding, byState, needPerson, paused);
        }
    }
}
