package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Carries out what [UndoFold] says for the saga's deletions.
final class UndoRun {
    private final Draft draft;
    private final Commands commands;

    UndoRun(Draft draft, Commands commands) {
        this.draft = draft;
        this.commands = commands;
    }

    /// Queues the deletion of a resource that the saga lists as its own, on behalf of the run that made it.
    void queue(Resource resource) {
        queue(resource, resource.run());
    }

    /// Queues the deletion of a resource of ours on behalf of a run; one that is parked is queued anew.
    void queue(Resource resource, int run) {
        Optional<Undo> before = of(resource.id());
        before.ifPresent(this::drop);
        add(before.map(undo -> undo.forRun(run)).orElseGet(() -> Undo.queued(resource, run)));
    }

    /// Queues once more the deletion of what others still needed. That it has to wait is told: it may be for long, if
    /// what goes first is parked.
    void queueRetained(Resource resource) {
        queue(resource);
        inTheWayOf(resource).filter(first -> !(first.state() instanceof UndoState.Queued)).findFirst().ifPresent(
                first -> auditUndo(
                        AuditEvent.STEP_RETAINED, of(resource.id()).orElseThrow(), new UndoState.Queued().label(), "",
                        "its deletion waits for that of " + first.resource().id()));
    }

    /// Keys go first, then authorizations, then the instance.
    Stream<Undo> inTheWayOf(Resource resource) {
        return draft.saga().undos().stream()
                .filter(other -> other.resource().instanceId().equals(resource.instanceId())
                        && other.resource().kind().compareTo(resource.kind()) < 0);
    }

    private void add(Undo undo) {
        List<Undo> undos = new ArrayList<>(draft.saga().undos());
        undos.add(undo);
        draft.become(draft.saga().withUndos(undos));
    }

    /// Puts it in the place of the one about the same id.
    private void replace(Undo undo) {
        draft.become(
                draft.saga().withUndos(
                        draft.saga().undos().stream()
                                .map(other -> other.resource().id().equals(undo.resource().id()) ? undo : other)
                                .toList()));
    }

    /// Deletes what an answer told too late or once too often. It was never used, so the ledger is told of no hold.
    void remove(StepName step, int run, CloudResource surplus) {
        queue(Resource.of(step, surplus, Ownership.CREATED, run, draft.now()));
        draft.auditStep(
                AuditEvent.LATE_ANSWER,
                run,
                step,
                "",
                "CREATED",
                "",
                surplus.id(),
                step.title() + ": " + surplus.id() + " was made too late or once too often; it is removed");
    }

    /// Queues the deletion of what a sweep has found and nothing here accounts for.
    ///
    /// @param mark what the worker has to see on it first
    void sweep(Resource found, String mark) {
        add(Undo.swept(found, mark));
    }

    /// Deletes as ours what so far only a sweep has called so.
    void prove(Undo swept, Resource ours) {
        replace(swept.proven(ours));
        draft.auditStep(
                AuditEvent.LATE_ANSWER,
                ours.run(),
                ours.step(),
                "",
                "CREATED",
                "",
                ours.id(),
                ours.step().title() + ": " + ours.id() + ", which a sweep has found, is run " + ours.run()
                        + "'s; it is removed");
    }

    /// The deletion of this id, if one is under way or parked.
    Optional<Undo> of(String id) {
        return draft.saga().undos().stream().filter(undo -> undo.resource().id().equals(id)).findFirst();
    }

