package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One run: starts what can start, ends when all is reached, and undoes what the run created when it cannot be.
///
/// It carries a [Draft] through: what a step or a deletion does next is said by [StepFold] and [UndoFold]; here it is
/// done. After every signal [#progress()] is called once.
final class RunFold {
    private final Draft draft;
    private final Commands commands;

    RunFold(Draft draft) {
        this.draft = draft;
        this.commands = new Commands(draft.settings(), draft.now());
    }

    // ---- what follows by itself

    /// Starts what can start, undoes what can be undone, ends what has ended.
    void progress() {
        Optional<Run> going = draft.saga().goingRun();
        if (going.isPresent() && going.get().state() == RunState.IN_PROGRESS) {
            goUp();
        }
        if (going.isPresent() && draft.run().state() == RunState.COMPENSATING) {
            queueWhatThisRunCreated();
        }
        openUndos();
        if (going.isPresent() && draft.run().state() == RunState.COMPENSATING) {
            endUndoing();
        }
    }

    private void goUp() {
        Run run = draft.run();
        Optional<Fault> failed = run.steps().stream().map(Step::state).filter(StepState.Failed.class::isInstance)
                .map(state -> ((StepState.Failed) state).fault()).findFirst();
        if (failed.isPresent()) {
            undo(failed.get());
            return;
        }
        boolean instanceReached = run.step(StepName.KMS_INSTANCE).map(step -> step.state().isReached()).orElse(true);
        for (Step step : run.steps()) {
            if (step.state() instanceof StepState.Waiting && (instanceReached || step.name() == StepName.KMS_INSTANCE)) {
                signal(step.name(), new Signal.Started(isNamed(run, step.name())));
            }
        }
        if (draft.run().steps().stream().allMatch(step -> step.state().isReached())) {
            complete();
        }
    }

    private static boolean isNamed(Run run, StepName name) {
        return Plan.of(run.request()).step(name).filter(planned -> switch (planned) {
            case PlannedStep.Instance instance -> instance.adoptOnly();
            case PlannedStep.RootKey key -> key.adoptOnly();
            case PlannedStep.Authorization _ -> false;
        }).isPresent();
    }

