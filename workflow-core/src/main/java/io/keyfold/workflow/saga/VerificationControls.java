package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Answers a VERIFY, a REPAIR, or a RETRY of a repair.
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

    void repair(ControlRequested control) {
        if (isRefused(control, RefusalCode.NOTHING_TO_REPAIR, "repaired")) {
            return;
        }
        List<Finding> drift = RepairRun.drift(draft.saga());
        List<Finding> left =
                drift.stream().filter(finding -> RepairWay.of(draft.saga(), finding) == RepairWay.BY_A_PERSON).toList();
        Optional<Check> going = draft.saga().verification().going();
        if (going.isPresent()) {
            controls.refuse(control, RefusalCode.BUSY, "Verification " + going.get().number() + " is going.");
        } else if (drift.isEmpty()) {
            controls.refuse(
                    control, RefusalCode.NOTHING_TO_REPAIR,
                    "The latest verification, if there was one, found nothing missing or changed.");
        } else if (left.size() == drift.size()) {
            controls.refuse(control, RefusalCode.NEEDS_A_PERSON, words(left));
        } else {
            controls.accept(control, "What can be brought back is brought back. " + words(left));
            new RepairRun(draft).start(new Repair(control.controlId(), control.requestedBy(), control.reason()));
        }
    }

    private static String words(List<Finding> left) {
        return left.isEmpty() ? ""
                : "Only a person can put right: " + left.stream()
                        .map(
                                finding -> finding.step().words() + " " + finding.id() + " (" + finding.differences()
                                        + ")")
                        .collect(Collectors.joining(", ")) + ".";
    }

    private boolean isRefused(ControlRequested control, RefusalCode nothing, String what) {
        Saga saga = draft.saga();
        if (controls.refusesAnotherDeploy(control)) {
            return true;
        }
        if (saga.pause().isPresent()) {
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
