package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.saga.StepCommand.AuthorizationTarget;
import io.keyfold.workflow.saga.StepCommand.InstanceTarget;
import io.keyfold.workflow.saga.StepCommand.KeyTarget;
import io.keyfold.workflow.saga.StepCommand.Target;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Fills in the orders to the workers from saga and plan.
final class Commands {
    private final SagaSettings settings;
    private final Instant now;

    Commands(SagaSettings settings, Instant now) {
        this.settings = settings;
        this.now = now;
    }

    /// What a step of the going run asks its worker; `step` has the attempt counted already.
    StepCommand ask(Saga saga, Run run, Step step, Ask ask) {
        PlannedStep planned = run.plan().step(step.name())
                .orElseThrow(() -> new IllegalStateException("No " + step.name() + " in the plan of its own run"));
        Instant notAfter = ask instanceof Ask.Provision ? run.deadline() : now.plus(settings.commandValidity());
        return new StepCommand(
                Ids.of(saga.cluster(), run.number(), step.name(), ask.action(), step.attempts()),
                run.number(),
                run.request().requestId(),
                step.name(),
                ask.action(),
                step.attempts(),
                Mark.of(settings.installation(), saga.cluster(), madeBy(saga, run, ask), step.name(), 1),
                now,
                notAfter,
                expectedId(ask),
                mended(saga, ask).map(key -> asItShouldBe(saga, step.name(), key))
                        .orElseGet(() -> target(saga, run, step, planned)));
    }

    private static Optional<Resource> mended(Saga saga, Ask ask) {
        return ask instanceof Ask.Provision(Aim.Mend(var id)) ? saga.resource(id) : Optional.empty();
    }

    /// What is mended has the mark of the run that made it.
    private static int madeBy(Saga saga, Run run, Ask ask) {
        return mended(saga, ask).map(Resource::run).orElse(run.number());
    }

    private static Optional<String> expectedId(Ask ask) {
        return switch (ask) {
            case Ask.Provision(Aim.Adopt(var granted)) -> Optional.of(granted);
            case Ask.Provision(Aim.Mend(var id)) -> Optional.of(id);
            case Ask.Provision(Aim.Create(var made)) -> made.stream().map(CloudResource::id).findFirst();
            case Ask.Resolve _,Ask.Look _ -> Optional.empty();
        };
    }

    /// The order to delete one resource; `undo` has the attempt counted already.
    StepCommand delete(Saga saga, Undo undo) {
        Resource resource = undo.resource();
        return new StepCommand(
                idOf(saga, undo),
                undo.run(),
                saga.lastRun().filter(run -> run.number() == undo.run()).map(run -> run.request().requestId())
                        .orElse(""),
                resource.step(),
                undo.action(),
                undo.attempts(),
                undo.mark().orElseGet(
                        () -> Mark.of(settings.installation(), saga.cluster(), undo.run(), resource.step(), 1)),
                now,
                now.plus(settings.commandValidity()),
                Optional.of(resource.id()),
                target(saga, resource));
    }

    /// What could not be deleted is asked for again from the first attempt on, be it retained or swept: that is another
    /// order, to which no answer to the earlier one belongs.
    private static UUID idOf(Saga saga, Undo undo) {
        Resource resource = undo.resource();
        return Ids.of(
                saga.cluster(), undo.run(), resource.step(), undo.action(), resource.id(), undo.attempts(),
                saga.auditSequence());
    }

    /// The question whether something was made that nobody has seen; `lookout` has the attempt counted already.
    StepCommand lookFor(Saga saga, Lookout lookout) {
        return new StepCommand(
                Ids.of(
                        saga.cluster(), lookout.run(), lookout.step(), Action.RESOLVE, "lookout", lookout.attempts(),
                        saga.auditSequence()),
                lookout.run(),
                saga.lastRun().filter(run -> run.number() == lookout.run()).map(run -> run.request().requestId())
                        .orElse(""),
                lookout.step(),
                Action.RESOLVE,
                lookout.attempts(),
                Mark.of(settings.installation(), saga.cluster(), lookout.run(), lookout.step(), 1),
                now,
                now.plus(settings.commandValidity()),
                Optional.empty(),
                lookout.step() == StepName.KMS_INSTANCE
                        ? new InstanceTarget(
                                lookout.what().name(), false, lookout.what().region(), "", lookout.since(),
                                instancesOfOtherRuns(saga, lookout.run()), tags(saga))
                        : target(
                                saga, Resource.of(
                                        lookout.step(), lookout.what(), Ownership.CREATED, lookout.run(),
                                        lookout.since())));
    }

    /// The question whether one resource in force still is as it should be.
    ///
    /// @param attempt how many times this check has asked it, this time included
    StepCommand verify(Saga saga, Check check, int attempt, StepName step, Resource resource) {
        return new StepCommand(
                Ids.of(saga.cluster(), step, Action.VERIFY, resource.id(), check.number(), attempt),
                resource.run(),
                saga.inForce().map(inForce -> inForce.request().requestId()).orElse(""),
                step,
                Action.VERIFY,
                attempt,
                Mark.of(settings.installation(), saga.cluster(), resource.run(), resource.step(), 1),
                now,
                check.deadline(),
                Optional.of(resource.id()),
                asItShouldBe(saga, step, resource));
    }

