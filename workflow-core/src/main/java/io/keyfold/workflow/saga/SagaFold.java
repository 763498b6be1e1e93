package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.Verdict;
import io.keyfold.workflow.request.Given;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.Answer.Completed;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import io.keyfold.workflow.saga.SagaEvent.DeployRequested;
import io.keyfold.workflow.saga.SagaEvent.LedgerAnswered;
import io.keyfold.workflow.saga.SagaEvent.StepAnswered;
import io.keyfold.workflow.saga.SagaEvent.TimePassed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The whole saga of a cluster: the only entry to the decisions.
public final class SagaFold {
    private final SagaSettings settings;

    public SagaFold(SagaSettings settings) {
        this.settings = settings;
    }

    /// What follows from an event in a state at a moment. Total and deterministic: every event has an answer in every
    /// state, and one that changes nothing is written down as such.
    public Decision fold(Saga saga, SagaEvent event, Instant now) {
        var draft = new Draft(saga, settings, now, actor(event));
        switch (event) {
            case DeployRequested(var request) -> new RequestFold(draft).on(request);
            case ControlRequested control -> new ControlFold(draft).on(control.clipped());
            case StepAnswered answered -> onAnswer(draft, answered);
            case LedgerAnswered answered -> onLedger(draft, answered);
            case TimePassed _ -> onTime(draft);
        }
        new VerificationFold(draft).settle();
        return draft.decision();
    }

    private static String actor(SagaEvent event) {
        return switch (event) {
            case DeployRequested(var request) -> Given.clipped(request.requestedBy());
            case ControlRequested control -> Given.clipped(control.requestedBy());
            case StepAnswered answered -> answered.worker();
            case LedgerAnswered _ -> "ledger";
            case TimePassed _ -> "timer";
        };
    }

    // ---- workers

    private void onAnswer(Draft draft, StepAnswered answered) {
        if (answered.action() == Action.VERIFY) {
            new VerificationFold(draft).on(answered);
            return;
        }
        var runs = new RunFold(draft);
        switch (answered.answer()) {
            case Completed completed -> onCompleted(draft, runs, answered, completed);
            case Answer.NothingFound _ ->
                toStep(draft, runs, answered, new Signal.NothingFound(draft.now().plus(settings.secondLookAfter())));
            case Answer.Compensated(var id) -> toUndo(draft, runs, answered, id, new UndoFold.Signal.Gone());
            case Answer.CompensationFailed(_, var fault) ->
                toAsked(draft, runs, answered, new Signal.Failed(fault), new UndoFold.Signal.NotGone(fault));
            case Answer.Failed(var fault) ->
                toAsked(draft, runs, answered, new Signal.Failed(fault), new UndoFold.Signal.NotGone(fault));
            case Answer.Deferred deferred -> onDeferred(draft, runs, answered, deferred);
            case Answer.Expired(var why) -> {
                Instant at = draft.now().plus(settings.askAgainAfter());
                toAsked(
                        draft,
                        runs,
                        answered,
                        new Signal.AskAgain(at, why, Optional.empty(), List.of()),
                        new UndoFold.Signal.AskAgain(at, why, Optional.empty()));
            }
            case Answer.Verified _ -> ignore(draft, answered, "", "it verifies what it was not asked to");
        }
        if (draft.saga().lastRun().isPresent()) {
            runs.progress();
        }
    }

    private void onCompleted(Draft draft, RunFold runs, StepAnswered answered, Completed completed) {
        CloudResource made = completed.resource();
        Optional<Resource> known = draft.saga().resource(made.id());
        Optional<Undo> undo = runs.undos().of(made.id());
        boolean olderAnswer = completed.ours() && isOfAnOlderRun(draft, answered);
        boolean current = isCurrent(draft, answered) || olderAnswer;
        if (known.isPresent() && known.get().ownership() == Ownership.ADOPTED && completed.ours()) {
            runs.steps().takeBack(known.get());
        } else if (current && known.isPresent() && undo.isEmpty()) {
            runs.steps().signal(answered.step(), new Signal.FoundOwn(known.get()));
        } else if (current && (undo.isEmpty() || isOpen(draft, answered.step()))) {
            runs.steps().signal(answered.step(), new Signal.Found(made, completed.ours(), completed.visibleSince()));
        } else if (completed.ours() && known.isEmpty() && undo.isEmpty()) {
            runs.undos().remove(answered.step(), answered.run(), made);
        } else {
            ignore(draft, answered, made.id(), "the saga accounts for it already, or it is not ours to delete");
        }
        for (CloudResource surplus : olderAnswer ? List.<CloudResource>of() : completed.surplus()) {
            if (draft.saga().resource(surplus.id()).isEmpty() && runs.undos().of(surplus.id()).isEmpty()) {
                runs.undos().remove(answered.step(), answered.run(), surplus);
            }
        }
    }

