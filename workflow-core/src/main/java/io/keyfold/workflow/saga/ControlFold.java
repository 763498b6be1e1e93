package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.ResourceKind;
import java.util.List;
import java.util.Optional;

/// Answers a control request: cancels, or takes up what is parked. What it cannot do it refuses and says why.
final class ControlFold {
    private static final String KNOWN =
            "CANCEL, DEPROVISION, IMPORT, PAUSE, REMOVE, REPAIR, RESUME, RETRY, SWEEP and VERIFY";

    static final String UNREADABLE = "Deleting a root key makes whatever it still protects unreadable for good";

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
            case DEPROVISION -> deprovision(control);
            case REMOVE -> removeUnused(control);
            case UNKNOWN -> refuse(
                    control, RefusalCode.UNKNOWN_ACTION,
                    "This version does not know the action. It knows " + KNOWN + ".");
            case VERIFY -> new VerificationControls(draft, this).verify(control);
            case REPAIR -> new VerificationControls(draft, this).repair(control);
            case PAUSE -> new PauseControls(draft, this).pause(control);
            case RESUME -> new PauseControls(draft, this).resume(control);
            case SWEEP -> new Sweep(draft, this).on(control);
            case IMPORT -> new ImportControls(draft, this).take(control);
        }
    }

    private void cancel(SagaEvent.ControlRequested control) {
        Optional<Run> run = draft.saga().lastRun().filter(last -> isAbout(control, last.request()));
        if (run.filter(Run::isRemoval).filter(last -> last.state().isGoing()).isPresent()) {
            refuse(
                    control,
                    RefusalCode.ALREADY_UNDOING,
                    "Run " + run.get().number() + " removes what was made; that cannot be taken back. Deploy again when"
                            + " it has ended.");
        } else if (run.isPresent() && run.get().state() == RunState.IN_PROGRESS) {
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
        } else if (run.isPresent() || isSeen(control)) {
            refuse(
                    control,
                    RefusalCode.ALREADY_FINISHED,
                    "That request's run has ended" + run.map(last -> " as " + last.state()).orElse("")
                            + "; there is nothing to cancel.");
        } else {
            cancelInAdvance(control);
        }
    }

    private void cancelInAdvance(SagaEvent.ControlRequested control) {
        draft.become(
                draft.saga().remembering(
                        draft.saga().seenRequests(),
                        draft.saga().seenControls(),
                        Remembered.with(
                                draft.saga().cancelledInAdvance(), control.requestId(), RequestFold.REMEMBERED)));
        accept(
                control,
                "No such request was read yet; when it comes, it is cancelled at once." + draft.saga().inForce().map(
                        inForce -> " What is in force now, by request " + inForce.request().requestId() + ", stays.")
                        .orElse(""));
    }

    private void deprovision(SagaEvent.ControlRequested control) {
        Saga saga = draft.saga();
        boolean isCurrent = isAboutTheCurrentDeploy(control);
        if (!isCurrent && !isSeen(control)) {
            cancelInAdvance(control);
        } else if (!isCurrent) {
            refuse(
                    control,
                    RefusalCode.UNKNOWN_DEPLOY,
                    "A later deploy has taken the place of that request. Name the one that is in force, or the latest.");
        } else if (saga.goingRun().filter(run -> run.kind() == RunKind.DEPROVISION).isPresent()) {
            removeAlready(control);
        } else if (saga.goingRun().isEmpty() && saga.isEmpty()) {
            refuse(control, RefusalCode.NOTHING_TO_REMOVE, "Nothing of the cluster's is left; it is " + saga.standing()
                    + ".");
        } else {
            protection(control, draft.saga().resources()).ifPresentOrElse(
                    missing -> refuse(control, RefusalCode.DELETION_PROTECTED, missing), () -> remove(control));
        }
    }

    private void removeAlready(SagaEvent.ControlRequested control) {
        Run going = draft.run();
        if (!going.state().isParked()) {
            refuse(
                    control,
                    RefusalCode.ALREADY_UNDOING,
                    "Run " + going.number() + " removes it already; it is " + going.state() + ".");
            return;
        }
        accept(control, "Run " + going.number() + ", which waits, goes on.");
        var runs = new RunFold(draft);
        runs.retry();
        runs.progress();
    }

    /// Whether the control names the deploy in force or the latest one. Of any other nothing is left to act on.
    private boolean isAboutTheCurrentDeploy(SagaEvent.ControlRequested control) {
        return draft.saga().inForce().filter(inForce -> isAbout(control, inForce.request())).isPresent()
                || draft.saga().lastRun().filter(run -> isAbout(control, run.request())).isPresent();
    }

    private boolean isSeen(SagaEvent.ControlRequested control) {
        return draft.saga().seenRequests().stream().anyMatch(seen -> seen.requestId().equals(control.requestId()));
    }

    private static boolean isAbout(SagaEvent.ControlRequested control, DeployRequest request) {
        return request.requestId().equals(control.requestId());
    }

    /// What the protection of the root keys that would be destroyed asks for and the control lacks. What a run under way
    /// has made protects nothing yet.
    ///
    /// @param about what is to be removed
    private Optional<String> protection(SagaEvent.ControlRequested control, List<Resource> about) {
        Optional<Run> bringingUp = draft.saga().goingRun().filter(Run::isBringingUp);
        List<Resource> destroyed = about.stream()
                .filter(resource -> resource.kind() == ResourceKind.ROOT_KEY)
                .filter(resource -> resource.ownership() != Ownership.ADOPTED)
                .filter(resource -> bringingUp.filter(run -> run.number() == resource.run()).isEmpty()).toList();
        if (destroyed.isEmpty()) {
            return Optional.empty();
        }
        if (control.reason().isEmpty() && !destroyed.stream().allMatch(Resource::unprotected)) {
            return Optional.of(
                    UNREADABLE + ", and the cluster is protected against that. Give a reason, or lift the protection"
                            + " first: deploy it with deletion_protection = false and the same keys.");
        }
        return agreement(control);
    }

    /// Asks for the second person's agreement where the installation wants it and the control lacks it.
    Optional<String> agreement(SagaEvent.ControlRequested control) {
        if (!draft.settings().twoPersonRemoval()) {
            return Optional.empty();
        }
        if (control.approvedBy().isEmpty()) {
            return Optional.of("This installation wants a second person's agreement: send it with approved_by.");
        }
        return control.approvedBy().equalsIgnoreCase(control.requestedBy())
                ? Optional.of(
                        "This installation wants a second person's agreement, and " + control.approvedBy()
                                + " is who asks for it: approved_by has to be somebody else.")
                : Optional.empty();
    }

    private static Removal removal(SagaEvent.ControlRequested control, boolean onlyUnused) {
        return new Removal(
                control.controlId(), control.requestedBy(), control.approvedBy(), control.reason(), onlyUnused);
    }

    private void begin(Removal removal) {
        draft.become(draft.saga().askedToRemove(Optional.of(removal)));
        new RunFold(draft).progress();
    }

    /// What a change has left unused: nothing waits for it, so it is refused while a run is going.
    private void removeUnused(SagaEvent.ControlRequested control) {
        Saga saga = draft.saga();
        List<Resource> unused =
                saga.resources().stream().filter(resource -> resource.ownership() == Ownership.UNUSED).toList();
        Optional<String> missing = protection(control, unused);
        if (refusesAnotherDeploy(control)) {
            return;
        }
        if (saga.goingRun().isPresent()) {
            refuse(control, RefusalCode.BUSY, "Run " + draft.run().number() + " is " + draft.run().state() + ".");
        } else if (unused.isEmpty()) {
            refuse(control, RefusalCode.NOTHING_TO_REMOVE, "The cluster lists nothing that it does not use.");
        } else if (missing.isPresent()) {
            refuse(control, RefusalCode.DELETION_PROTECTED, missing.get());
        } else {
            accept(control, "What the cluster no longer uses is removed.");
            begin(removal(control, true));
        }
    }

    private void remove(SagaEvent.ControlRequested control) {
        Removal removal = removal(control, false);
        draft.become(draft.saga().askedToRemove(Optional.of(removal)));
        var runs = new RunFold(draft);
        Optional<Run> going = draft.saga().goingRun();
        if (going.isEmpty()) {
            accept(control, isOnlyLetGo() ? "The cluster is let go of; nothing is deleted."
                    : "What the cluster's runs have made is removed.");
        } else if (going.get().isBringingUp()) {
            accept(control, "Run " + going.get().number() + " is cancelled and undone, then all the rest is removed.");
            runs.undo(Fault.ours(FaultCode.CANCELLED, "Cancelled by a deprovision, " + removal.words()));
        } else {
            accept(control,
                    "Run " + going.get().number() + " is " + going.get().state()
                            + "; when it has ended, the rest is removed.");
            if (going.get().state().isParked()) {
                runs.retry();
            }
        }
        runs.progress();
    }

    private void retry(SagaEvent.ControlRequested control) {
        Optional<Run> run = draft.saga().lastRun().filter(last -> isAbout(control, last.request()));
        if (run.isEmpty()) {
            refuse(control, RefusalCode.UNKNOWN_DEPLOY,
                    "The cluster's latest run was asked for by another request_id.");
        } else if (run.get().state().isParked() || run.get().isDeleting()
                || draft.saga().undos().stream().anyMatch(Undo::isParked)) {
            accept(control, "What is parked goes on; what is being undone is asked again.");
            var runs = new RunFold(draft);
            runs.retry();
            runs.progress();
        } else if (run.get().state() == RunState.FAILED && run.get().isRepair()) {
            new VerificationControls(draft, this).repair(control);
        } else if (run.get().state() == RunState.FAILED && run.get().isImport()) {
            new ImportControls(draft, this).again(control, run.get());
        } else if (run.get().state() == RunState.FAILED) {
            accept(control, "What run " + run.get().number() + " was to bring about is tried again as a new run.");
            run.get().removal().ifPresentOrElse(this::begin, () -> new RequestFold(draft).again(run.get()));
        } else {
            refuse(
                    control,
                    RefusalCode.NOTHING_TO_RETRY,
                    "Run " + run.get().number() + " is " + run.get().state() + ", not parked; there is nothing to"
                            + " retry.");
        }
    }

    /// Whether nothing that is listed is Keyfold's to delete.
    private boolean isOnlyLetGo() {
        List<Resource> listed = draft.saga().resources();
        return !listed.isEmpty() && draft.saga().onTheirWayOut().isEmpty()
                && listed.stream().allMatch(resource -> resource.ownership() == Ownership.ADOPTED);
    }

    /// Refuses a control about a deploy that another one has followed.
    ///
    /// @return whether it has done so
    boolean refusesAnotherDeploy(SagaEvent.ControlRequested control) {
        if (isAboutTheCurrentDeploy(control)) {
            return false;
        }
        refuse(control, RefusalCode.UNKNOWN_DEPLOY, "It is neither the deploy in force nor the latest.");
        return true;
    }

    void accept(SagaEvent.ControlRequested control, String message) {
        boolean waits = draft.saga().isPaused() && control.action() != ControlAction.PAUSE;
        draft.auditRequest(
                AuditEvent.CONTROL_ACCEPTED,
                control.requestId(),
                "",
                control.action() + " accepted: " + message
                        + (waits ? whatWaits(control.action()) + " RESUME: the cluster is "
                                + draft.saga().pause().get().words() + "." : ""));
    }

    /// A run of which there is nothing to undo is cancelled at once.
    private static String whatWaits(ControlAction action) {
        return action == ControlAction.CANCEL ? " What there may be to undo waits for" : " It begins with";
    }

    void refuse(SagaEvent.ControlRequested control, RefusalCode code, String message) {
        draft.auditRequest(
                AuditEvent.CONTROL_REFUSED, control.requestId(), code, control.action() + " refused: " + message);
    }
}