    private void complete() {
        Run run = draft.run();
        var uses = new TreeMap<StepName, String>();
        run.steps().forEach(step -> Commands.idOf(step.state()).ifPresent(id -> uses.put(step.name(), id)));
        Set<String> changed = instancesOf(
                draft.saga().resources().stream()
                        .filter(resource -> resource.isInUse() && !uses.containsValue(resource.id())));
        List<Resource> kept = draft.saga().resources().stream()
                .filter(resource -> uses.containsValue(resource.id()) || resource.ownership() != Ownership.ADOPTED)
                .map(resource -> resource.ownership() == Ownership.CREATED && !uses.containsValue(resource.id())
                        ? resource.owned(Ownership.UNUSED, List.of())
                        : resource)
                .toList();
        Standing standing = uses.isEmpty() && Plan.of(run.request()).isProviderManaged()
                ? Standing.PROVIDER_MANAGED
                : Standing.CUSTOMER_MANAGED;
        Instant since = draft.saga().standing() == standing
                ? draft.saga().standingSince().orElse(draft.now())
                : draft.now();
        draft.become(
                draft.saga().withResources(kept).standing(standing, since, new InForce(run.request(), uses))
                        .with(run.ended(RunState.COMPLETED, draft.now())));
        release(changed.stream());
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.IN_PROGRESS.name(),
                RunState.COMPLETED.name(),
                "",
                "Run " + run.number() + " is complete: encryption is " + words(standing));
    }

    private static String words(Standing standing) {
        return standing == Standing.PROVIDER_MANAGED ? "managed by the provider" : "managed by the customer's root key";
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
            release(instanceAskedFor(step).stream());
            signal(step.name(), new Signal.Undone());
        }
    }

    /// Goes on with a parked run, or with parked deletions of one that has ended.
    void retry() {
        if (draft.run().state().isParked()) {
            RunState from = draft.run().state();
            draft.become(draft.saga().with(draft.run().resumed()));
            draft.audit(
                    AuditEvent.COMPENSATION_STARTED,
                    from.name(),
                    RunState.COMPENSATING.name(),
                    "",
                    "Undoing goes on, as asked");
        }
        for (Step step : draft.run().steps()) {
            if (step.state() instanceof StepState.LookFailed) {
                signal(step.name(), new Signal.Retried());
            }
        }
        for (Undo undo : draft.saga().undos()) {
            if (undo.isParked()) {
                signal(undo, new UndoFold.Signal.Retried());
            }
        }
    }

    /// The instance in which the step has asked the ledger for a hold that it has made no use of yet.
    private Optional<String> instanceAskedFor(Step step) {
        return switch (step.state()) {
            case StepState.Holding(var candidate, _) -> Optional.of(candidate.instanceId());
            case StepState.Claiming(var found, _, _) -> Optional.of(found.instanceId());
            case StepState.Provisioning(_, var granted) -> granted.flatMap(id -> instanceOf(step.name(), id));
            case StepState.Deferred(_, _, Ask.Provision(var granted)) ->
                granted.flatMap(id -> instanceOf(step.name(), id));
            default -> Optional.empty();
        };
    }

    private Optional<String> instanceOf(StepName step, String id) {
        return step == StepName.KMS_INSTANCE ? Optional.of(id)
                : draft.run().step(StepName.KMS_INSTANCE).flatMap(instance -> Commands.idOf(instance.state()));
    }

    private void queueWhatThisRunCreated() {
        Run run = draft.run();
        for (Step step : run.steps()) {
            if (step.state() instanceof StepState.Created(var id)) {
                draft.saga().resource(id).filter(resource -> undoOf(id).isEmpty()).ifPresent(this::queue);
            }
        }
    }

    private void queue(Resource resource) {
        List<Undo> undos = new ArrayList<>(draft.saga().undos());
        undos.add(Undo.queued(resource));
        draft.become(draft.saga().withUndos(undos));
    }

    private void openUndos() {
        for (Undo undo : draft.saga().undos()) {
            if (undo.state() instanceof UndoState.Queued && isItsTurn(undo)) {
                signal(undo, new UndoFold.Signal.Open());
            }
        }
    }

    /// Keys go first, then authorizations, then the instance; each kind waits until the one before has settled.
    private boolean isItsTurn(Undo undo) {
        ResourceKind kind = undo.resource().kind();
        boolean earlierLeft = draft.saga().undos().stream()
                .anyMatch(other -> other.resource().instanceId().equals(undo.resource().instanceId())
                        && other.resource().kind().compareTo(kind) < 0);
        boolean earlierUnknown = draft.saga().goingRun().filter(run -> run.number() == undo.run()).stream()
                .flatMap(run -> run.steps().stream())
                .anyMatch(step -> step.name().kind().compareTo(kind) < 0 && step.state().isUndetermined());
        return !earlierLeft && !earlierUnknown;
    }

    private void endUndoing() {
        Run run = draft.run();
        List<StepState> open = run.steps().stream().map(Step::state).filter(StepState::isUndetermined).toList();
        List<Undo> undos = draft.saga().undos().stream().filter(undo -> undo.run() == run.number()).toList();
        if (open.isEmpty() && undos.isEmpty()) {
            endUndone(run);
            return;
        }
        Optional<Fault> why = reasonToPark(open);
        boolean waiting = why.isEmpty() || open.stream().anyMatch(state -> !(state instanceof StepState.LookFailed))
                || undos.stream().anyMatch(undo -> !undo.isParked() && !(undo.state() instanceof UndoState.Queued));
        if (!waiting) {
            park(run, why.get());
        }
    }

    private void endUndone(Run run) {
        boolean cancelled = run.fault().filter(fault -> fault.code() == FaultCode.CANCELLED).isPresent();
        RunState end = cancelled ? RunState.CANCELLED : RunState.FAILED;
        List<Resource> left = draft.saga().resources().stream().filter(
                resource -> resource.run() != run.number() || resource.ownership() != Ownership.ADOPTED).toList();
        Set<String> instances = instancesOf(
                draft.saga().resources().stream().filter(resource -> resource.run() == run.number()));
        draft.become(draft.saga().withResources(left).with(run.ended(end, draft.now())));
        release(instances.stream());
        List<String> retained = left.stream()
                .filter(resource -> resource.run() == run.number() && resource.ownership() == Ownership.RETAINED)
                .map(Resource::id).toList();
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.COMPENSATING.name(),
                end.name(),
                run.fault().map(fault -> fault.code().name()).orElse(""),
                "Run " + run.number() + " is undone: "
                        + (retained.isEmpty() ? "nothing of it is left" : "kept for others: " + retained));
    }

    private Optional<Fault> reasonToPark(List<StepState> open) {
        Stream<Fault> deletions = draft.saga().undos().stream().map(Undo::state)
                .filter(UndoState.Parked.class::isInstance).map(state -> ((UndoState.Parked) state).fault());
        Stream<Fault> looks = open.stream().filter(StepState.LookFailed.class::isInstance)
                .map(state -> ((StepState.LookFailed) state).fault());
        return Stream.concat(deletions, looks).findFirst();
    }

    private void park(Run run, Fault why) {
        RunState parked = why.code() == FaultCode.KEY_IN_USE ? RunState.KEY_IN_USE : RunState.COMPENSATION_FAILED;
        draft.become(draft.saga().with(run.ended(parked, draft.now())));
        draft.audit(
                AuditEvent.RUN_PARKED,
                RunState.COMPENSATING.name(),
                parked.name(),
                why.code().name(),
                "Undoing waits for a person: " + why.message());
    }

    // ---- one step

    /// Gives a signal to a step of the latest run and does what it says.
    void signal(StepName name, Signal signal) {
        Run run = draft.run();
        Step step = run.step(name).orElseThrow(() -> new IllegalStateException(name + " is no step of the run"));
        if (signal instanceof Signal.Failed(var fault)) {
            step = step.withError(fault);
            draft.become(draft.saga().with(run.with(step)));
        }
        switch (StepFold.fold(step.state(), signal)) {
            case Next.Become(var state) -> move(step, state, detail(state));
            case Next.Send(var ask) -> send(step, ask);
            case Next.Hold(var candidate) -> {
                var id = ask(LedgerRequest.Type.HOLD, step, candidate);
                move(
                        step,
                        new StepState.Holding(candidate, id),
                        "\"" + candidate.name() + "\" is " + candidate.id() + "; asking the ledger for a hold on it");
            }
            case Next.Claim(var found, var since) -> {
                var id = ask(LedgerRequest.Type.HOLD, step, found);
                move(
                        step,
                        new StepState.Claiming(found, since, id),
                        found.id() + " exists already and is not ours; asking the ledger whether it may be used");
            }
            case Next.TakeAsCreated(var resource, var since) -> {
                list(new Resource(name, resource, Ownership.CREATED, run.number(), since, List.of()));
                draft.tellLedger(
                        LedgerRequest.Type.CREATED, resource.instanceId(), name.kind(), resource.id(), Optional.empty());
                move(step, new StepState.Created(resource.id()), "created " + resource.id());
            }
            case Next.TakeAsAdopted(var resource, var since) -> {
                list(new Resource(name, resource, Ownership.ADOPTED, run.number(), since, List.of()));
                move(step, new StepState.Adopted(resource.id()), "uses " + resource.id() + ", which is not ours");
            }
            case Next.Keep(var resource) -> {
                if (!resource.isInUse()) {
                    list(resource.owned(Ownership.CREATED, List.of()));
                    draft.tellLedger(
                            LedgerRequest.Type.CREATED,
                            resource.instanceId(),
                            name.kind(),
                            resource.id(),
                            Optional.empty());
                }
                move(step, new StepState.Kept(resource.id()), "goes on using " + resource.id());
            }
            case Next.Remove(var surplus) -> remove(name, run.number(), surplus);
            case Next.Ignore(var why) -> {
                if (!(signal instanceof Signal.Undone)) {
                    draft.auditStep(
                            AuditEvent.IGNORED, run.number(), name, step.state().label(), step.state().label(), "", "",
                            why);
                }
            }
        }
    }

    private java.util.UUID ask(LedgerRequest.Type type, Step step, CloudResource resource) {
        return draft.askLedger(
                type, resource.instanceId(), step.name().kind(), resource.id(), Optional.empty(), List.of());
    }

    private void send(Step step, Ask ask) {
        Instant first = step.firstIssuedAt().orElse(draft.now());
        Step counted = new Step(
                step.name(),
                step.state(),
                step.attempts() + 1,
                step.lastError(),
                ask.action() == Action.PROVISION ? Optional.of(first) : step.firstIssuedAt());
        StepCommand command = commands.ask(draft.saga(), draft.run(), counted, ask);
        draft.send(command);
        StepState state = switch (ask) {
            case Ask.Resolve _ -> new StepState.Resolving(command.id());
            case Ask.Provision(var granted) -> new StepState.Provisioning(command.id(), granted);
            case Ask.Look(var look) -> new StepState.Looking(command.id(), look);
        };
        move(counted, state, ask.action() + " sent, attempt " + counted.attempts());
    }

    /// `step` may carry more news than its state; its state in the saga becomes `state`.
    private void move(Step step, StepState state, String message) {
        draft.become(draft.saga().with(draft.run().with(step.become(state))));
        draft.auditStep(
                event(state),
                draft.run().number(),
                step.name(),
                step.state().label(),
                state.label(),
                code(state),
                Commands.idOf(state).orElse(""),
                capitalized(step.name().words()) + ": " + message);
    }

    private static AuditEvent event(StepState state) {
        return switch (state) {
            case StepState.Waiting _, StepState.Resolving _, StepState.Holding _, StepState.Provisioning _,
                    StepState.Claiming _, StepState.Looking _ ->
                AuditEvent.STEP_STARTED;
            case StepState.Deferred _ -> AuditEvent.STEP_DEFERRED;
            case StepState.Created _, StepState.Adopted _, StepState.Kept _, StepState.Skipped _ ->
                AuditEvent.STEP_COMPLETED;
            case StepState.Failed _ -> AuditEvent.STEP_FAILED;
            case StepState.LookFailed _ -> AuditEvent.COMPENSATION_FAILED;
            case StepState.NothingCreated _, StepState.Compensated _ -> AuditEvent.STEP_COMPENSATED;
            case StepState.Retained _ -> AuditEvent.STEP_RETAINED;
        };
    }

    private static String code(StepState state) {
        return switch (state) {
            case StepState.Failed(var fault) -> fault.code().name();
            case StepState.LookFailed(var fault) -> fault.code().name();
            default -> "";
        };
    }

    private static String detail(StepState state) {
        return switch (state) {
            case StepState.Deferred(var until, var why, _) -> "asked again at " + until + ": " + why;
            case StepState.Failed(var fault) -> fault.message();
            case StepState.LookFailed(var fault) -> fault.message();
            case StepState.NothingCreated _ -> "this run created nothing here";
            default -> state.label();
        };
    }

    private static String capitalized(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    // ---- one deletion

    /// Deletes what an answer told too late or once too often.
    void remove(StepName step, int run, CloudResource surplus) {
        queue(new Resource(step, surplus, Ownership.CREATED, run, draft.now(), List.of()));
        draft.tellLedger(
                LedgerRequest.Type.CREATED, surplus.instanceId(), step.kind(), surplus.id(), Optional.empty());
        draft.auditStep(
                AuditEvent.LATE_ANSWER,
                run,
                step,
                "",
                "CREATED",
                "",
                surplus.id(),
                capitalized(step.words()) + ": " + surplus.id() + " was made too late or once too often; it is removed");
    }

    Optional<Undo> undoOf(String id) {
        return draft.saga().undos().stream().filter(undo -> undo.resource().id().equals(id)).findFirst();
    }

    /// Gives a signal to a deletion and does what it says.
    void signal(Undo before, UndoFold.Signal signal) {
        Undo undo = signal instanceof UndoFold.Signal.NotGone(var fault) ? before.withError(fault) : before;
        Resource resource = undo.resource();
        switch (UndoFold.fold(undo.state(), signal)) {
            case UndoFold.Next.AskLeave _ -> {
                var leave = draft.askLedger(
                        LedgerRequest.Type.DELETE,
                        resource.instanceId(),
                        resource.kind(),
                        resource.id(),
                        Optional.empty(),
                        List.of());
                move(undo, new UndoState.AskingLeave(leave), "asking the ledger for leave to delete it");
            }
            case UndoFold.Next.Delete(var leave) -> {
                Undo counted = undo.attempted();
                StepCommand command = commands.delete(draft.saga(), counted);
                draft.send(command);
                move(counted, new UndoState.Deleting(leave, command.id()), "COMPENSATE sent");
            }
            case UndoFold.Next.Become(var state) ->
                move(undo, state, state instanceof UndoState.Deferred(_, var until, var why)
                        ? "asked again at " + until + ": " + why
                        : "to be tried again");
            case UndoFold.Next.Done _ -> {
                draft.tellLedger(
                        LedgerRequest.Type.DELETED,
                        resource.instanceId(),
                        resource.kind(),
                        resource.id(),
                        leaveOf(undo.state()));
                settle(undo, new StepState.Compensated(resource.id()), "is deleted");
                unlist(resource.id());
            }
            case UndoFold.Next.Retain(var holders) -> retain(undo, holders);
            case UndoFold.Next.RetainRefused(var leave, var why) -> {
                refused(undo, leave);
                retain(undo, List.of(why));
            }
            case UndoFold.Next.Park(var leave, var fault) -> {
                if (!fault.outcomeUnknown()) {
                    refused(undo, leave);
                }
                move(undo, new UndoState.Parked(fault), fault.message());
            }
            case UndoFold.Next.Ignore(var why) -> draft.auditStep(
                    AuditEvent.IGNORED,
                    undo.run(),
                    resource.step(),
                    undo.state().label(),
                    undo.state().label(),
                    "",
                    resource.id(),
                    why);
        }
    }

    private static Optional<java.util.UUID> leaveOf(UndoState state) {
        return switch (state) {
            case UndoState.Deleting(var leave, _) -> Optional.of(leave);
            case UndoState.Deferred(var leave, _, _) -> Optional.of(leave);
            default -> Optional.empty();
        };
    }

    private void refused(Undo undo, java.util.UUID leave) {
        Resource resource = undo.resource();
        draft.tellLedger(
                LedgerRequest.Type.DELETE_REFUSED,
                resource.instanceId(),
                resource.kind(),
                resource.id(),
                Optional.of(leave));
    }

    private void retain(Undo undo, List<String> keptFor) {
        list(undo.resource().owned(Ownership.RETAINED, keptFor));
        settle(undo, new StepState.Retained(undo.resource().id(), keptFor), "is kept for " + keptFor);
    }

    private void move(Undo undo, UndoState state, String message) {
        List<Undo> undos = draft.saga().undos().stream()
                .map(other -> other.resource().id().equals(undo.resource().id()) ? undo.become(state) : other).toList();
        draft.become(draft.saga().withUndos(undos));
        AuditEvent event = state instanceof UndoState.Parked ? AuditEvent.COMPENSATION_FAILED
                : state instanceof UndoState.Deferred ? AuditEvent.STEP_DEFERRED : AuditEvent.DELETE_STARTED;
        String code = state instanceof UndoState.Parked(var fault) ? fault.code().name() : "";
        auditUndo(event, undo, state.label(), code, message);
    }

    /// The deletion is over: its step, if it is one of the latest run, says how.
    private void settle(Undo undo, StepState end, String message) {
        String id = undo.resource().id();
        draft.become(
                draft.saga().withUndos(
                        draft.saga().undos().stream().filter(other -> !other.resource().id().equals(id)).toList()));
        draft.saga().lastRun().filter(run -> run.number() == undo.run())
                .flatMap(run -> run.step(undo.resource().step()))
                .filter(step -> step.state() instanceof StepState.Created(var created) && created.equals(id))
                .ifPresent(step -> draft.become(draft.saga().with(draft.run().with(step.become(end)))));
        auditUndo(
                end instanceof StepState.Retained ? AuditEvent.STEP_RETAINED : AuditEvent.STEP_COMPENSATED,
                undo,
                end.label(),
                "",
                message);
    }

    private void auditUndo(AuditEvent event, Undo undo, String to, String code, String message) {
        Resource resource = undo.resource();
        draft.auditStep(
                event,
                undo.run(),
                resource.step(),
                undo.state().label(),
                to,
                code,
                resource.id(),
                capitalized(resource.step().words()) + " " + resource.id() + ": " + message);
    }

    // ---- what the saga lists

    private void list(Resource resource) {
        List<Resource> next = new ArrayList<>(
                draft.saga().resources().stream().filter(other -> !other.id().equals(resource.id())).toList());
        next.add(resource);
        draft.become(draft.saga().withResources(next));
    }

    /// What a worker now proves to be ours was taken for somebody else's.
    void takeBack(Resource adopted) {
        list(adopted.owned(Ownership.CREATED, List.of()));
        draft.tellLedger(
                LedgerRequest.Type.CREATED, adopted.instanceId(), adopted.kind(), adopted.id(), Optional.empty());
        draft.saga().lastRun().filter(run -> run.number() == adopted.run()).flatMap(run -> run.step(adopted.step()))
                .filter(step -> step.state() instanceof StepState.Adopted(var id) && id.equals(adopted.id()))
                .ifPresent(
                        step -> move(
                                step,
                                new StepState.Created(adopted.id()),
                                adopted.id() + " is ours after all, by its mark"));
    }

    private void unlist(String id) {
        draft.become(
                draft.saga().withResources(
                        draft.saga().resources().stream().filter(resource -> !resource.id().equals(id)).toList()));
    }

    private static Set<String> instancesOf(Stream<Resource> resources) {
        var ids = new LinkedHashSet<String>();
        resources.map(Resource::instanceId).forEach(ids::add);
        return ids;
    }

    /// Lets go of all that the cluster holds of these instances and no longer uses.
    private void release(Stream<String> instanceIds) {
        for (String instanceId : instanceIds.toList()) {
            List<String> kept = draft.saga().resources().stream()
                    .filter(resource -> resource.isInUse() && resource.instanceId().equals(instanceId))
                    .flatMap(resource -> Stream.of(instanceId, resource.id())).distinct().toList();
            draft.askLedger(
                    LedgerRequest.Type.RELEASE,
                    instanceId,
                    ResourceKind.KMS_INSTANCE,
                    instanceId,
                    Optional.empty(),
                    kept);
        }
    }
}
