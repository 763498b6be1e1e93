package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.Optional;
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
    ///
    /// @param askAgainAt a key in use: when its deletion is asked for again by itself, since nobody tells when it is free
    record Parked(Fault fault, Optional<Instant> askAgainAt) implements UndoState {}

    /// When the timer goes on with it.
    default Optional<Instant> dueAt() {
        return switch (this) {
            case Deferred(_, var until, _) -> Optional.of(until);
            case Parked(_, var askAgainAt) -> askAgainAt;
            case Queued _,AskingLeave _,Deleting _ -> Optional.empty();
        };
    }

    /// The state's name in status and audit.
    default String label() {
        return switch (this) {
            case Queued _ -> "CREATED";
            case AskingLeave _ -> "HOLDING";
            case Deleting _ -> "DELETING";
            case Deferred _ -> "DEFERRED";
            case Parked(var fault, _) -> fault.code() == FaultCode.KEY_IN_USE ? "KEY_IN_USE" : "COMPENSATION_FAILED";
        };
    }
}