    private void onDeferred(Draft draft, RunFold runs, StepAnswered answered, Answer.Deferred deferred) {
        if (deferred.made().isPresent() && !isAwaited(draft, answered)) {
            onMadeEarlier(draft, runs, answered, deferred.made().get());
            return;
        }
        toAsked(
                draft,
                runs,
                answered,
                new Signal.AskAgain(
                        deferred.until(), deferred.why(), deferred.fault(), deferred.made().stream().toList()),
                new UndoFold.Signal.AskAgain(deferred.until(), deferred.why(), deferred.fault()));
    }

    /// What was made is accounted for, however late it is told.
    private void onMadeEarlier(Draft draft, RunFold runs, StepAnswered answered, CloudResource made) {
        boolean isKnown = draft.saga().resource(made.id()).isPresent() || runs.undos().of(made.id()).isPresent();
        if (isKnown) {
            ignore(draft, answered, made.id(), "the saga accounts for it already");
        } else if (isCurrent(draft, answered)) {
            runs.steps().signal(answered.step(), new Signal.MadeEarlier(made));
        } else {
            runs.undos().remove(answered.step(), answered.run(), made);
        }
    }

    private static boolean isCurrent(Draft draft, StepAnswered answered) {
        return draft.saga().goingRun().filter(run -> run.number() == answered.run())
                .flatMap(run -> run.step(answered.step())).isPresent();
    }

    /// Whether an older run's command was answered while the going run makes its own instance. Names tell no run's
    /// instance from another's, so it may well be that one: it is taken for it, and a second one turns up in the
    /// answer that is still to come.
    private static boolean isOfAnOlderRun(Draft draft, StepAnswered answered) {
        return answered.step() == StepName.KMS_INSTANCE && draft.saga().goingRun()
                .filter(run -> run.number() > answered.run()).flatMap(run -> run.step(StepName.KMS_INSTANCE))
                .flatMap(step -> step.state().aimedAt()).filter(Aim.Create.class::isInstance).isPresent();
    }

    /// Whether the step's question is still open, so that it must hear of even a thing that is being deleted.
    private static boolean isOpen(Draft draft, StepName name) {
        return draft.run().step(name).flatMap(step -> commandOf(step.state())).isPresent();
    }

    /// To the deletion or the step that asked; what nobody asked, or asks no more, is only written down.
    private void toAsked(
            Draft draft, RunFold runs, StepAnswered answered, Signal toStep, UndoFold.Signal toUndo) {
        if (answered.action() != Action.COMPENSATE) {
            toStep(draft, runs, answered, toStep);
            return;
        }
        Optional<Undo> asking = draft.saga().undos().stream()
                .filter(undo -> undo.state() instanceof UndoState.Deleting(_, var command)
                        && command.equals(answered.command()))
                .findFirst();
        if (asking.isPresent()) {
            runs.undos().signal(asking.get(), toUndo);
        } else {
            ignore(draft, answered, "", "no deletion waits for this answer");
        }
    }

    private void toStep(Draft draft, RunFold runs, StepAnswered answered, Signal signal) {
        if (isAwaited(draft, answered)) {
            runs.steps().signal(answered.step(), signal);
        } else {
            ignore(draft, answered, "", "no step waits for this answer");
        }
    }

    /// Whether a step has asked this very question and has had no answer.
    private static boolean isAwaited(Draft draft, StepAnswered answered) {
        return isCurrent(draft, answered) && draft.run().step(answered.step())
                .flatMap(step -> commandOf(step.state())).filter(answered.command()::equals).isPresent();
    }

    private void toUndo(Draft draft, RunFold runs, StepAnswered answered, String id, UndoFold.Signal signal) {
        Optional<Undo> undo = runs.undos().of(id);
        if (undo.isPresent()) {
            runs.undos().signal(undo.get(), signal);
        } else {
            ignore(draft, answered, id, "it is gone already");
        }
    }

    private static Optional<UUID> commandOf(StepState state) {
        return switch (state) {
            case StepState.Resolving(var command) -> Optional.of(command);
            case StepState.Provisioning(var command, _) -> Optional.of(command);
            case StepState.Looking(var command, _) -> Optional.of(command);
            default -> Optional.empty();
        };
    }

