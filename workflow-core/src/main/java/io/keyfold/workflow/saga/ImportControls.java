package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import java.util.Optional;

/// Answers an IMPORT, or a RETRY of one that has failed: what was deployed by other means is taken over by a cluster of
/// which nothing is listed yet.
final class ImportControls {
    private final Draft draft;
    private final ControlFold controls;

    ImportControls(Draft draft, ControlFold controls) {
        this.draft = draft;
        this.controls = controls;
    }

    void take(ControlRequested control) {
        Optional<DeployRequest> inputs = control.inputs();
        if (inputs.isEmpty()) {
            controls.refuse(
                    control, RefusalCode.INVALID_REQUEST,
                    "It has no inputs. Send with it what the cluster was deployed with.");
        } else if (!inputs.get().requestId().isEmpty() && !inputs.get().requestId().equals(control.requestId())) {
            controls.refuse(
                    control, RefusalCode.INVALID_REQUEST,
                    "Its inputs have another request_id than it has itself. Leave that of the inputs empty.");
        } else if (!isManagedAlready(control)) {
            new RequestFold(draft).on(
                    inputs.get().withRequestId(control.requestId()),
                    Optional.of(new Import(control.controlId(), control.reason())));
        }
    }

    void again(ControlRequested control, Run failed) {
        if (!isManagedAlready(control)) {
            controls.accept(control, "What run " + failed.number() + " was to take over is looked up again.");
            new RequestFold(draft).again(failed);
        }
    }

    /// While a run is going it is refused as busy, like a deploy.
    private boolean isManagedAlready(ControlRequested control) {
        Saga saga = draft.saga();
        if (saga.goingRun().isPresent() || saga.resources().isEmpty() && saga.undos().isEmpty()) {
            return false;
        }
        boolean isOnlyHeld = saga.undos().isEmpty()
                && saga.resources().stream().allMatch(resource -> resource.ownership() == Ownership.ADOPTED);
        controls.refuse(
                control, RefusalCode.ALREADY_MANAGED,
                "The cluster is " + saga.standing() + " and has resources already. "
                        + (isOnlyHeld
                                ? "None of them is Keyfold's own: deprovision it, which lets go of them and deletes"
                                        + " nothing, then import it again."
                                : "Change it with a deploy. A deprovision would delete those that Keyfold has made."));
        return true;
    }
}
