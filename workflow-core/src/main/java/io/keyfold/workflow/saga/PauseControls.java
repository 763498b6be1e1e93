package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import java.util.Optional;

/// Answers a PAUSE and a RESUME.
final class PauseControls {
    private final Draft draft;
    private final ControlFold controls;

    PauseControls(Draft draft, ControlFold controls) {
        this.draft = draft;
        this.controls = controls;
    }

    void pause(ControlRequested control) {
        Optional<Pause> pause = draft.saga().pause();
        if (controls.refusesAnotherDeploy(control)) {
            return;
        }
        if (pause.isPresent()) {
            controls.refuse(control, RefusalCode.ALREADY_PAUSED, "The cluster is " + pause.get().words() + ".");
        } else {
            draft.become(
                    draft.saga().paused(
                            Optional.of(new Pause(draft.now(), control.requestedBy(), control.reason()))));
            controls.accept(
                    control,
                    draft.saga().goingRun().map(
                            run -> "Run " + run.number() + ", which is " + run.state() + ", asks for nothing more until"
                                    + " RESUME; what has been asked is still accounted for.")
                            .orElse("No run is going; one that is asked for begins, and waits for RESUME."));
        }
    }

    void resume(ControlRequested control) {
        Optional<Pause> pause = draft.saga().pause();
        if (controls.refusesAnotherDeploy(control)) {
            return;
        }
        if (pause.isEmpty()) {
            controls.refuse(control, RefusalCode.NOT_PAUSED, "The cluster is not paused.");
        } else {
            draft.become(draft.saga().paused(Optional.empty()));
            Optional<Run> going = draft.saga().goingRun();
            going.ifPresent(
                    run -> draft.become(
                            draft.saga().with(run.delayed(pause.get().of(run, draft.now())))));
            controls.accept(
                    control,
                    draft.saga().goingRun().map(
                            run -> "Run " + run.number() + ", which is " + run.state() + ", goes on"
                                    + (run.isBringingUp() ? "; its deadline is " + run.deadline() : "") + ".")
                            .orElse("No run is going."));
            new TimeFold(draft).on();
        }
    }
}
