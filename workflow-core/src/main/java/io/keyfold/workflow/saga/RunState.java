package io.keyfold.workflow.saga;

/// How a run goes or ended.
public enum RunState {
    IN_PROGRESS, COMPENSATING, COMPLETED, FAILED, CANCELLED, REJECTED,
    /// Parked: a deletion failed for a reason that a person has to mend. Goes on with RETRY.
    COMPENSATION_FAILED,
    /// Parked: Key Protect refuses to delete a key that still protects resources. Asked again by itself, or with RETRY.
    KEY_IN_USE;

    /// Whether the run waits for what a person has to do.
    public boolean isParked() {
        return this == COMPENSATION_FAILED || this == KEY_IN_USE;
    }

    /// Whether the cluster is still occupied by the run; a parked run counts as going.
    public boolean isGoing() {
        return this == IN_PROGRESS || this == COMPENSATING || isParked();
    }
}
