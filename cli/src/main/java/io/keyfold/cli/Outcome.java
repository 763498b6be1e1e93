package io.keyfold.cli;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import java.util.Set;

/// What the state of a run means for a command that waits for it.
final class Outcome {
    private static final Set<RunState> GOING = Set.of(RunState.UNKNOWN, RunState.IN_PROGRESS, RunState.COMPENSATING);

    private static final Set<RunState> PARKED = Set.of(RunState.KEY_IN_USE, RunState.COMPENSATION_FAILED);

    private Outcome() {}

    /// False once the latest run has ended, or waits for a person.
    static boolean isGoing(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        return run == null || GOING.contains(run.getState());
    }

    static boolean isParked(RunStatus run) {
        return PARKED.contains(run.getState());
    }

    private static boolean bringsUp(RunStatus run) {
        return run.getKind() == RunKind.DEPLOY || run.getKind() == RunKind.REPAIR;
    }

    static int exitCode(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        return switch (run == null ? RunState.UNKNOWN : run.getState()) {
            case COMPLETED ->
                bringsUp(run) && status.getStanding() == Standing.DRIFTED ? ExitCode.DRIFTED : ExitCode.OK;
            case REJECTED -> ExitCode.REFUSED;
            default -> ExitCode.NOT_COMPLETED;
        };
    }
}
