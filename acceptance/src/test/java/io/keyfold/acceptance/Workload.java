package io.keyfold.acceptance;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Workflows of all kinds, each drawn from the seed and its number, each in one of some accounts.
///
/// @param seed     the same seed draws the same workflows
/// @param accounts the accounts' aliases
record Workload(long seed, List<String> accounts) {
    /// Instances that were there before, and that nobody of us may delete; each has a key of this name.
    static final List<String> SHARED_INSTANCES = IntStream.range(0, 5).mapToObj(it -> "shared-" + it).toList();
    static final String TEAM_KEY = "team-key";

    private static final Set<RunState> ANY_END =
            Set.copyOf(EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED));

    /// @param mayEndAs    how its deploy may end where a fault may fail it
    /// @param isCancelled right after it was asked for
    /// @param isSentTwice as an orchestrator does that has lost the broker's answer
    /// @param isRemoved   once it has completed, while all the others go on
    record Workflow(
            ClusterDeployRequested request,
            Set<RunState> mayEndAs,
            boolean isCancelled,
            boolean isSentTwice,
            boolean isRemoved) {
        String cluster() {
            return request.getAccount() + "/" + request.getClusterPrefix();
        }

        ClusterControlRequested control(ControlAction action, String id) {
            return ClusterControlRequested.newBuilder().setControlId(id + "-" + request.getClusterPrefix())
                    .setClusterId(cluster()).setAction(action).setRequestId(request.getRequestId())
                    .setReason("of the workload").setRequestedBy("acceptance test").setRequestedAt(Instant.EPOCH)
                    .build();
        }
    }

    Workflow drawn(int number) {
        var random = new SplittableRandom(seed * 1_000_003 + number);
        var request = Site.request("w" + number).setAccount(accounts.get(number % accounts.size()));
        Set<RunState> mayEndAs = EnumSet.of(RunState.COMPLETED, RunState.FAILED);
        boolean isCancelled = false;
        int kind = random.nextInt(100);
        String shared = SHARED_INSTANCES.get(random.nextInt(SHARED_INSTANCES.size()));
        if (kind < 15) {
            request.setKmsInstanceName(shared);
        } else if (kind < 20) {
            request.setKmsInstanceName(shared).setKmsKeyName(TEAM_KEY);
        } else if (kind < 30) {
            request.setKeyManagement(null);
            mayEndAs = EnumSet.of(RunState.COMPLETED);
        } else if (kind < 33) {
            request.setKmsKeyName("a-key-of-no-instance");
            mayEndAs = EnumSet.of(RunState.REJECTED);
        } else if (kind < 40) {
            isCancelled = true;
            mayEndAs = ANY_END;
        } else if (kind < 45) {
            request.setSeparateKeys(true);
        }
        return new Workflow(
                request.build(), Set.copyOf(mayEndAs), isCancelled, random.nextInt(100) < 5, random.nextInt(100) < 25);
    }
}
