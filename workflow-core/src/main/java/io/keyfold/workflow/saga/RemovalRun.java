package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StepName;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A run that removes what the cluster's runs have made: everything, or what is no longer used. How each thing is deleted
/// is [UndoRun]'s.
final class RemovalRun {
    static final String LET_GO = "what others have made is let go of and nothing is deleted";

    private final Draft draft;
    private final UndoRun undos;

    RemovalRun(Draft draft, UndoRun undos) {
        this.draft = draft;
        this.undos = undos;
    }

    /// Begins the run; one that finds nothing to remove is complete at once.
    void start(Removal removal) {
        draft.become(draft.saga().askedToRemove(Optional.empty()));
        draft.become(
                draft.saga().with(
                        new Run(
                                draft.saga().runs() + 1,
                                request(),
                                RunState.IN_PROGRESS,
                                draft.now(),
                                draft.now(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                steps(removal),
                                Optional.of(removal),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
        draft.audit(
                AuditEvent.REQUEST_ACCEPTED,
                "",
                RunState.IN_PROGRESS.name(),
                "",
                "Run " + draft.run().number() + " begins: "
                        + (draft.run().letsGoOnly() ? LET_GO
                                : "what this cluster's runs have made "
                                        + (removal.onlyUnused() ? "and it no longer uses " : "") + "is removed")
                        + ", " + removal.words());
        removed(removal).filter(resource -> resource.ownership() == Ownership.RETAINED).forEach(this::queue);
    }

    /// The deploy that the run is about: the one in force, else the latest. Of one that was refused nothing but its name
    /// may be believed.
    private DeployRequest request() {
        Run last = draft.run();
        return draft.saga().inForce().map(InForce::request).orElseGet(
                () -> last.state() == RunState.REJECTED
                        ? DeployRequest.of(last.request().requestId(), draft.saga().cluster().clusterPrefix())
                        : last.request());
    }

    /// What the run removes. What is retained is asked about once, when the run begins.
    private Stream<Resource> removed(Removal removal) {
        return about(removal).filter(resource -> switch (resource.ownership()) {
            case CREATED, RETAINED -> !removal.onlyUnused();
            case UNUSED -> true;
            case ADOPTED -> false;
        });
    }

    /// Everything that is the cluster's, or what is listed.
    private Stream<Resource> about(Removal removal) {
        Stream<Resource> listed = draft.saga().resources().stream();
        return removal.onlyUnused() ? listed : Stream.concat(listed, draft.saga().onTheirWayOut().stream());
    }

    /// A step for each thing the run is about; of several for one step, the one in use.
    private List<Step> steps(Removal removal) {
        List<Resource> about = (removal.onlyUnused() ? removed(removal) : about(removal)).toList();
        return Arrays.stream(StepName.values()).flatMap(
                name -> about.stream().filter(resource -> resource.step() == name)
                        .min(Comparator.comparing(resource -> !resource.isInUse())).stream())
                .map(
                        resource -> Step.in(
                                resource.step(),
                                resource.ownership() == Ownership.ADOPTED ? new StepState.Adopted(resource.id())
                                        : new StepState.Created(resource.id())))
                .toList();
    }

    /// Queues what is not queued yet; a late answer may have brought more to light.
    void queue() {
        if (draft.run().isDeleting()) {
            removed(draft.run().removal().orElseThrow())
                    .filter(resource -> resource.ownership() != Ownership.RETAINED).forEach(this::queue);
        }
    }

    private void queue(Resource resource) {
        int run = draft.run().number();
        if (undos.of(resource.id()).filter(undo -> undo.run() == run).isEmpty()) {
            undos.queue(resource, run);
        }
    }

    /// Whether the going run removes also what is in force.
    boolean isOfEverything() {
        return draft.saga().goingRun().flatMap(Run::removal).filter(removal -> !removal.onlyUnused()).isPresent();
    }

    void end(Run run) {
        List<String> instances =
                draft.saga().resources().stream().map(Resource::instanceId).toList();
        Saga saga = draft.saga();
        if (isOfEverything()) {
            List<Resource> left =
                    saga.resources().stream().filter(resource -> resource.ownership() == Ownership.RETAINED).toList();
            boolean isGoneAlready = saga.standing() == Standing.DEPROVISIONED;
            saga = saga.withResources(left).deprovisioned(
                    isGoneAlready ? saga.standingSince().orElse(draft.now()) : draft.now());
        }
        draft.become(saga.with(run.ended(RunState.COMPLETED, draft.now())));
        draft.release(instances.stream());
        List<String> left = draft.saga().resources().stream()
                .filter(resource -> resource.ownership() == Ownership.RETAINED).map(Resource::id).toList();
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.IN_PROGRESS.name(),
                RunState.COMPLETED.name(),
                "",
                "Run " + run.number() + " is complete: "
                        + (run.letsGoOnly() ? "nothing was deleted; what others have made stays as it is"
                                : left.isEmpty() ? "all that it was to remove is gone"
                                        : "kept for others: " + String.join(", ", left)));
    }

    /// What is not used and cannot be deleted may as well stay: it stands in nobody's way. Only a delete that may yet land
    /// has to be waited for.
    boolean canBeGivenUp(List<Undo> left) {
        return draft.run().removal().filter(Removal::onlyUnused).isPresent()
                && left.stream().noneMatch(Undo::mayYetLand);
    }

    void giveUp(Run run, Fault why) {
        for (Step step : run.steps()) {
            draft.become(draft.saga().with(draft.run().with(step.become(givenUp(step.state())))));
        }
        Run left = draft.run();
        draft.become(
                draft.saga().withUndos(
                        draft.saga().undos().stream().filter(undo -> undo.run() != run.number()).toList()));
        draft.become(draft.saga().with(left.because(why).ended(RunState.FAILED, draft.now())));
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.IN_PROGRESS.name(),
                RunState.FAILED.name(),
                why.code().name(),
                "Run " + run.number()
                        + " gives up; what is left stays unused, and its deletion is not asked for again by"
                        + " itself: " + why.message());
    }

    /// How a step ends of which the thing could not be deleted, or its turn never came.
    private StepState givenUp(StepState state) {
        return switch (state) {
            case StepState.Created(var id) -> undos.of(id).map(undo -> givenUp(undo, id)).orElse(state);
            default -> state;
        };
    }

    private static StepState givenUp(Undo undo, String id) {
        return undo.state() instanceof UndoState.Parked(var fault, _) ? new StepState.Failed(fault)
                : new StepState.Kept(id);
    }
}
