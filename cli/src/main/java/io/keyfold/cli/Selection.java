package io.keyfold.cli;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Clusters by what their status says, instead of one by name. What is given has to hold all at once.
final class Selection {
    @Option(
            names = "--failed-with",
            paramLabel = "CODE",
            description = "All clusters whose latest run failed, is undone or waits because of this code; docs/errors.md"
                    + " lists them.")
    private @Nullable FaultCode failedWith;

    @Option(names = "--standing", paramLabel = "STANDING", description = "All clusters of this standing.")
    private @Nullable Standing standing;

    @Option(names = "--last-run", paramLabel = "STATE", description = "All clusters whose latest run is in this state.")
    private @Nullable RunState lastRun;

    @Option(names = "--requested-by", paramLabel = "WHO", description = "All clusters whose latest run WHO asked for.")
    private @Nullable String requestedBy;

    @Option(names = "--yes", description = "Do it. Without it, only the clusters that it would be done to are shown.")
    private boolean yes;

    boolean isGiven() {
        return failedWith != null || standing != null || lastRun != null || requestedBy != null;
    }

    boolean isMeant() {
        return yes;
    }

    boolean contains(ClusterEncryptionStatus status) {
        var run = Optional.ofNullable(status.getLastRun());
        return (standing == null || status.getStanding() == standing)
                && holds(run, lastRun == null, it -> it.getState() == lastRun)
                && holds(run, requestedBy == null, it -> it.getRequestedBy().equals(requestedBy))
                && holds(run, failedWith == null, this::failed);
    }

    private boolean failed(RunStatus run) {
        var fault = run.getFault();
        return fault != null && fault.getCode() == failedWith;
    }

    private static boolean holds(Optional<RunStatus> run, boolean isAny, Predicate<RunStatus> condition) {
        return isAny || run.filter(condition).isPresent();
    }
}
