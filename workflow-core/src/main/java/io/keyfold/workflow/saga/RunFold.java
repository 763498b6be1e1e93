package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One run: goes on with what is possible, undoes what the run created when it cannot be finished, and parks or ends it.
///
/// It carries a [Draft] through: what a step or a deletion does next is said by [StepFold] and [UndoFold] and done by
/// [StepRun] and [UndoRun]. What is brought up is [DeployRun]'s, what is removed [RemovalRun]'s. After every signal
/// [#progress()] is called once.
final class RunFold {
    private final Draft draft;
    private final UndoRun undos;
    private final StepRun steps;
    private final DeployRun deploys;
    private final RemovalRun removals;
    private final RetainedThings retained;

    RunFold(Draft draft) {
        var commands = new Commands(draft.settings(), draft.now());
        this.draft = draft;
        this.undos = new UndoRun(draft, commands);
        this.steps = new StepRun(draft, commands, undos);
        this.deploys = new DeployRun(draft, steps, undos);
        this.removals = new RemovalRun(draft, undos);
        this.retained = new RetainedThings(draft, undos);
    }

    StepRun steps() {
        return steps;
    }

    UndoRun undos() {
        return undos;
    }

    RetainedThings retained() {
        return retained;
    }

    // ---- what follows by itself

    /// Starts what can start, undoes what can be undone, ends what has ended.
    void progress() {
        if (draft.saga().goingRun().isPresent()) {
            progressOfTheGoingRun();
        } else {
            retained.askWhatIsDue();
            openUndos();
        }
        if (draft.saga().goingRun().isEmpty() && draft.saga().removalAsked().isPresent()) {
            removals.start(draft.saga().removalAsked().get());
            if (draft.saga().goingRun().isPresent()) {
                progressOfTheGoingRun();
            }
        }
    }

    private void progressOfTheGoingRun() {
        if (draft.run().isBringingUp()) {
            deploys.failure().ifPresentOrElse(this::undo, deploys::goOn);
        }
        if (draft.run().state().isParked()) {
            seeWhetherItStillWaits();
        }
        if (draft.run().isRemoval()) {
            removals.queue();
            retained.askWhatIsDue();
        } else if (draft.run().isDeleting()) {
            queueWhatThisRunCreated();
        }
        openUndos();
        if (draft.run().isDeleting()) {
            endUndoing();
            openUndos(); // what the run wanted while it was going
        }
    }

    /// A parked run goes on once nothing stands in its way. While a key that was in use is asked about again it stays
    /// parked: that it still is in use is no news.
    private void seeWhetherItStillWaits() {
        Run run = draft.run();
        Optional<Fault> why = reasonToPark(undetermined(run));
        if (isAllUndone(run) || why.isEmpty() && draft.saga().undos().stream().noneMatch(Undo::isAskedAgain)) {
            resume("What it waited for has settled by itself");
        } else if (why.isPresent() && parkedAs(why.get()) != run.state()
                && draft.saga().undos().stream().noneMatch(Undo::isAskedAgain)) {
            park(run, why.get());
        }
    }

    private boolean isAllUndone(Run run) {
        return undetermined(run).isEmpty()
                && draft.saga().undos().stream().noneMatch(undo -> undo.run() == run.number());
    }

    // ---- going down

    /// Undoes the going run because of a fault, a cancel or its deadline.
    void undo(Fault why) {
        Run run = draft.run();
        draft.become(draft.saga().with(run.because(why).become(RunState.COMPENSATING)));
        draft.audit(
                AuditEvent.COMPENSATION_STARTED,
                run.state().name(),
                RunState.COMPENSATING.name(),
                why.code().name(),
                why.message());
        for (Step step : run.steps()) {
            steps.signal(step.name(), new Signal.Undone());
        }
    }

    /// Goes on with a parked run, or with parked deletions of one that has ended; what is being undone is asked again.
    void retry() {
        if (draft.run().state().isParked()) {
            resume("It goes on, as asked");
        }
        for (Step step : draft.run().steps()) {
            if (step.state() instanceof StepState.LookFailed || step.state() instanceof StepState.Looking) {
                steps.signal(step.name(), new Signal.Retried());
            }
        }
        draft.become(draft.saga().withUndos(draft.saga().undos().stream().map(Undo::askedForByAPerson).toList()));
        for (Undo undo : draft.saga().undos()) {
            if (undo.isParked() || undo.isUnanswered() || undo.isDeferred()) {
                undos.signal(undo, new UndoFold.Signal.Retried());
            }
        }
    }

    private void resume(String why) {
        RunState from = draft.run().state();
        draft.become(draft.saga().with(draft.run().resumed()));
        draft.audit(AuditEvent.COMPENSATION_STARTED, from.name(), draft.run().state().name(), "", why);
    }

    private static List<StepState> undetermined(Run run) {
        return run.steps().stream().map(Step::state).filter(StepState::isUndetermined).toList();
    }

    private void queueWhatThisRunCreated() {
        Run run = draft.run();
        for (Step step : run.steps()) {
            if (step.state() instanceof StepState.Created(var id)) {
                draft.saga().resource(id).filter(resource -> undos.of(id).isEmpty())
                        .ifPresent(resource -> undos.queue(resource, run.number()));
            }
        }
    }

