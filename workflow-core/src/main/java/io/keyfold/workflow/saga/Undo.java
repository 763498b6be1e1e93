package io.keyfold.workflow.saga;

import java.util.Optional;

/// The deletion of one resource of ours: one that the run being undone created, a surplus one, or one that a sweep found.
///
/// @param run        the run that deletes it: the one that created it, or a deprovision
/// @param attempts    ledger requests and commands sent for it
/// @param mayYetLand true once a delete was sent of which nobody knows whether it had, or will have, its effect
/// @param timesInUse how often the key was found in use since a person last asked for its deletion
/// @param mark       what the worker has to see on it before it deletes it, where that it is ours is only a sweep's word;
///     empty for what the saga itself knows to be ours
public record Undo(
        Resource resource,
        int run,
        UndoState state,
        int attempts,
        Optional<Fault> lastError,
        boolean mayYetLand,
        int timesInUse,
        Optional<String> mark) {

    static Undo queued(Resource resource, int run) {
        return new Undo(resource, run, new UndoState.Queued(), 0, Optional.empty(), false, 0, Optional.empty());
    }

    /// The deletion of what a sweep has found.
    static Undo swept(Resource resource, String mark) {
        return new Undo(
                resource, resource.run(), new UndoState.Queued(), 0, Optional.empty(), false, 0, Optional.of(mark));
    }

    /// The same deletion on behalf of another run; what is parked waits for its turn again.
    Undo forRun(int next) {
        return new Undo(resource, next, isParked() ? new UndoState.Queued() : state, attempts, lastError, mayYetLand,
                0, mark);
    }

    Undo become(UndoState next) {
        return new Undo(resource, run, next, attempts, lastError, mayYetLand, timesInUse, mark);
    }

    Undo withError(Fault fault) {
        return new Undo(resource, run, state, attempts, Optional.of(fault), mayYetLand || fault.outcomeUnknown(),
                timesInUse, mark);
    }

    /// A delete was sent, and whether it had, or will have, its effect is not known.
    Undo unanswered() {
        return new Undo(resource, run, state, attempts, lastError, true, timesInUse, mark);
    }

    Undo attempted() {
        return new Undo(resource, run, state, attempts + 1, lastError, mayYetLand, timesInUse, mark);
    }

    Undo foundInUse() {
        return new Undo(resource, run, state, attempts, lastError, mayYetLand, timesInUse + 1, mark);
    }

    Undo askedForByAPerson() {
        return new Undo(resource, run, state, attempts, lastError, mayYetLand, 0, mark);
    }

    /// Whether the timer has begun to ask once more for the deletion of a key that was in use.
    boolean isAskedAgain() {
        return timesInUse > 0 && !isParked();
    }

    /// Whether a worker has been asked and has not answered yet.
    boolean isUnanswered() {
        return state instanceof UndoState.Deleting;
    }

    /// Whether IBM Cloud does not let go of it yet, so that it is asked again.
    public boolean isDeferred() {
        return state instanceof UndoState.Deferred;
    }

    /// A worker has told meanwhile that it is ours, and of which run. What was asked of it as a sweep's is not waited for any
    /// longer: it may have looked for another mark.
    Undo proven(Resource ours) {
        return new Undo(
                ours, ours.run(), isUnanswered() ? new UndoState.Queued() : state, attempts, lastError,
                mayYetLand || isUnanswered(), timesInUse, Optional.empty());
    }

    /// Whether that it is ours is only a sweep's word: if it cannot be deleted it is forgotten, never listed.
    boolean isSwept() {
        return mark.isPresent();
    }

    Action action() {
        return isSwept() ? Action.SWEEP : Action.COMPENSATE;
    }

    public boolean isParked() {
        return state instanceof UndoState.Parked;
    }
}
