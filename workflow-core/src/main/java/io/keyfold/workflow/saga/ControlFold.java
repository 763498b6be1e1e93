package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.RequestRules;
import java.util.Optional;

/// Answers a control request: cancels, or takes up what is parked. What it cannot do it refuses and says why.
final class ControlFold {
    private final Draft draft;

    ControlFold(Draft draft) {
        this.draft = draft;
    }

    void on(SagaEvent.ControlRequested control) {
        if (!RequestRules.isId(control.controlId()) || !RequestRules.isId(control.requestId())) {
            refuse(
                    control,
                    RefusalCode.INVALID_REQUEST,
                    "A control request needs a control_id and the deploy's request_id, each 1 to 64 of"
                            + " A-Z a-z 0-9 . _ : -");
            return;
        }
        if (draft.saga().seenControls().contains(control.controlId())) {
            draft.auditRequest(
                    AuditEvent.IGNORED,
                    control.requestId(),
                    RefusalCode.DUPLICATE_REQUEST,
                    control.action() + " " + control.controlId() + " was answered before; it has no further effect.");
            return;
        }
        draft.become(
                draft.saga().remembering(
                        draft.saga().seenRequests(),
                        Remembered.with(draft.saga().seenControls(), control.controlId(), RequestFold.REMEMBERED),
                        draft.saga().cancelledInAdvance()));
        switch (control.action()) {
            case CANCEL -> cancel(control);
            case RETRY -> retry(control);
            case UNKNOWN -> refuse(
                    control, RefusalCode.UNKNOWN_ACTION,
                    "This version does not know the action. It knows CANCEL and RETRY.");
            case DEPROVISION, VERIFY, REPAIR, PAUSE, RESUME, IMPORT, REMOVE -> refuse(
                    control,
                    RefusalCode.NOT_YET_SUPPORTED,
                    control.action() + " is not supported yet; nothing was done. Supported: CANCEL and RETRY.");
        }
    }

    private void cancel(SagaEvent.ControlRequested control) {
        Optional<Run> run = draft.saga().lastRun()
                .filter(last -> last.request().requestId().equals(control.requestId()));
        if (run.isPresent() && run.get().state() == RunState.IN_PROGRESS) {
            accept(control, "Run " + run.get().number() + " is cancelled and undone.");
            String reason = control.reason().isEmpty() ? "" : ": " + control.reason();
            var runs = new RunFold(draft);
            runs.undo(
                    Fault.ours(
                            FaultCode.CANCELLED,
                            "Cancelled by " + (control.requestedBy().isEmpty() ? "someone unnamed"
                                    : control.requestedBy()) + reason));
            runs.progress();
        } else if (run.isPresent() && run.get().state().isGoing()) {
            refuse(control, RefusalCode.ALREADY_UNDOING, "Run " + run.get().number() + " is being undone already.");
        } else if (run.isPresent()
                || draft.saga().seenRequests().stream()
                        .anyMatch(seen -> seen.requestId().equals(control.requestId()))) {
            refuse(
                    control,
                    RefusalCode.ALREADY_FINISHED,
                    "That request's run has ended" + run.map(last -> " as " + last.state()).orElse("")
                            + "; there is nothing to cancel.");
        } else {
            draft.become(
                    draft.saga().remembering(
                            draft.saga().seenRequests(),
                            draft.saga().seenControls(),
                            Remembered.with(
                                    draft.saga().cancelledInAdvance(), control.requestId(), RequestFold.REMEMBERED)));
            accept(control, "No such request was read yet; when it comes, it is cancelled at once.");
        }
    }

    private void retry(SagaEvent.ControlRequested control) {
        Optional<Run> run = draft.saga().lastRun()
                .filter(last -> last.request().requestId().equals(control.requestId()));
        if (run.isEmpty()) {
            refuse(control, RefusalCode.UNKNOWN_DEPLOY,
                    "The cluster's latest run was asked for by another request_id.");
        } else if (run.get().state().isParked() || run.get().state() == RunState.COMPENSATING
                || draft.saga().undos().stream().anyMatch(Undo::isParked)) {
            accept(control, "What is parked goes on; what is being undone is asked again.");
            var runs = new RunFold(draft);
            runs.retry();
            runs.progress();
        } else if (run.get().state() == RunState.FAILED) {
            refuse(
                    control,
                    RefusalCode.NOT_YET_SUPPORTED,
                    "A failed run that is wholly undone is not retried yet. Send the deploy again with a new"
                            + " request_id.");
        } else {
            refuse(
                    control,
                    RefusalCode.NOTHING_TO_RETRY,
                    "Run " + run.get().number() + " is " + run.get().state() + ", not parked; there is nothing to"
                            + " retry.");
        }
    }

    private void accept(SagaEvent.ControlRequested control, String message) {
        draft.auditRequest(
                AuditEvent.CONTROL_ACCEPTED, control.requestId(), "", control.action() + " accepted: " + message);
    }

    private void refuse(SagaEvent.ControlRequested control, RefusalCode code, String message) {
        draft.auditRequest(
                AuditEvent.CONTROL_REFUSED, control.requestId(), code, control.action() + " refused: " + message);
    }
}
