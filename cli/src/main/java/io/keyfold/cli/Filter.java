package io.keyfold.cli;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Fault;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Clusters by what their status says. What is given has to hold all at once.
final class Filter {
    private static final Set<RunState> PARKED = EnumSet.of(RunState.COMPENSATION_FAILED, RunState.KEY_IN_USE);

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

    @Option(names = "--account", paramLabel = "ALIAS", description = "All clusters of this IBM Cloud account.")
    private @Nullable String account;

    @Option(names = "--paused", description = "All clusters that are paused.")
    private boolean paused;

    boolean isGiven() {
        return account != null || isNarrowerThanAnAccount();
    }

    boolean isNarrowerThanAnAccount() {
        return failedWith != null || standing != null || lastRun != null || requestedBy != null || paused;
    }

    Optional<String> account() {
        return Optional.ofNullable(account);
    }

    boolean contains(ClusterEncryptionStatus status) {
        var run = Optional.ofNullable(status.getLastRun());
        return (account == null || status.getAccount().equals(account))
                && (standing == null || status.getStanding() == standing)
                && (!paused || status.getPaused() != null)
                && holds(run, lastRun == null, it -> it.getState() == lastRun)
                && holds(run, requestedBy == null, it -> it.getRequestedBy().equals(requestedBy))
                && (failedWith == null || failed(status));
    }

    /// Whether it is the reason why the run was undone or ended, or what its undoing waits for.
    private boolean failed(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        var waits = run != null && PARKED.contains(run.getState());
        return run != null && isIt(run.getFault())
                || waits && status.getSteps().stream().anyMatch(step -> isIt(step.getLastError()));
    }

    private boolean isIt(@Nullable Fault fault) {
        return fault != null && fault.getCode() == failedWith;
    }

    private static boolean holds(Optional<RunStatus> run, boolean isAny, Predicate<RunStatus> condition) {
        return isAny || run.filter(condition).isPresent();
    }
}