    private static void ignore(Draft draft, StepAnswered answered, String id, String why) {
        draft.auditStep(
                AuditEvent.LATE_ANSWER,
                answered.run(),
                answered.step(),
                "",
                "",
                "",
                id,
                "Answer to " + answered.action() + " changes nothing: " + why);
    }

    // ---- the ledger

    private void onLedger(Draft draft, LedgerAnswered answered) {
        var runs = new RunFold(draft);
        if (answered.verdict() == Verdict.RELEASED) {
            onReleased(draft, runs, answered);
            return;
        }
        Optional<Step> step = draft.saga().goingRun().stream().flatMap(run -> run.steps().stream())
                .filter(candidate -> asksLedger(candidate.state(), answered.ledgerRequest())).findFirst();
        Optional<Undo> undo = draft.saga().undos().stream()
                .filter(candidate -> candidate.state() instanceof UndoState.AskingLeave(var id)
                        && id.equals(answered.ledgerRequest()))
                .findFirst();
        if (step.isPresent()) {
            runs.steps().signal(step.get().name(), switch (answered.verdict()) {
                case GRANTED -> new Signal.Granted();
                case REFUSED, BARRED, RELEASED ->
                    new Signal.Barred(answered.barredBy(), draft.now().plus(settings.askAgainAfter()));
            });
            runs.progress();
        } else if (undo.isPresent()) {
            runs.undos().signal(
                    undo.get(),
                    answered.verdict() == Verdict.GRANTED ? new UndoFold.Signal.Granted(answered.ledgerRequest())
                            : new UndoFold.Signal.Refused(holders(answered)));
            runs.progress();
        } else {
            draft.audit(
                    AuditEvent.LEDGER_ANSWERED,
                    "",
                    "",
                    answered.verdict().name(),
                    "The ledger's answer about " + answered.resourceId() + " changes nothing: nobody waits for it");
        }
    }

    /// A hint, valid in any state: what is retained in that instance is asked about again, in the order of deletion.
    private static void onReleased(Draft draft, RunFold runs, LedgerAnswered hint) {
        Optional<Resource> freed = draft.saga().resource(hint.resourceId()).filter(draft.saga()::isAskedAgain);
        draft.audit(
                AuditEvent.LEDGER_ANSWERED,
                "",
                "",
                hint.verdict().name(),
                freed.isPresent()
                        ? "The last other holder of " + hint.resourceId() + " has let go; it is asked about again"
                        : "The ledger's hint about " + hint.resourceId() + " changes nothing: it is not retained");
        freed.map(Resource::instanceId).ifPresent(runs.retained()::askSoon);
        if (draft.saga().lastRun().isPresent()) {
            runs.progress();
        }
    }

    private static List<String> holders(LedgerAnswered answered) {
        return answered.holders().isEmpty() ? List.of(answered.barredBy()) : answered.holders();
    }

    private static boolean asksLedger(StepState state, UUID request) {
        return switch (state) {
            case StepState.Holding(_, var id) -> id.equals(request);
            case StepState.Claiming(_, _, var id) -> id.equals(request);
            default -> false;
        };
    }

    // ---- time

    private void onTime(Draft draft) {
        if (draft.saga().lastRun().isEmpty()) {
            return;
        }
        var runs = new RunFold(draft);
        Run run = draft.run();
        if (run.isBringingUp() && !draft.now().isBefore(run.deadline())) {
            draft.audit(
                    AuditEvent.DEADLINE_PASSED,
                    run.state().name(),
                    RunState.COMPENSATING.name(),
                    FaultCode.DEADLINE_EXCEEDED.name(),
                    "The deadline of run " + run.number() + ", " + run.deadline() + ", has passed");
            runs.undo(Fault.ours(FaultCode.DEADLINE_EXCEEDED, deadlineMessage(run)));
        }
        for (Step step : draft.run().steps()) {
            if (draft.run().state().isGoing() && step.state() instanceof StepState.Deferred(var until, _, _)
                    && !draft.now().isBefore(until)) {
                runs.steps().signal(step.name(), new Signal.Due());
            }
        }
        for (Undo undo : draft.saga().undos()) {
            if (undo.state() instanceof UndoState.Deferred(_, var until, _) && !draft.now().isBefore(until)) {
                runs.undos().signal(undo, new UndoFold.Signal.Due());
            }
        }
        runs.progress();
        new VerificationFold(draft).onTime();
    }

    private static String deadlineMessage(Run run) {
        List<String> open = run.steps().stream().filter(step -> !step.state().isReached())
                .map(step -> step.name().words()).toList();
        return "Not finished by its deadline, " + run.deadline() + "; still open: " + String.join(", ", open)
                + ". See each step's last error and mend that, then try it again.";
    }
}