    private void openUndos() {
        if (draft.saga().isPaused()) {
            return;
        }
        for (Undo undo : draft.saga().undos()) {
            if (undo.state() instanceof UndoState.Queued && isInForce(undo.resource().id())
                    && !removals.isOfEverything()) {
                undos.keep(undo);
            } else if (undo.state() instanceof UndoState.Queued && isItsTurn(undo)) {
                undos.signal(undo, new UndoFold.Signal.Open());
            }
        }
    }

    /// A deletion that was refused and parked may have been overtaken: a later run of the cluster uses the thing.
    private boolean isInForce(String id) {
        return draft.saga().inForce().filter(inForce -> inForce.uses().containsValue(id)).isPresent();
    }

    private boolean isWantedByTheGoingRun(String id) {
        return draft.saga().goingRun().filter(run -> !run.isRemoval()).stream().flatMap(run -> run.steps().stream())
                .map(Step::state)
                .filter(state -> state instanceof StepState.Adopted || state instanceof StepState.Kept)
                .anyMatch(state -> Commands.idOf(state).equals(Optional.of(id)));
    }

    /// Each kind waits until the one before has settled.
    private boolean isItsTurn(Undo undo) {
        ResourceKind kind = undo.resource().kind();
        boolean earlierLeft = undos.inTheWayOf(undo.resource()).findAny().isPresent();
        boolean earlierUnknown = draft.saga().goingRun().filter(run -> run.number() == undo.run()).stream()
                .flatMap(run -> run.steps().stream())
                .anyMatch(step -> step.name().kind().compareTo(kind) < 0 && step.state().isUndetermined());
        return !earlierLeft && !earlierUnknown && !isWantedByTheGoingRun(undo.resource().id());
    }

    private void endUndoing() {
        Run run = draft.run();
        List<StepState> open = undetermined(run);
        List<Undo> undos = draft.saga().undos().stream().filter(undo -> undo.run() == run.number()).toList();
        if (isAllUndone(run)) {
            if (run.isRemoval()) {
                removals.end(run);
            } else {
                endUndone(run);
            }
            return;
        }
        Optional<Fault> why = reasonToPark(open);
        boolean waiting = why.isEmpty() || draft.saga().isPaused()
                || open.stream().anyMatch(state -> !(state instanceof StepState.LookFailed))
                || undos.stream().anyMatch(undo -> !undo.isParked() && !(undo.state() instanceof UndoState.Queued));
        if (!waiting && removals.canBeGivenUp(undos)) {
            removals.giveUp(run, why.get());
        } else if (!waiting) {
            park(run, why.get());
        }
    }

    private void endUndone(Run run) {
        boolean cancelled = run.fault().filter(fault -> fault.code() == FaultCode.CANCELLED).isPresent();
        RunState end = cancelled ? RunState.CANCELLED : RunState.FAILED;
        List<Resource> left = draft.saga().resources().stream().filter(
                resource -> resource.run() != run.number() || resource.ownership() != Ownership.ADOPTED).toList();
        // An earlier run's instance too: what this run made in it has left a hold on it.
        List<String> instances = Stream.concat(
                draft.saga().resources().stream().filter(resource -> resource.run() == run.number())
                        .map(Resource::instanceId),
                run.step(StepName.KMS_INSTANCE).flatMap(step -> Commands.idOf(step.state())).stream()).toList();
        draft.become(draft.saga().withResources(left).with(run.ended(end, draft.now())));
        draft.release(instances.stream());
        List<String> retained = left.stream()
                .filter(resource -> resource.run() == run.number() && resource.ownership() == Ownership.RETAINED)
                .map(Resource::id).toList();
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.COMPENSATING.name(),
                end.name(),
                run.fault().map(fault -> fault.code().name()).orElse(""),
                "Run " + run.number() + " is undone: "
                        + (retained.isEmpty() ? "nothing of it is left"
                                : "kept for others: " + String.join(", ", retained)));
    }

    private Optional<Fault> reasonToPark(List<StepState> open) {
        Stream<Fault> deletions = draft.saga().undos().stream().map(Undo::state)
                .filter(UndoState.Parked.class::isInstance).map(state -> ((UndoState.Parked) state).fault());
        Stream<Fault> looks = open.stream().filter(StepState.LookFailed.class::isInstance)
                .map(state -> ((StepState.LookFailed) state).fault());
        return Stream.concat(deletions, looks).findFirst();
    }

    private static RunState parkedAs(Fault why) {
        return why.code() == FaultCode.KEY_IN_USE ? RunState.KEY_IN_USE : RunState.COMPENSATION_FAILED;
    }

    private void park(Run run, Fault why) {
        RunState parked = parkedAs(why);
        // A deploy's run keeps the reason for which it is undone.
        draft.become(draft.saga().with((run.isRemoval() ? run.because(why) : run).ended(parked, draft.now())));
        draft.audit(
                AuditEvent.RUN_PARKED,
                run.state().name(),
                parked.name(),
                why.code().name(),
                (run.isRemoval() ? "Removing" : "Undoing")
                        + (parked == RunState.KEY_IN_USE ? " waits until it can go on: " : " waits for a person: ")
                        + why.message());
    }
}
