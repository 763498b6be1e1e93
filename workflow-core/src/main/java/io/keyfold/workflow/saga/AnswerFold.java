package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.Answer.Completed;
import io.keyfold.workflow.saga.SagaEvent.StepAnswered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Takes a worker's answer to the step or the deletion that asked for it. However late one comes, what it says was made
/// is accounted for.
final class AnswerFold {
    private final Draft draft;
    private final RunFold runs;
    private final LookoutFold lookouts;

    AnswerFold(Draft draft) {
        this.draft = draft;
        this.runs = new RunFold(draft);
        this.lookouts = new LookoutFold(draft);
    }

    void on(StepAnswered answered) {
        Optional<Lookout> lookout = lookouts.asking(answered);
        if (lookout.isPresent()) {
            onLookout(answered, lookout.get());
        } else {
            onAnswer(answered);
        }
        if (draft.saga().lastRun().isPresent()) {
            runs.progress();
        }
    }

    private void onAnswer(StepAnswered answered) {
        switch (answered.answer()) {
            case Completed completed -> onCompleted(answered, completed);
            case Answer.NothingFound _ ->
                toStep(answered, new Signal.NothingFound(draft.now().plus(draft.settings().secondLookAfter())));
            case Answer.Compensated(var id, var restorableUntil, var instead) ->
                toUndo(answered, id, new UndoFold.Signal.Gone(restorableUntil, instead));
            case Answer.CompensationFailed(_, var fault) ->
                toAsked(answered, new Signal.Failed(fault), new UndoFold.Signal.NotGone(fault));
            case Answer.Failed failed -> onFailed(answered, failed);
            case Answer.Deferred deferred -> onDeferred(answered, deferred);
            case Answer.Expired(var why) -> {
                Instant at = draft.now().plus(draft.settings().askAgainAfter());
                toAsked(
                        answered,
                        new Signal.AskAgain(at, why, Optional.empty(), List.of()),
                        new UndoFold.Signal.AskAgain(at, why, Optional.empty(), false));
            }
            case Answer.Verified _ -> draft.auditLateAnswer(answered, "", "it verifies what it was not asked to");
        }
    }

    /// The answer to a look for what may have been made.
    private void onLookout(StepAnswered answered, Lookout lookout) {
        switch (answered.answer()) {
            // A going run makes its own, and it may be that one: once that has settled it can be told.
            case Completed completed when isOfAnOlderRun(answered) -> lookouts.again(
                    lookout, draft.now().plus(draft.settings().secondLookAfter()),
                    completed.resource().id() + " may be the going run's");
            case Completed completed -> {
                lookouts.over(lookout);
                onCompleted(answered, completed);
            }
            case Answer.NothingFound _ -> lookouts.nothingFound(lookout);
            case Answer.Failed(var fault, _) -> lookouts.refused(lookout, fault);
            case Answer.Deferred deferred -> lookouts.again(lookout, deferred.until(), deferred.why());
            case Answer.Expired(var why) ->
                lookouts.again(lookout, draft.now().plus(draft.settings().askAgainAfter()), why);
            case Answer.Compensated _,Answer.CompensationFailed _,Answer.Verified _ ->
                draft.auditLateAnswer(answered, "", "it is no answer to a look");
        }
    }

    private void onFailed(StepAnswered answered, Answer.Failed failed) {
        boolean isAwaited = isAwaited(answered);
        failed.made().ifPresent(made -> onMadeEarlier(answered, made));
        if (isAwaited || failed.made().isEmpty()) {
            toAsked(
                    answered, new Signal.Failed(withTheDataAtStake(answered, failed.fault())),
                    new UndoFold.Signal.NotGone(failed.fault()));
        }
    }

    private Fault withTheDataAtStake(StepAnswered answered, Fault fault) {
        return fault.code() == FaultCode.KEY_LOST ? fault.adding(RepairRun.atStake(draft.saga(), answered.step()))
                : fault;
    }

    private void onCompleted(StepAnswered answered, Completed completed) {
        CloudResource made = completed.resource();
        Optional<Resource> known = draft.saga().resource(made.id());
        Optional<Undo> undo = runs.undos().of(made.id());
        boolean olderAnswer = completed.ours() && isOfAnOlderRun(answered);
        boolean current = isCurrent(answered) || olderAnswer;
        if (olderAnswer && answered.action() == Action.RESOLVE && known.isEmpty() && undo.isEmpty()) {
            // It may be gone since it was seen; the going run looks for itself.
            draft.auditLateAnswer(answered, made.id(), "it was seen for an earlier run");
        } else if (known.isPresent() && known.get().ownership() == Ownership.ADOPTED && completed.ours()) {
            runs.steps().takeBack(known.get());
        } else if (current && known.isPresent() && undo.isEmpty()) {
            runs.steps().signal(answered.step(), new Signal.FoundOwn(known.get()));
        } else if (current && (undo.isEmpty() || isOpen(answered.step()))) {
            runs.steps().signal(answered.step(), new Signal.Found(made, completed.ours(), completed.visibleSince()));
        } else if (completed.ours() && known.isEmpty() && undo.isEmpty()) {
            runs.undos().remove(answered.step(), answered.run(), made);
        } else if (completed.ours() && undo.filter(Undo::isSwept).isPresent()) {
            runs.undos().prove(
                    undo.get(),
                    Resource.of(answered.step(), made, Ownership.CREATED, answered.run(), draft.now()));
        } else {
            draft.auditLateAnswer(answered, made.id(), "the saga accounts for it already, or it is not ours to delete");
        }
        for (CloudResource surplus : olderAnswer ? List.<CloudResource>of() : completed.surplus()) {
            if (draft.saga().resource(surplus.id()).isEmpty() && runs.undos().of(surplus.id()).isEmpty()) {
                runs.undos().remove(answered.step(), answered.run(), surplus);
            }
        }
    }

