package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.SimulatedCloud.Thing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What must never be otherwise, whatever was duplicated, delayed, reordered or killed.
final class Invariants {
    /// By so much the clocks of the processes may differ.
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final History history;
    private final SimulatedCloud cloud;

    Invariants(History history) {
        this.history = history;
        this.cloud = history.cloud();
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    // ---- with every decision

    /// @param byTime what passing time alone would have made of the saga at that moment
    static void checkStep(
            Saga before,
            SagaEvent event,
            Decision decision,
            Supplier<Saga> byTime,
            SimulatedCloud cloud,
            SimulatedWorkers workers,
            History.Ends ends) {
        Saga after = decision.saga();
        String at = before.cluster() + ", " + event;
        require(
                after.revision() == before.revision() + (decision.statusChanged() ? 1 : 0),
                "the revision does not count the statuses: " + at);
        long lines = decision.effects().stream().filter(Effect.Write.class::isInstance).count();
        require(after.auditSequence() == before.auditSequence() + lines, "the audit is not counted: " + at);
        require(lines > 0 || after.showsTheSameAs(before), "a change that no record of the audit tells of: " + at);
        if (!(event instanceof SagaEvent.TimePassed)) {
            require(lines > 0, "nothing is written down about " + at);
        }
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Send(var command) && command.action() == Action.COMPENSATE) {
                Thing thing = cloud.everMade(command.expectedId().orElseThrow());
                require(
                        thing != null && thing.maker().equals(before.cluster().toString()),
                        before.cluster() + " wants to delete what it did not make: " + command.expectedId());
            }
        }
        if (event instanceof SagaEvent.StepAnswered answered) {
            whatNobodyAskedChangesNoStep(before, answered, after, byTime);
            whatIsOursIsAccountedFor(before, answered, after, cloud);
            noRunTakesWhatAnotherWasTold(before, answered, after);
        }
        importMakesAndDeletesNothing(decision);
        verificationOnlyLooks(before, event, decision);
        nothingIsAskedWhilePaused(event, decision);
        repairMakesNoSecondOne(decision, cloud);
        intactIsWhatWasSeen(before, after, workers);
        Optional<Run> run = after.lastRun();
        if (run.isPresent() && run.get().number() > 0 && !run.get().state().isGoing()
                && !before.lastRun().filter(
                        last -> last.number() == run.get().number() && last.state() == run.get().state()).isPresent()) {
            ends.ended(before.cluster(), run.get().number(), run.get().state());
        }
        StatusReport.of(after); // every state can be told
    }

    /// A question to a worker that is not answered yet.
    record OpenQuestion(StepName step, boolean isDeletion, UUID command) {}

    static Stream<OpenQuestion> openQuestions(Saga saga) {
        Stream<OpenQuestion> steps = saga.goingRun().stream().flatMap(run -> run.steps().stream())
                .flatMap(step -> (switch (step.state()) {
                    case StepState.Resolving(var command) -> Stream.of(command);
                    case StepState.Provisioning(var command, _) -> Stream.of(command);
                    case StepState.Looking(var command, _) -> Stream.of(command);
                    default -> Stream.<UUID>of();
                }).map(command -> new OpenQuestion(step.name(), false, command)));
        Stream<OpenQuestion> deletions = saga.undos().stream()
                .flatMap(undo -> undo.state() instanceof UndoState.Deleting(_, var command)
                        ? Stream.of(new OpenQuestion(undo.resource().step(), true, command))
                        : Stream.of());
        return Stream.concat(steps, deletions);
    }

    /// Whoever answers what is not asked any more may say what was made or is gone, and nothing else. What was due is done all
    /// the same, as time alone would have it.
    private static void whatNobodyAskedChangesNoStep(
            Saga before, SagaEvent.StepAnswered answered, Saga after, Supplier<Saga> byTime) {
        boolean tells = switch (answered.answer()) {
            case Answer.Completed _,Answer.Compensated _,Answer.Verified _ -> true;
            case Answer.Deferred deferred -> deferred.made().isPresent();
            case Answer.Failed failed -> failed.made().isPresent();
            case Answer.CompensationFailed _,Answer.Expired _,Answer.NothingFound _ -> false;
        };
        boolean isAsked = openQuestions(before).map(OpenQuestion::command).anyMatch(answered.command()::equals)
                || before.lookouts().stream().flatMap(lookout -> lookout.command().stream())
                        .anyMatch(answered.command()::equals)
                || before.verification().going().isPresent();
        require(
                tells || isAsked || hasSameSteps(before, after)
                        || isByTime(before, byTime.get(), after),
                before.cluster() + ": an answer that nobody waits for changes a step: " + answered);
    }

    private static boolean hasSameSteps(Saga one, Saga other) {
        return one.undos().equals(other.undos())
                && one.lastRun().map(Run::steps).equals(other.lastRun().map(Run::steps));
    }

    private static boolean isByTime(Saga before, Saga byTime, Saga after) {
        return !hasSameSteps(before, byTime) && stages(byTime).equals(stages(after));
    }

    /// What each step and deletion is at: what it asks has another id with each event that may lead to it.
    private static List<String> stages(Saga saga) {
        return Stream.concat(
                saga.undos().stream().map(undo -> undo.resource().id() + " " + undo.state().getClass().getSimpleName()),
                saga.lastRun().stream().flatMap(run -> run.steps().stream())
                        .map(step -> step.name() + " " + step.state().getClass().getSimpleName()))
                .toList();
    }

    private static void noRunTakesWhatAnotherWasTold(Saga before, SagaEvent.StepAnswered answered, Saga after) {
        boolean isAnothers = before.goingRun().filter(run -> run.number() != answered.run()).isPresent();
        // Names tell no run's instance from another's; marks do. What is listed may turn out to be ours.
        if (isAnothers && answered.step().kind() != ResourceKind.KMS_INSTANCE
                && answered.answer() instanceof Answer.Completed(var found, _, _, _)
                && before.resource(found.id()).isEmpty()) {
            require(
                    before.goingRun().flatMap(run -> run.step(answered.step())).map(Step::state)
                            .equals(after.lastRun().flatMap(run -> run.step(answered.step())).map(Step::state)),
                    before.cluster() + ": run " + before.runs() + " takes what another was told: " + answered);
        }
    }

    /// However late it is told.
    private static void whatIsOursIsAccountedFor(
            Saga before, SagaEvent.StepAnswered answered, Saga after, SimulatedCloud cloud) {
        if (answered.answer() instanceof Answer.Completed(var made, var ours, _, _) && ours) {
            boolean isLookedForByItself = answered.action() == Action.RESOLVE;
            require(
                    isLookedForByItself || lists(after, made.id()) || !cloud.isAlive(made.id()),
                    before.cluster() + ": nobody accounts for what was told: " + answered);
        }
    }

    /// A verification and a sweep are beside the run: they carry the number of the run that they take to have made the thing.
    private static void importMakesAndDeletesNothing(Decision decision) {
        Optional<Run> run = decision.saga().lastRun().filter(Run::isImport);
        for (Effect effect : decision.effects()) {
            if (run.isPresent() && effect instanceof Effect.Send(var command)
                    && command.run() == run.get().number()) {
                boolean isOfTheRun = command.action() != Action.VERIFY && command.action() != Action.SWEEP;
                boolean onlyLooks = command.action() == Action.RESOLVE || command.action() == Action.PROVISION;
                require(
                        !isOfTheRun || onlyLooks && History.isNamed(command),
                        decision.saga().cluster() + ": an import sends " + command);
            }
        }
    }

    private static void nothingIsAskedWhilePaused(SagaEvent event, Decision decision) {
        Saga after = decision.saga();
        if (!after.isPaused()) {
            return;
        }
        for (Effect effect : decision.effects()) {
            require(!(effect instanceof Effect.Send), after.cluster() + " is paused, and sends " + effect);
            require(
                    !(effect instanceof Effect.AskLedger(var request)) || request.type() != LedgerRequest.Type.HOLD
                            && request.type() != LedgerRequest.Type.DELETE,
                    after.cluster() + " is paused, and asks the ledger: " + effect);
            require(
                    !(effect instanceof Effect.Write(var line)) || line.event() != AuditEvent.DEADLINE_PASSED,
                    after.cluster() + " is paused, and its clock goes on: " + event);
        }
        require(after.nextWakeUp().isEmpty(), after.cluster() + " is paused, and wants to be woken");
    }

    private static void verificationOnlyLooks(Saga before, SagaEvent event, Decision decision) {
        boolean isOfAVerification = event instanceof SagaEvent.StepAnswered answered
                && answered.action() == Action.VERIFY
                || event instanceof SagaEvent.ControlRequested control && control.action() == ControlAction.VERIFY;
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Send(var command)) {
                require(
                        !isOfAVerification || command.action() == Action.VERIFY,
                        before.cluster() + ": a verification sends " + command.action());
                require(
                        command.action() != Action.VERIFY || decision.saga().goingRun().isEmpty(),
                        before.cluster() + ": verified while a run is going");
            }
        }
        require(
                decision.saga().verification().going().isEmpty() || decision.saga().goingRun().isEmpty(),
                before.cluster() + ": a verification goes on beside a run");
    }

    private static void repairMakesNoSecondOne(Decision decision, SimulatedCloud cloud) {
        Saga saga = decision.saga();
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Send(var command) && command.action() == Action.REPAIR) {
                Thing key = cloud.everMade(command.expectedId().orElseThrow());
                require(
                        key.kind() == ResourceKind.ROOT_KEY && key.maker().equals(saga.cluster().toString())
                                && key.mark().equals(command.mark()),
                        saga.cluster() + " wants to mend what it did not make: " + command.expectedId());
            } else if (effect instanceof Effect.Send(var command) && command.action() == Action.PROVISION
                    && saga.lastRun().filter(run -> run.isRepair() && run.number() == command.run()).isPresent()) {
                require(
                        command.step().kind() == ResourceKind.AUTHORIZATION_POLICY,
                        saga.cluster() + ": a repair makes another " + command.step());
            }
        }
    }

    /// What can be brought back is: what has drifted for good is lost, somebody else's, or a person's to put right.
    void whatCanBeRepairedIsRepaired() {
        for (Saga saga : history.sagas().values()) {
            boolean isBeyondRepair = saga.verification().last().stream().flatMap(last -> last.drift().stream())
                    .anyMatch(finding -> switch (RepairWay.of(saga, finding)) {
                        case LOST, BY_A_PERSON -> true;
                        case MEND -> !cloud.isAlive(finding.id()) && !cloud.isRestorable(cloud.everMade(finding.id()));
                        case MAKE_ANEW -> false;
                    });
            require(
                    saga.goingRun().isPresent() || saga.standing() != Standing.DRIFTED || isBeyondRepair,
                    saga.cluster() + " is still DRIFTED: " + saga.verification().last());
        }
    }

    /// All that a check calls intact was seen so since it began.
    private static void intactIsWhatWasSeen(Saga before, Saga after, SimulatedWorkers workers) {
        Optional<Verified> ended = after.verification().last()
                .filter(last -> !before.verification().last().equals(Optional.of(last)))
                .filter(last -> last.outcome() == VerificationOutcome.INTACT);
        if (ended.isEmpty()) {
            return;
        }
        Instant began = before.verification().going().map(Check::startedAt).orElse(ended.get().at());
        require(after.standing() == Standing.CUSTOMER_MANAGED, after.cluster() + " is intact, and " + after.standing());
        after.inForce().orElseThrow().uses().values().forEach(
                id -> require(
                        workers.seenIntact(after.cluster().toString(), id)
                                .filter(seen -> !seen.isBefore(began.minus(CLOCKS_DIFFER)))
                                .isPresent(),
                        after.cluster() + " calls intact what nobody saw so: " + id));
    }

    // ---- at rest

    void check() {
        history.sagas().values().forEach(this::check);
        for (Thing thing : cloud.all()) {
            if (thing.maker().equals(SimulatedCloud.SOMEBODY_ELSE)) {
                require(cloud.isAlive(thing.id()) || cloud.isChangedByHand(thing.id()),
                        "somebody else's " + thing.id() + " was deleted");
            }
        }
        for (Thing thing : cloud.alive()) {
            if (!thing.maker().equals(SimulatedCloud.SOMEBODY_ELSE)) {
                Saga saga = history.sagas().get(ClusterId.parse(thing.maker()).orElseThrow());
                require(lists(saga, thing.id()) || isStillLookedFor(saga, thing), "orphan: " + thing);
            }
        }
    }

    /// Once every cluster is removed and all is mended.
    void nothingOfOursIsLeft() {
        check();
        for (Thing thing : cloud.alive()) {
            require(thing.maker().equals(SimulatedCloud.SOMEBODY_ELSE), "left behind: " + thing);
        }
    }

    private static boolean lists(Saga saga, String id) {
        return saga.resource(id).isPresent()
                || saga.undos().stream().anyMatch(undo -> undo.resource().id().equals(id));
    }

    /// Whoever could not look yet does not know yet: the run is parked, and looks again when it is retried.
    private static boolean isStillLookedFor(Saga saga, Thing thing) {
        return saga.goingRun().filter(run -> run.number() == thing.run()).stream().flatMap(run -> run.steps().stream())
                .anyMatch(step -> step.state() instanceof StepState.LookFailed && step.name().kind() == thing.kind());
    }

    private void check(Saga saga) {
        String who = saga.cluster() + " at rest: ";
        saga.lastRun().ifPresent(run -> {
            require(
                    run.state() != RunState.IN_PROGRESS && run.state() != RunState.COMPENSATING,
                    who + "run " + run.number() + " is " + run.state() + " for ever");
            boolean waitsForAPerson = saga.undos().stream().anyMatch(Undo::isParked)
                    || run.steps().stream().anyMatch(step -> step.state() instanceof StepState.LookFailed);
            require(!run.state().isParked() || waitsForAPerson, who + "is parked without a reason");
            require(
                    !history.isFaultless()
                            || run.fault().filter(fault -> fault.code() == FaultCode.NAME_TAKEN).isEmpty(),
                    who + "stands in its own way: " + run.fault());
            if (run.state() == RunState.FAILED || run.state() == RunState.CANCELLED) {
                nothingIsLeft(saga, run);
            }
        });
        for (Resource resource : saga.resources()) {
            boolean parked = saga.undos().stream()
                    .anyMatch(undo -> undo.isParked() && undo.resource().id().equals(resource.id()));
            require(
                    parked || cloud.isAlive(resource.id()) || cloud.isChangedByHand(resource.id()),
                    who + "lists " + resource.id() + ", which is gone");
            if (resource.ownership() != Ownership.ADOPTED) {
                require(
                        cloud.everMade(resource.id()).maker().equals(saga.cluster().toString()),
                        who + "takes for its own what it did not make: " + resource.id());
            }
        }
        saga.resources().stream().filter(resource -> cloud.isAlive(resource.id())).forEach(
                resource -> isAsItSays(resource, who));
        require(saga.verification().going().isEmpty(), who + "a verification goes on for ever");
        saga.undos().forEach(
                undo -> require(
                        undo.isParked() || undo.state() instanceof UndoState.Queued,
                        who + "a deletion goes on for ever: " + undo));
        if (saga.lastRun().filter(run -> run.isRemoval() && run.state().isParked()).isEmpty()) {
            saga.inForce().ifPresent(inForce -> holds(saga, inForce));
            ledgerAgrees(saga);
        }
    }

    /// What the status says of it, so it is.
    private void isAsItSays(Resource resource, String who) {
        String id = resource.id();
        require(
                resource.rotationMonths().isEmpty() || resource.rotationMonths().equals(cloud.rotationOf(id)),
                who + id + " is not rotated every " + resource.rotationMonths() + " months");
        require(!resource.dualAuthorization() || cloud.takesTwo(id), who + "one can delete " + id);
        require(
                resource.ownership() == Ownership.ADOPTED || resource.material().equals(cloud.materialOf(id)),
                who + id + " has not its material");
        require(!resource.delegates() || cloud.isDelegable(id), who + id + " may not be delegated");
    }

    private void nothingIsLeft(Saga saga, Run run) {
        for (Thing thing : cloud.alive()) {
            if (thing.maker().equals(saga.cluster().toString()) && thing.run() == run.number()) {
                boolean kept = saga.resource(thing.id())
                        .filter(resource -> resource.ownership() == Ownership.RETAINED).isPresent()
                        || saga.undos().stream().anyMatch(
                                undo -> undo.isParked() && undo.resource().id().equals(thing.id()));
                require(kept, saga.cluster() + ": run " + run.number() + " is " + run.state() + " and left " + thing);
            }
        }
    }

    private void holds(Saga saga, InForce inForce) {
        String who = saga.cluster() + " at rest: ";
        for (PlannedStep step : Plan.of(inForce.request()).steps()) {
            boolean skipped = step instanceof PlannedStep.Authorization authorization && authorization.skipped();
            Optional<String> id = inForce.id(step.step());
            require(skipped || id.isPresent(), who + "uses nothing for " + step.step());
            id.ifPresent(used -> {
                require(cloud.isAlive(used) || cloud.isChangedByHand(used), who + "uses " + used + ", which is gone");
                require(
                        saga.resource(used).filter(Resource::isInUse).isPresent(),
                        who + "does not list what it uses: " + used + " of " + saga.resources());
            });
        }
        Set<String> created = new HashSet<>();
        saga.resources().stream().filter(
                resource -> resource.ownership() == Ownership.CREATED
                        && saga.undos().stream().noneMatch(undo -> undo.resource().id().equals(resource.id())))
                .forEach(
                        resource -> require(
                                created.add(resource.step().name()),
                                who + "has created two for " + resource.step()));
    }

    private void ledgerAgrees(Saga saga) {
        String who = saga.cluster() + " at rest: ";
        Set<String> used = saga.inForce().map(inForce -> Set.copyOf(inForce.uses().values())).orElse(Set.of());
        for (String id : used) {
            LedgerEntry entry = history.ledgerOf(cloud.everMade(id).instanceId());
            List<String> held = entry.holds().getOrDefault(saga.cluster().toString(), List.of());
            require(held.contains(id) || cloud.isChangedByHand(id),
                    who + "the ledger knows no hold on " + id + ", but " + held);
            require(!entry.bars().containsKey(id), who + "uses " + id + ", which is barred");
        }
        Set<String> instances = used.stream().map(id -> cloud.everMade(id).instanceId()).collect(Collectors.toSet());
        history.ledger().forEach((instance, entry) -> {
            boolean holds = entry.holds().containsKey(saga.cluster().toString());
            boolean deleting = saga.undos().stream()
                    .anyMatch(undo -> undo.resource().instanceId().equals(instance));
            boolean going = saga.goingRun().isPresent();
            require(
                    !holds || deleting || going || instances.contains(instance),
                    who + "still holds " + entry.holds().get(saga.cluster().toString()) + " of " + instance);
        });
    }
}
