package io.keyfold.workflow.saga;

import java.util.Optional;

/// The deletion of one resource of ours: one that the run being undone created, or a surplus one.
///
/// @param run      the run that created it
/// @param attempts ledger requests and commands sent for it
public record Undo(Resource resource, int run, UndoState state, int attempts, Optional<Fault> lastError) {

    static Undo queued(Resource resource) {
        return new Undo(resource, resource.run(), new UndoState.Queued(), 0, Optional.empty());
    }

    Undo become(UndoState next) {
        return new Undo(resource, run, next, attempts, lastError);
    }

    Undo withError(Fault fault) {
        return new Undo(resource, run, state, attempts, Optional.of(fault));
    }

    Undo attempted() {
        return new Undo(resource, run, state, attempts + 1, lastError);
    }

    public boolean isParked() {
        return state instanceof UndoState.Parked;
    }
}