    private void onDeferred(StepAnswered answered, Answer.Deferred deferred) {
        if (deferred.made().isPresent() && !isAwaited(answered)) {
            onMadeEarlier(answered, deferred.made().get());
            return;
        }
        // While the cluster is paused its clock stands still anyway.
        if (deferred.stopsClock() && isAwaited(answered) && draft.run().isBringingUp() && !draft.saga().isPaused()) {
            draft.become(draft.saga().with(draft.run().stopped(draft.now(), deferred.until())));
        }
        toAsked(
                answered,
                new Signal.AskAgain(
                        deferred.until(), deferred.why(), deferred.fault(), deferred.made().stream().toList()),
                new UndoFold.Signal.AskAgain(
                        deferred.stopsClock() ? deferred.until() : deleteAgainAt(answered, deferred.until()),
                        deferred.why(), deferred.fault(), wasSent(deferred)));
    }

    /// A deletion that is put off for no fault was sent, and IBM Cloud has not let go of the thing yet.
    private static boolean wasSent(Answer.Deferred deferred) {
        return deferred.fault().isEmpty() && !deferred.stopsClock();
    }

    private Instant deleteAgainAt(StepAnswered answered, Instant told) {
        Duration wait = Duration.between(draft.now(), told);
        return wait.isNegative() ? told
                : asking(answered)
                        .map(undo -> draft.now().plus(SagaSettings.deleteAgainAfter(undo.attempts(), wait)))
                        .orElse(told);
    }

    /// What was made is accounted for, however late it is told.
    private void onMadeEarlier(StepAnswered answered, CloudResource made) {
        boolean isKnown = draft.saga().resource(made.id()).isPresent() || runs.undos().of(made.id()).isPresent();
        if (isKnown) {
            draft.auditLateAnswer(answered, made.id(), "the saga accounts for it already");
        } else if (isCurrent(answered)) {
            runs.steps().signal(answered.step(), new Signal.MadeEarlier(made));
        } else {
            runs.undos().remove(answered.step(), answered.run(), made);
        }
    }

    private boolean isCurrent(StepAnswered answered) {
        return draft.saga().goingRun().filter(run -> run.number() == answered.run())
                .flatMap(run -> run.step(answered.step())).isPresent();
    }

    /// Whether an older run's command was answered while the going run makes its own instance. Names tell no run's
    /// instance from another's, so it may well be that one: it is taken for it, and a second one turns up in the
    /// answer that is still to come.
    private boolean isOfAnOlderRun(StepAnswered answered) {
        return answered.step() == StepName.KMS_INSTANCE && draft.saga().goingRun()
                .filter(run -> run.number() > answered.run()).flatMap(run -> run.step(StepName.KMS_INSTANCE))
                .flatMap(step -> step.state().aimedAt()).filter(Aim.Create.class::isInstance).isPresent();
    }

    /// Whether the step's question is still open, so that it must hear of even a thing that is being deleted.
    private boolean isOpen(StepName name) {
        return draft.run().step(name).flatMap(step -> commandOf(step.state())).isPresent();
    }

    /// To the deletion or the step that asked; what nobody asked, or asks no more, is only written down.
    private void toAsked(StepAnswered answered, Signal toStep, UndoFold.Signal toUndo) {
        if (!answered.action().isDeletion()) {
            toStep(answered, toStep);
            return;
        }
        Optional<Undo> asking = asking(answered);
        if (asking.isPresent()) {
            runs.undos().signal(asking.get(), toUndo);
        } else {
            draft.auditLateAnswer(answered, "", "no deletion waits for this answer");
        }
    }

    /// The deletion that has asked this very question and has had no answer.
    private Optional<Undo> asking(StepAnswered answered) {
        return draft.saga().undos().stream()
                .filter(undo -> undo.state() instanceof UndoState.Deleting(_, var command)
                        && command.equals(answered.command()))
                .findFirst();
    }

    private void toStep(StepAnswered answered, Signal signal) {
        if (isAwaited(answered)) {
            runs.steps().signal(answered.step(), signal);
        } else if (mayHaveMade(answered)) {
            lookouts.begin(answered);
        } else {
            draft.auditLateAnswer(answered, "", "no step waits for this answer");
        }
    }

    /// Whether the worker does not know what came of its create.
    private static boolean mayHaveMade(StepAnswered answered) {
        Optional<Fault> fault = switch (answered.answer()) {
            case Answer.Failed(var told, _) -> Optional.of(told);
            case Answer.Deferred deferred -> deferred.fault();
            default -> Optional.empty();
        };
        return answered.action() == Action.PROVISION && fault.filter(Fault::outcomeUnknown).isPresent();
    }

    /// Whether a step has asked this very question and has had no answer.
    private boolean isAwaited(StepAnswered answered) {
        return isCurrent(answered) && draft.run().step(answered.step())
                .flatMap(step -> commandOf(step.state())).filter(answered.command()::equals).isPresent();
    }

    private void toUndo(StepAnswered answered, String id, UndoFold.Signal signal) {
        Optional<Undo> undo = runs.undos().of(id);
        if (undo.isPresent()) {
            runs.undos().signal(undo.get(), signal);
        } else {
            draft.auditLateAnswer(answered, id, "it is gone already");
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
}
