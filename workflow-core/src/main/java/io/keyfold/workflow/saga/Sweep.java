package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.SagaEvent.ControlRequested;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides again about what a sweep of the cloud has found and takes for this cluster's. What is deleted goes the way of
/// all deletions: by id, by leave of the ledger, never forced; and the worker has to see first that it is ours.
final class Sweep {
    /// More than these in one control are refused.
    static final int MOST = 100;

    private final Draft draft;
    private final ControlFold controls;

    Sweep(Draft draft, ControlFold controls) {
        this.draft = draft;
        this.controls = controls;
    }

    private record Refused(Found found, RefusalCode code, String why) {}

    /// Each thing is decided about by itself, so that what may not go keeps nothing else.
    void on(ControlRequested control) {
        if (isRefusedAsAWhole(control)) {
            return;
        }
        List<Found> orphans = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        for (Found found : control.found()) {
            refusal(control, found, orphans).ifPresentOrElse(refused::add, () -> orphans.add(found));
        }
        if (orphans.isEmpty()) {
            controls.refuse(control, refused.getFirst().code(), "Nothing of what was found may be deleted.");
        } else {
            controls.accept(control, "Of " + control.found().size() + " found, " + orphans.size()
                    + " to be deleted" + (control.reason().isEmpty() ? "" : ": " + control.reason()) + ".");
        }
        refused.forEach(this::tell);
        delete(orphans);
    }

    private boolean isRefusedAsAWhole(ControlRequested control) {
        Saga saga = draft.saga();
        if (control.found().isEmpty() || control.found().size() > MOST) {
            controls.refuse(control, RefusalCode.INVALID_REQUEST, "It names nothing, or more than " + MOST + ".");
        } else if (controls.refusesAnotherDeploy(control)) {
            return true;
        } else if (saga.pause().isPresent()) {
            controls.refuse(control, RefusalCode.PAUSED, "The cluster is " + saga.pause().get().words() + ".");
        } else if (saga.goingRun().isPresent()) {
            controls.refuse(
                    control, RefusalCode.BUSY, "Run " + draft.run().number() + " is " + draft.run().state() + ".");
        } else {
            return false;
        }
        return true;
    }

    private Optional<Refused> refusal(ControlRequested control, Found found, List<Found> before) {
        return whyNot(found).or(() -> namedTwice(found, before))
                .map(why -> new Refused(found, RefusalCode.NOT_AN_ORPHAN, why))
                .or(() -> protection(control, found)
                        .map(missing -> new Refused(found, RefusalCode.DELETION_PROTECTED, missing)));
    }

    /// What deleting it asks for and the control lacks. Nobody knows whether data of a root key that no saga lists depends
    /// on it, so every one is protected.
    private Optional<String> protection(ControlRequested control, Found found) {
        if (found.step().kind() != ResourceKind.ROOT_KEY) {
            return Optional.empty();
        }
        return control.reason().isEmpty()
                ? Optional.of(ControlFold.UNREADABLE + ". Sweep again with a reason: --reason.")
                : controls.agreement(control);
    }

    /// Why it is no orphan; empty if it is one. No run is going here.
    private Optional<String> whyNot(Found found) {
        Saga saga = draft.saga();
        CloudResource resource = found.resource();
        if (!RequestRules.isId(found.id()) || !RequestRules.isId(resource.instanceId())
                || !RequestRules.isId(resource.region())) {
            return Optional.of("its ids or its region are none");
        }
        if (found.run() < 1 || found.run() > saga.runs()) {
            return Optional.of("the cluster has had no run " + found.run());
        }
        if (!isOurs(found)) {
            return Optional.of("it does not carry the mark of run " + found.run() + " of this cluster");
        }
        if (isKnown(found.id())) {
            return Optional.of("the saga accounts for it");
        }
        return isReliedOn(found)
                ? Optional.of("the deploy in force relies on an authorization that it skips, which this may be")
                : Optional.empty();
    }

    private static Optional<String> namedTwice(Found found, List<Found> before) {
        return before.stream().anyMatch(other -> other.id().equals(found.id())) ? Optional.of("it was named twice")
                : Optional.empty();
    }

    /// What it says of itself; the worker looks whether it is true.
    private boolean isOurs(Found found) {
        ClusterId cluster = draft.saga().cluster();
        if (found.step().kind() == ResourceKind.KMS_INSTANCE) {
            return found.id().equals(found.resource().instanceId())
                    && found.resource().name().equals(Plan.instanceName(cluster.clusterPrefix()));
        }
        return Mark.read(found.mark()).filter(mark -> mark.installation().equals(draft.settings().installation())
                && mark.cluster().equals(Mark.cluster(cluster)) && mark.run() == found.run()
                && mark.step() == found.step()).isPresent();
    }

    private boolean isKnown(String id) {
        Saga saga = draft.saga();
        Stream<String> ofSteps = saga.lastRun().stream().flatMap(run -> run.steps().stream())
                .flatMap(step -> Commands.idOf(step.state()).stream());
        return saga.resource(id).isPresent()
                || saga.undos().stream().anyMatch(undo -> undo.resource().id().equals(id))
                || saga.inForce().filter(inForce -> inForce.uses().containsValue(id)).isPresent()
                || ofSteps.anyMatch(id::equals);
    }

    /// Nobody knows the id of an authorization that is skipped.
    private boolean isReliedOn(Found found) {
        return draft.saga().inForce()
                .filter(inForce -> inForce.uses().containsValue(found.resource().instanceId()))
                .flatMap(inForce -> Plan.of(inForce.request()).step(found.step()))
                .filter(step -> step instanceof PlannedStep.Authorization authorization && authorization.skipped())
                .isPresent();
    }

    private void tell(Refused refused) {
        Found found = refused.found();
        draft.auditStep(
                AuditEvent.CONTROL_REFUSED, found.run(), found.step(), "", "", refused.code().name(),
                found.id(), found.words() + " is not deleted: " + refused.why());
    }

    private void delete(List<Found> orphans) {
        var runs = new RunFold(draft);
        orphans.forEach(
                found -> runs.undos().sweep(
                        Resource.of(found.step(), found.resource(), Ownership.CREATED, found.run(), draft.now()),
                        markToSee(found)));
        if (!orphans.isEmpty()) {
            runs.progress();
        }
    }

    private String markToSee(Found found) {
        return found.mark().isEmpty()
                ? Mark.of(draft.settings().installation(), draft.saga().cluster(), found.run(), found.step(), 1)
                : found.mark();
    }
}
