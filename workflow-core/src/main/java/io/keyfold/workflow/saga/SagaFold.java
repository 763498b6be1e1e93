package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.Verdict;
import io.keyfold.workflow.request.Given;
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
            case StepAnswered answered when answered.action() == Action.VERIFY ->
                new VerificationFold(draft).on(answered);
            case StepAnswered answered -> new AnswerFold(draft).on(answered);
            case LedgerAnswered answered -> onLedger(draft, answered);
            case TimePassed _ -> new TimeFold(draft).on();
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
}
