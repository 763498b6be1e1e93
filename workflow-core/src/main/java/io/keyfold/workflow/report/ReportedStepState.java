package io.keyfold.workflow.report;

import io.keyfold.workflow.saga.FaultCode;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.UndoState;
import java.util.Optional;

/// Where a step of the latest run stands, as the status says it: the step's own state, or the state of the deletion of
/// what it created.
public enum ReportedStepState {
    WAITING,
    RESOLVING,
    HOLDING,
    RUNNING,
    DEFERRED,
    CREATED,
    ADOPTED,
    KEPT,
    SKIPPED,
    FAILED,
    DELETING,
    COMPENSATED,
    RETAINED,
    NOTHING_CREATED,
    KEY_IN_USE,
    COMPENSATION_FAILED;

    /// @param undo the deletion of what the step created, if it is being deleted
    static ReportedStepState of(StepState state, Optional<Undo> undo) {
        return switch (state) {
            case StepState.Waiting _ -> WAITING;
            case StepState.Resolving _,StepState.Looking _ -> RESOLVING;
            case StepState.Holding _,StepState.Claiming _ -> HOLDING;
            case StepState.Provisioning _ -> RUNNING;
            case StepState.Deferred _ -> DEFERRED;
            case StepState.Created _ -> undo.map(ReportedStepState::of).orElse(CREATED);
            case StepState.Adopted _ -> ADOPTED;
            case StepState.Kept _ -> KEPT;
            case StepState.Skipped _ -> SKIPPED;
            case StepState.Failed _ -> FAILED;
            case StepState.LookFailed _ -> COMPENSATION_FAILED;
            case StepState.NothingCreated _ -> NOTHING_CREATED;
            case StepState.Compensated _ -> COMPENSATED;
            case StepState.Retained _ -> RETAINED;
        };
    }

    private static ReportedStepState of(Undo undo) {
        return switch (undo.state()) {
            case UndoState.Queued _,UndoState.AskingLeave _,UndoState.Deleting _,UndoState.Deferred _ -> DELETING;
            case UndoState.Parked(var fault, _) ->
                fault.code() == FaultCode.KEY_IN_USE ? KEY_IN_USE : COMPENSATION_FAILED;
        };
    }
}