    /// Gives a signal to a deletion and does what it says.
    void signal(Undo before, UndoFold.Signal signal) {
        Undo undo = switch (signal) {
            case UndoFold.Signal.NotGone(var fault) -> before.withError(fault);
            case UndoFold.Signal.AskAgain(_, _, var fault, var wasSent) -> {
                Undo asked = wasSent ? before.unanswered() : before;
                yield fault.map(asked::withError).orElse(asked);
            }
            case UndoFold.Signal.Retried _ when before.state() instanceof UndoState.Deleting -> before.unanswered();
            default -> before;
        };
        Resource resource = undo.resource();
        switch (UndoFold.fold(undo, signal)) {
            case UndoFold.Next.AskLeave _ when draft.saga().isPaused() ->
                move(undo, new UndoState.Queued(), "its deletion waits: " + Pause.WAITS);
            case UndoFold.Next.Delete(var leave) when draft.saga().isPaused() ->
                move(undo, new UndoState.Deferred(leave, draft.now(), Pause.WAITS),
                        undo.action() + " waits: " + Pause.WAITS);
            case UndoFold.Next.AskLeave _ -> {
                var leave = draft.askLedger(
                        LedgerRequest.Type.DELETE,
                        resource.instanceId(),
                        resource.kind(),
                        resource.id(),
                        Optional.empty(),
                        List.of());
                move(undo, new UndoState.AskingLeave(leave), "asking the ledger for leave to delete it");
            }
            case UndoFold.Next.Delete(var leave) -> {
                Undo counted = undo.attempted();
                StepCommand command = commands.delete(draft.saga(), counted);
                draft.send(command);
                move(counted, new UndoState.Deleting(leave, command.id()), counted.action() + " sent");
            }
            case UndoFold.Next.Become(var state) ->
                move(undo, state, state instanceof UndoState.Deferred(_, var until, var why)
                        ? "asked again at " + until + ": " + why
                        : "to be tried again");
            case UndoFold.Next.Done(var restorable, var instead) -> {
                draft.tellLedger(
                        LedgerRequest.Type.DELETED,
                        resource.instanceId(),
                        resource.kind(),
                        resource.id(),
                        leaveOf(undo.state()));
                settle(
                        undo,
                        new StepState.Compensated(resource.id(), restorable, instead),
                        goneWords(restorable, instead));
                draft.unlist(resource.id());
                draft.noLongerHolds(resource.id());
            }
            case UndoFold.Next.Forget(var leave, var code, var why) -> {
                leave.ifPresent(given -> unbar(undo, given));
                drop(undo);
                auditUndo(
                        code.isPresent() ? AuditEvent.COMPENSATION_FAILED : AuditEvent.STEP_RETAINED, undo, "",
                        code.map(FaultCode::name).orElse(""), why);
            }
            case UndoFold.Next.Retain(var holders) -> retain(undo, holders);
            // A later run would take back what is retained; what may yet be deleted is better left to a person.
            case UndoFold.Next.RetainRefused(_, var why) when undo.mayYetLand() ->
                move(undo, new UndoState.Parked(undo.lastError().orElseThrow(), Optional.empty()), why);
            case UndoFold.Next.RetainRefused(var leave, var why) -> {
                refused(undo, leave);
                retain(undo, List.of(why));
            }
            case UndoFold.Next.Park(var leave, var fault) -> {
                refused(undo, leave);
                park(undo, fault);
            }
            case UndoFold.Next.Ignore(var why) -> draft.auditStep(
                    AuditEvent.IGNORED,
                    undo.run(),
                    resource.step(),
                    undo.state().label(),
                    undo.state().label(),
                    "",
                    resource.id(),
                    why);
        }
    }

    private static String goneWords(Optional<Instant> restorable, String instead) {
        if (!instead.isEmpty()) {
            return instead;
        }
        return restorable.map(until -> "is deleted; it can be restored until " + until).orElse("is gone");
    }

    private static Optional<UUID> leaveOf(UndoState state) {
        return switch (state) {
            case UndoState.Deleting(var leave, _) -> Optional.of(leave);
            case UndoState.Deferred(var leave, _, _) -> Optional.of(leave);
            default -> Optional.empty();
        };
    }

    /// The bar goes only if every delete that was sent was definitely refused.
    private void refused(Undo undo, UUID leave) {
        if (!undo.mayYetLand()) {
            unbar(undo, leave);
        }
    }

    private void unbar(Undo undo, UUID leave) {
        Resource resource = undo.resource();
        draft.tellLedger(
                LedgerRequest.Type.DELETE_REFUSED,
                resource.instanceId(),
                resource.kind(),
                resource.id(),
                Optional.of(leave));
    }

    private void retain(Undo undo, List<String> keptFor) {
        draft.list(undo.resource().retained(keptFor, neededUntil(undo.resource().asked())));
        settle(undo, new StepState.Retained(undo.resource().id(), keptFor), UndoFold.keptFor(keptFor));
    }

    private void drop(Undo undo) {
        draft.become(
                draft.saga().withUndos(
                        draft.saga().undos().stream()
                                .filter(other -> !other.resource().id().equals(undo.resource().id())).toList()));
    }

