package io.keyfold.workflow.saga;

import java.util.List;

/// What time brings: the end of a deadline or of a deferral. To a paused cluster it brings nothing.
final class TimeFold {
    private final Draft draft;

    TimeFold(Draft draft) {
        this.draft = draft;
    }

    void on() {
        if (draft.saga().isPaused() || draft.saga().lastRun().isEmpty()) {
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
            if (WakeUp.dueAt(draft.saga(), undo).filter(due -> !draft.now().isBefore(due)).isPresent()) {
                runs.undos().signal(undo, new UndoFold.Signal.Due());
            }
        }
        new LookoutFold(draft).onTime();
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