    private Target asItShouldBe(Saga saga, StepName step, Resource resource) {
        boolean isAdopted = resource.ownership() == Ownership.ADOPTED;
        return switch (resource.kind()) {
            case KMS_INSTANCE -> new InstanceTarget(
                    resource.what().name(),
                    isAdopted,
                    resource.region(),
                    saga.inForce().map(inForce -> inForce.request().resourceGroup()).orElse(""),
                    resource.since(),
                    List.of(),
                    tags(saga));
            case ROOT_KEY -> new KeyTarget(
                    resource.instanceId(),
                    saga.resource(resource.instanceId()).map(instance -> instance.what().crn()).orElse(""),
                    resource.region(),
                    resource.what().name(),
                    isAdopted,
                    resource.rotationMonths(),
                    resource.dualAuthorization(),
                    Optional.empty());
            case AUTHORIZATION_POLICY -> new AuthorizationTarget(
                    saga.inForce().flatMap(inForce -> Plan.of(inForce.request()).step(step))
                            .filter(PlannedStep.Authorization.class::isInstance)
                            .map(PlannedStep.Authorization.class::cast)
                            .map(planned -> new PlannedStep.Authorization(
                                    planned.storage(), planned.source(), false, resource.delegates()))
                            .orElseGet(() -> authorization(saga, resource)),
                    resource.instanceId(),
                    resource.region());
        };
    }

    private Target target(Saga saga, Run run, Step step, PlannedStep planned) {
        return switch (planned) {
            case PlannedStep.Instance instance -> new InstanceTarget(
                    instance.name(),
                    instance.adoptOnly(),
                    instance.region(),
                    instance.resourceGroup(),
                    step.firstIssuedAt().orElse(now),
                    instancesOfOtherRuns(saga, run.number()),
                    tags(saga));
            case PlannedStep.RootKey key -> {
                Resource instance = instanceOf(saga, run);
                yield new KeyTarget(
                        instance.id(), instance.what().crn(), instance.region(), key.name(), key.adoptOnly(),
                        key.rotationMonths(), key.dualAuthorization(), key.material());
            }
            case PlannedStep.Authorization authorization -> {
                Resource instance = instanceOf(saga, run);
                yield new AuthorizationTarget(authorization, instance.id(), instance.region());
            }
        };
    }

    private Target target(Saga saga, Resource resource) {
        return switch (resource.kind()) {
            case KMS_INSTANCE -> new InstanceTarget(
                    resource.what().name(), false, resource.region(), "", resource.since(), List.of(), tags(saga));
            case ROOT_KEY -> new KeyTarget(
                    resource.instanceId(),
                    saga.resource(resource.instanceId()).map(instance -> instance.what().crn()).orElse(""),
                    resource.region(),
                    resource.what().name(),
                    false,
                    Optional.empty(),
                    false,
                    Optional.empty());
            case AUTHORIZATION_POLICY ->
                new AuthorizationTarget(authorization(saga, resource), resource.instanceId(), resource.region());
        };
    }

    private static PlannedStep.Authorization authorization(Saga saga, Resource resource) {
        StorageService storage = Arrays.stream(StorageService.values())
                .filter(service -> service.authorization() == resource.step()).findFirst()
                .orElseThrow(() -> new IllegalStateException(resource.step() + " authorizes no storage service"));
        Optional<String> narrowedTo = saga.lastRun().filter(run -> run.number() == resource.run())
                .flatMap(run -> run.request().cosInstanceGuid());
        return new PlannedStep.Authorization(storage, Plan.source(storage, narrowedTo), false, resource.delegates());
    }

    private static Resource instanceOf(Saga saga, Run run) {
        return run.step(StepName.KMS_INSTANCE).flatMap(step -> idOf(step.state())).flatMap(saga::resource)
                .orElseThrow(() -> new IllegalStateException("A key or authorization before its instance"));
    }

    static Optional<String> idOf(StepState state) {
        return switch (state) {
            case StepState.Created(var id) -> Optional.of(id);
            case StepState.Adopted(var id) -> Optional.of(id);
            case StepState.Kept(var id) -> Optional.of(id);
            case StepState.Retained(var id, _) -> Optional.of(id);
            default -> Optional.empty();
        };
    }

    private static List<String> instancesOfOtherRuns(Saga saga, int run) {
        return Stream.concat(saga.resources().stream(), saga.undos().stream().map(Undo::resource))
                .filter(resource -> resource.kind() == ResourceKind.KMS_INSTANCE && resource.run() != run)
                .map(Resource::id).distinct().toList();
    }

    private List<String> tags(Saga saga) {
        return List.of("keyfold:" + settings.installation(), "cluster:" + saga.cluster().clusterPrefix());
    }
}