    /// Nobody tells when a key is free, so it is asked again; all else takes a person.
    private void park(Undo undo, Fault fault) {
        if (fault.code() == FaultCode.KEY_IN_USE) {
            Instant askAgainAt = neededUntil(undo.timesInUse());
            move(
                    undo.foundInUse(),
                    new UndoState.Parked(fault, Optional.of(askAgainAt)),
                    isGivenUp(undo) ? fault.message()
                            : fault.adding("Its deletion is asked for again at " + askAgainAt).message());
        } else {
            move(undo, new UndoState.Parked(fault, Optional.empty()), fault.message());
        }
    }

    /// What is not used and cannot be deleted may as well stay, unless a delete of it may yet land.
    private boolean isGivenUp(Undo undo) {
        return !undo.mayYetLand() && draft.run().number() == undo.run()
                && draft.run().removal().filter(Removal::onlyUnused).isPresent();
    }

    private Instant neededUntil(int asked) {
        return draft.now().plus(draft.settings().neededAgainAfter(asked));
    }

    private void move(Undo undo, UndoState state, String message) {
        replace(undo.become(state));
        AuditEvent event = state instanceof UndoState.Parked ? AuditEvent.COMPENSATION_FAILED
                : state instanceof UndoState.Deferred ? AuditEvent.STEP_DEFERRED : AuditEvent.DELETE_STARTED;
        String code = state instanceof UndoState.Parked(var fault, _) ? fault.code().name() : "";
        auditUndo(event, undo, state.label(), code, message);
    }

    /// The deletion is over: whichever steps of the latest run are about it say how. Without that a run that is undone
    /// would have it deleted for ever.
    private void settle(Undo undo, StepState end, String message) {
        drop(undo);
        draft.saga().lastRun().stream().flatMap(run -> run.steps().stream())
                .filter(step -> isAbout(step.state(), undo))
                .forEach(step -> draft.become(draft.saga().with(draft.run().with(step.become(after(step, end))))));
        auditUndo(
                end instanceof StepState.Retained ? AuditEvent.STEP_RETAINED : AuditEvent.STEP_COMPENSATED,
                undo,
                end.label(),
                "",
                message);
    }

    /// Whether it is this deletion that decides how the step ends; what was retained may end long after the run.
    private boolean isAbout(StepState state, Undo undo) {
        return switch (state) {
            case StepState.Created(var id) -> id.equals(undo.resource().id()) && draft.run().number() == undo.run();
            case StepState.Retained(var id, _) -> id.equals(undo.resource().id());
            default -> false;
        };
    }

    /// A create whose outcome never became known may still be on its way, and what it met is out of its way now: so
    /// what is gone is looked for once more.
    private StepState after(Step step, StepState end) {
        boolean mayYetCome = step.lastError().filter(Fault::outcomeUnknown).isPresent();
        return end instanceof StepState.Compensated && mayYetCome && draft.run().state().isGoing()
                ? new StepState.Deferred(
                        draft.now().plus(draft.settings().secondLookAfter()),
                        "a create of unknown outcome may still have its effect; it is looked for once more",
                        new Ask.Look(2))
                : end;
    }

    /// Gives up the deletion of what is in use again: it is ours and stays.
    void keep(Undo undo) {
        Resource resource = undo.resource();
        drop(undo);
        if (undo.isSwept()) { // it is listed as what the run that uses it took it for
            auditUndo(AuditEvent.STEP_RETAINED, undo, "", "", "is in use by now and stays");
            return;
        }
        draft.list(resource.owned(Ownership.CREATED));
        draft.tellLedger(
                LedgerRequest.Type.CREATED, resource.instanceId(), resource.kind(), resource.id(), Optional.empty());
        auditUndo(AuditEvent.STEP_COMPLETED, undo, "CREATED", "", "is in use again and stays");
    }

    private void auditUndo(AuditEvent event, Undo undo, String to, String code, String message) {
        Resource resource = undo.resource();
        draft.auditStep(
                event,
                undo.run(),
                resource.step(),
                undo.state() instanceof UndoState.Queued ? resource.ownership().name() : undo.state().label(),
                to,
                code,
                resource.id(),
                resource.step().title() + " " + resource.id() + ": " + message);
    }
}
