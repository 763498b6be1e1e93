package io.keyfold.workflow.saga;

import java.util.Optional;

/// The deletion of one resource of ours: one that the run being undone created, or a surplus one.
///
/// @param run        the run that deletes it: the one that created it, or a deprovision
/// @param attempts    ledger requests and commands sent for it
/// @param mayYetLand true once a delete was sent of which nobody knows whether it had, or will have, its effect
/// @param timesInUse how often the key was found in use since a person last asked for its deletion
public record Undo(
        Resource resource,
        int run,
        UndoState state,
        int attempts,
        Optional<Fault> lastError,
        boolean mayYetLand,
        int timesInUse) {

    static Undo queued(Resource resource, int run) {
        return new Undo(resource, run, new UndoState.Queued(), 0, Optional.empty(), false, 0);
    }

    /// The same deletion on behalf of another run; what is parked waits for its turn again.
    Undo forRun(int next) {
        return new Undo(resource, next, isParked() ? new UndoState.Queued() : state, attempts, lastError, mayYetLand,
                0);
    }

    Undo become(UndoState next) {
        return new Undo(resource, run, next, attempts, lastError, mayYetLand, timesInUse);
    }

    Undo withError(Fault fault) {
        return new Undo(resource, run, state, attempts, Optional.of(fault), mayYetLand || fault.outcomeUnknown(),
                timesInUse);
    }

    /// A delete was sent, and whether it had its effect is not waited for any longer.
    Undo unanswered() {
        return new Undo(resource, run, state, attempts, lastError, true, timesInUse);
    }

    Undo attempted() {
        return new Undo(resource, run, state, attempts + 1, lastError, mayYetLand, timesInUse);
    }

    Undo foundInUse() {
        return new Undo(resource, run, state, attempts, lastError, mayYetLand, timesInUse + 1);
    }

    Undo askedForByAPerson() {
        return new Undo(resource, run, state, attempts, lastError, mayYetLand, 0);
    }

    /// Whether the timer has begun to ask once more for the deletion of a key that was in use.
    boolean isAskedAgain() {
        return timesInUse > 0 && !isParked();
    }

    /// Whether the ledger or a worker has been asked and has not answered yet.
    boolean isUnanswered() {
        return state instanceof UndoState.AskingLeave || state instanceof UndoState.Deleting;
    }

    public boolean isParked() {
        return state instanceof UndoState.Parked;
    }
}
