package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Carries out what [StepFold] says for the steps of the latest run.
final class StepRun {
    private final Draft draft;
    private final Commands commands;
    private final UndoRun undos;

    StepRun(Draft draft, Commands commands, UndoRun undos) {
        this.draft = draft;
        this.commands = commands;
        this.undos = undos;
    }

    /// Gives a signal to a step of the latest run and does what it says.
    void signal(StepName name, Signal signal) {
        List<CloudResource> made = step(name).state().made();
        carryOut(name, signal);
        removeUnused(name, made);
    }

    /// What commands told to have made is the step's now, or still waited for, or else removed: it is never forgotten.
    private void removeUnused(StepName name, List<CloudResource> made) {
        List<CloudResource> awaited = step(name).state().made();
        made.stream().filter(one -> !awaited.contains(one))
                .filter(one -> draft.saga().resource(one.id()).isEmpty() && undos.of(one.id()).isEmpty())
                .forEach(one -> undos.remove(name, draft.run().number(), one));
    }

    private Step step(StepName name) {
        return draft.run().step(name).orElseThrow(() -> new IllegalStateException(name + " is no step of the run"));
    }

    private void carryOut(StepName name, Signal signal) {
        Run run = draft.run();
        Step step = step(name);
        Optional<Fault> fault = switch (signal) {
            case Signal.Failed(var told) -> Optional.of(told);
            case Signal.AskAgain(_, _, var told, _) -> told;
            default -> Optional.empty();
        };
        if (fault.isPresent()) {
            step = step.withError(fault.get());
            draft.become(draft.saga().with(run.with(step)));
        }
        switch (StepFold.fold(step.state(), signal)) {
            case Next.Become(var state) -> {
                Optional<String> instance = instanceAskedFor(step);
                move(step, state, detail(state));
                if (state instanceof StepState.Failed || state instanceof StepState.NothingCreated) {
                    draft.release(instance.stream());
                }
            }
            case Next.Send(var ask) -> send(step, ask);
            // Read only, so it may as well be asked again.
            case Next.Hold _ when draft.saga().isPaused() -> pause(step, new Ask.Resolve());
            case Next.Claim _ when draft.saga().isPaused() ->
                pause(step, new Ask.Provision(step.state().aimedAt().orElseGet(Aim::create)));
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
                draft.list(asAsked(Resource.of(name, resource, Ownership.CREATED, run.number(), since)));
                draft.tellLedger(
                        LedgerRequest.Type.CREATED, resource.instanceId(), name.kind(), resource.id(),
                        Optional.empty());
                move(step, new StepState.Created(resource.id()), "created " + resource.id());
            }
            case Next.TakeAsAdopted(var resource, var since) -> {
                draft.list(asAsked(Resource.of(name, resource, Ownership.ADOPTED, run.number(), since)));
                move(step, new StepState.Adopted(resource.id()), "uses " + resource.id() + ", which is not ours");
            }
            case Next.Keep(var resource) -> {
                if (delegates(name)) { // the worker has seen that it does
                    draft.list(resource.delegating(true));
                }
                move(step, new StepState.Kept(resource.id()), "goes on using " + resource.id());
            }
            case Next.Remove(var surplus) -> undos.remove(name, run.number(), surplus);
            case Next.Ignore(var why) -> {
                if (!(signal instanceof Signal.Undone)) {
                    draft.auditStep(
                            AuditEvent.IGNORED, run.number(), name, step.state().label(), step.state().label(), "", "",
                            why);
                }
            }
        }
    }

    /// With what the plan wants of it: material is used or nothing is made at all; the rest the worker has seen, but while
    /// a run is undone nothing is known of that.
    private Resource asAsked(Resource resource) {
        Optional<PlannedStep.RootKey> key = draft.run().plan().step(resource.step())
                .filter(PlannedStep.RootKey.class::isInstance).map(PlannedStep.RootKey.class::cast);
        Resource made = resource.importedFrom(
                key.filter(_ -> resource.ownership() == Ownership.CREATED).flatMap(PlannedStep.RootKey::material));
        return draft.run().isBringingUp()
                ? made.delegating(delegates(resource.step())).rotating(key.flatMap(PlannedStep.RootKey::rotationMonths))
                        .deletedByTwo(key.filter(PlannedStep.RootKey::dualAuthorization).isPresent())
                : made;
    }

    /// Whether the run wants an authorization that may be delegated: then the worker takes no other for it.
    private boolean delegates(StepName name) {
        return draft.run().plan().step(name)
                .filter(step -> step instanceof PlannedStep.Authorization authorization && authorization.delegates())
                .isPresent();
    }

    /// The instance in which the step has asked the ledger for a hold that it has made no use of yet.
    private Optional<String> instanceAskedFor(Step step) {
        return switch (step.state()) {
            case StepState.Holding(var candidate, _) -> Optional.of(candidate.instanceId());
            case StepState.Claiming(var found, _, _) -> Optional.of(found.instanceId());
            default -> step.state().aimedAt().filter(Aim.Adopt.class::isInstance)
                    .flatMap(aim -> instanceOf(step.name(), ((Aim.Adopt) aim).grantedId()));
        };
    }

    private Optional<String> instanceOf(StepName step, String id) {
        return step == StepName.KMS_INSTANCE ? Optional.of(id)
                : draft.run().step(StepName.KMS_INSTANCE).flatMap(instance -> Commands.idOf(instance.state()));
    }

    private UUID ask(LedgerRequest.Type type, Step step, CloudResource resource) {
        return draft.askLedger(
                type, resource.instanceId(), step.name().kind(), resource.id(), Optional.empty(), List.of());
    }

    private void pause(Step step, Ask next) {
        move(step, new StepState.Deferred(draft.now(), Pause.WAITS, next), next.action() + " waits: " + Pause.WAITS);
    }

    private void send(Step step, Ask ask) {
        if (draft.saga().isPaused()) {
            pause(step, ask);
            return;
        }
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
            case Ask.Provision(var aim) -> new StepState.Provisioning(command.id(), aim);
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
                step.name().title() + ": " + message);
    }

    private static AuditEvent event(StepState state) {
        return switch (state) {
            case StepState.Waiting _,StepState.Resolving _,StepState.Holding _,StepState.Provisioning _,StepState.Claiming _,StepState.Looking _ ->
                AuditEvent.STEP_STARTED;
            case StepState.Deferred _ -> AuditEvent.STEP_DEFERRED;
            case StepState.Created _,StepState.Adopted _,StepState.Kept _,StepState.Skipped _ ->
                AuditEvent.STEP_COMPLETED;
            case StepState.Failed _ -> AuditEvent.STEP_FAILED;
            case StepState.LookFailed _ -> AuditEvent.COMPENSATION_FAILED;
            case StepState.NothingCreated _,StepState.Compensated _ -> AuditEvent.STEP_COMPENSATED;
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

    /// What a worker now proves to be ours was taken for somebody else's.
    void takeBack(Resource adopted) {
        draft.list(adopted.owned(Ownership.CREATED));
        draft.tellLedger(
                LedgerRequest.Type.CREATED, adopted.instanceId(), adopted.kind(), adopted.id(), Optional.empty());
        String why = adopted.id() + " is ours after all, by its mark";
        draft.saga().lastRun().filter(run -> run.number() == adopted.run()).flatMap(run -> run.step(adopted.step()))
                .filter(step -> step.state() instanceof StepState.Adopted(var id) && id.equals(adopted.id()))
                .ifPresentOrElse(
                        step -> move(step, new StepState.Created(adopted.id()), why),
                        () -> draft.auditStep(
                                AuditEvent.LATE_ANSWER,
                                adopted.run(),
                                adopted.step(),
                                adopted.ownership().name(),
                                Ownership.CREATED.name(),
                                "",
                                adopted.id(),
                                adopted.step().title() + ": " + why));
    }
}
