package io.keyfold.workflow.report;

import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.Aim;
import io.keyfold.workflow.saga.Ask;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Step;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.UndoState;
import java.time.Instant;
import java.util.Optional;

/// One step of the latest run.
///
/// @param nextAt when it is asked again, if it is deferred
/// @param restorableUntil until when IBM Cloud lets a person bring back what was deleted
/// @param next   what happens next, in words; empty if nothing does
public record StepReport(
        StepName step,
        ReportedStepState state,
        int attempts,
        Optional<Fault> lastError,
        Optional<Instant> nextAt,
        Optional<Instant> restorableUntil,
        String next) {

    static StepReport of(Saga saga, Run run, Step step) {
        Optional<Undo> undo = undoOf(saga, step);
        return new StepReport(
                step.name(),
                ReportedStepState.of(step.state(), undo),
                step.attempts() + undo.map(Undo::attempts).orElse(0),
                lastError(step, undo),
                nextAt(step, undo).filter(_ -> !saga.isPaused()),
                step.state() instanceof StepState.Compensated(_, var until, _) ? until : Optional.empty(),
                next(saga, run, step, undo));
    }

    /// The deletion of what the step created.
    private static Optional<Undo> undoOf(Saga saga, Step step) {
        return step.state() instanceof StepState.Created(var id)
                ? saga.undos().stream().filter(undo -> undo.resource().id().equals(id)).findFirst()
                : Optional.empty();
    }

    private static Optional<Fault> lastError(Step step, Optional<Undo> undo) {
        Optional<Fault> ofUndo = undo.flatMap(deletion -> switch (deletion.state()) {
            case UndoState.Parked(var fault, _) -> Optional.of(fault);
            default -> deletion.lastError();
        });
        return ofUndo.or(() -> switch (step.state()) {
            case StepState.Failed(var fault) -> Optional.of(fault);
            case StepState.LookFailed(var fault) -> Optional.of(fault);
            default -> step.lastError();
        });
    }

    private static Optional<Instant> nextAt(Step step, Optional<Undo> undo) {
        if (step.state() instanceof StepState.Deferred(var until, _, _)) {
            return Optional.of(until);
        }
        return undo.flatMap(deletion -> deletion.state().dueAt());
    }

    private static String next(Saga saga, Run run, Step step, Optional<Undo> undo) {
        boolean waits = step.state() instanceof StepState.Waiting || step.state() instanceof StepState.Deferred
                || undo.map(Undo::state).filter(state -> state instanceof UndoState.Queued || state.dueAt().isPresent())
                        .isPresent();
        if (saga.isPaused() && run.state().isGoing() && waits) {
            return "Waits until the cluster is resumed.";
        }
        return switch (step.state()) {
            case StepState.Waiting _ ->
                step.name() == StepName.KMS_INSTANCE ? "Starts at once." : "Starts when the KMS instance is there.";
            case StepState.Resolving _ -> "The worker looks for the one that was named.";
            case StepState.Looking _ -> "The worker looks for what this run may have made.";
            case StepState.Holding(var candidate, _) ->
                "The ledger is asked for a hold on " + candidate.id() + " before it is used.";
            case StepState.Claiming(var found, _, _) ->
                found.id() + " exists already and is not ours; the ledger is asked whether it may be used.";
            case StepState.Provisioning(_, Aim.Adopt(var granted)) ->
                "The worker looks again at " + granted + ", then it is used.";
            case StepState.Provisioning(_, Aim.Mend(var id)) -> "The worker makes " + id + " usable again.";
            case StepState.Provisioning(_, Aim.Create(var made)) -> made.isEmpty() ? "The worker makes it."
                    : "The worker has made " + made.getFirst().id() + " and waits until it is ready.";
            case StepState.Deferred(_, var why, var ask) -> againWords(ask) + ": " + RunReport.sentence(why);
            case StepState.LookFailed _ -> "Waits for a person, then: " + Remedy.retry(saga.cluster());
            case StepState.Created _ -> undo.map(deletion -> next(saga, deletion)).orElse("");
            case StepState.Retained(var id, var keptFor) -> "Kept for " + String.join(", ", keptFor) + "."
                    + saga.resource(id)
                            .flatMap(Resource::askAgainAt)
                            .map(at -> " Whether it may be deleted is asked again at " + at + ".")
                            .orElse("");
            case StepState.Failed _ ->
                run.state().isGoing() ? "The run is being undone." : "";
            case StepState.Adopted _,StepState.Kept _,StepState.Skipped _,StepState.NothingCreated _ ->
                "";
            case StepState.Compensated(_, _, var instead) -> instead.isEmpty() ? "" : "It " + instead + ".";
        };
    }

    private static String againWords(Ask ask) {
        return switch (ask) {
            case Ask.Resolve _,Ask.Provision _ -> "Asked again then";
            case Ask.Look _ -> "Looked for again then";
        };
    }

    private static String next(Saga saga, Undo undo) {
        return switch (undo.state()) {
            case UndoState.Queued _ ->
                "Deleted when its turn comes: keys first, then authorizations, the instance last.";
            case UndoState.AskingLeave _ -> "The ledger is asked whether it may be deleted.";
            case UndoState.Deleting _ -> "The worker deletes it.";
            case UndoState.Deferred(_, _, var why) ->
                "Its deletion is asked for again then: " + RunReport.sentence(why);
            case UndoState.Parked(_, var askAgainAt) -> askAgainAt.isPresent()
                    ? "Its deletion is asked for again then; at once with: " + Remedy.retry(saga.cluster())
                    : "Waits for a person, then: " + Remedy.retry(saga.cluster());
        };
    }
}
