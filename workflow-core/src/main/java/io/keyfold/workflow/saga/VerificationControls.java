package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import java.util.Optional;

/// Answers a VERIFY.
final class VerificationControls {
    private final Draft draft;
    private final ControlFold controls;

    VerificationControls(Draft draft, ControlFold controls) {
        this.draft = draft;
        this.controls = controls;
    }

    void verify(ControlRequested control) {
        if (isRefused(control, RefusalCode.NOTHING_TO_VERIFY, "looked at")) {
            return;
        }
        Optional<Check> going = draft.saga().verification().going();
        if (going.isPresent()) {
            controls.accept(
                    control, "Verification " + going.get().number() + " is going already, and serves this one too.");
            return;
        }
        controls.accept(control, "What is in force is looked at.");
        new VerificationFold(draft).begin(control.requestedBy());
    }

    private boolean isRefused(ControlRequested control, RefusalCode nothing, String what) {
        Saga saga = draft.saga();
        if (!controls.isAboutTheCurrentDeploy(control)) {
            controls.refuse(control, RefusalCode.UNKNOWN_DEPLOY, "It is neither the deploy in force nor the latest.");
        } else if (saga.pause().isPresent()) {
            controls.refuse(control, RefusalCode.PAUSED, "The cluster is " + saga.pause().get().words() + ".");
        } else if (saga.goingRun().isPresent()) {
            controls.refuse(
                    control, RefusalCode.BUSY, "Run " + draft.run().number() + " is " + draft.run().state() + ".");
        } else if (saga.verifiable().isEmpty()) {
            controls.refuse(
                    control, nothing, "The cluster is " + saga.standing() + ": it has no key that could be " + what
                            + ".");
        } else {
            return false;
        }
        return true;
    }
}
