package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.UUID;

/// Where the deletion of one resource stands.
public sealed interface UndoState {

    /// Its turn has not come: keys go first, then authorizations, then the instance.
    record Queued() implements UndoState {}

    /// The ledger is asked for leave; granting bars the id for everybody.
    record AskingLeave(UUID ledgerRequest) implements UndoState {}

    /// A COMPENSATE is with the worker.
    record Deleting(UUID leave, UUID command) implements UndoState {}

    /// Asked again by the timer; the leave stays.
    record Deferred(UUID leave, Instant until, String why) implements UndoState {}

    /// A person has to mend the reason.
    record Parked(Fault fault) implements UndoState {}
}
