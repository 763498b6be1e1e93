package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.PlannedStep.Source;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.SimulatedCloud.Thing;
import io.keyfold.workflow.saga.StepCommand.AuthorizationTarget;
import io.keyfold.workflow.saga.StepCommand.InstanceTarget;
import io.keyfold.workflow.saga.StepCommand.KeyTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the three workers do with a command, by the contract in the commands' schemas: look before you create, adopt
/// only what is named, delete only the id that the command names.
final class SimulatedWorkers {
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);
    /// A call has had its effect, and shows in lists, after this; then an unknown outcome is known.
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LONGEST_LAG = Duration.ofSeconds(8);

    private final SimulatedCloud cloud;
    private final Choices choices;
    private final Map<String, Instant> seenIntact = new HashMap<>();

    SimulatedWorkers(SimulatedCloud cloud, Choices choices) {
        this.cloud = cloud;
        this.choices = choices;
    }

    /// The command carried out in one go.
    ///
    /// @param mayBeRepeated a predecessor may have begun it
    Answer carryOut(String cluster, StepCommand command, boolean mayBeRepeated, Instant now) {
        if (command.action() != Action.RESOLVE && now.isAfter(command.notAfter())) {
            return new Answer.Expired("too late");
        }
        return switch (command.action()) {
            case RESOLVE -> resolve(command, now);
            case PROVISION -> look(command, mayBeRepeated, now).map(answer -> withPolicies(command, answer)).orElseGet(
                    () -> honest(create(cluster, command, now), mayExist(command, mayBeRepeated)));
            case COMPENSATE -> delete(command);
            case SWEEP -> sweep(command);
            case VERIFY -> new Answer.Verified(inspect(cluster, command, now));
            case REPAIR -> mend(command, now);
        };
    }

    /// A key of ours is ready once it has what was asked for it.
    private Answer withPolicies(StepCommand command, Answer answer) {
        if (command.target() instanceof KeyTarget target && answer instanceof Answer.Completed(var key, var ours, _, _)
                && ours) {
            cloud.setPolicies(key.id(), target.rotationMonths(), target.dualAuthorization());
        }
        return answer;
    }

    /// A failure says whether something of this run may exist all the same.
    private static Answer honest(Answer answer, boolean mayExist) {
        return answer instanceof Answer.Failed(var fault) && mayExist ? failed(fault.code(), true) : answer;
    }

    /// Makes the key of that mark usable again, and no other.
    private Answer mend(StepCommand command, Instant now) {
        Thing key = cloud.everMade(command.expectedId().orElseThrow());
        if (!key.mark().equals(command.mark())) {
            return failed(FaultCode.CONFLICT, false);
        }
        if (!cloud.isAlive(key.id()) && !cloud.isRestorable(key)) {
            return failed(FaultCode.KEY_LOST, false);
        }
        cloud.restore(key);
        cloud.enable(key.id());
        return found(key, true, now);
    }

    private Inspection inspect(String cluster, StepCommand command, Instant now) {
        String id = command.expectedId().orElseThrow();
        if (!cloud.isAlive(id)) {
            return Inspection.missing("it is gone");
        }
        if (cloud.isDisabled(id)) {
            return new Inspection(Condition.CHANGED, List.of("it is disabled"), Optional.empty());
        }
        seenIntact.put(cluster + " " + id, now);
        return new Inspection(Condition.INTACT, List.of(), Optional.empty());
    }

    /// When a VERIFY of this cluster has last seen that thing as it should be.
    Optional<Instant> seenIntact(String cluster, String id) {
        return Optional.ofNullable(seenIntact.get(cluster + " " + id));
    }

    private Answer resolve(StepCommand command, Instant now) {
        return switch (command.target()) {
            case InstanceTarget target when target.adoptOnly() ->
                only(cloud.instancesNamed(target.name(), now), now);
            case InstanceTarget target -> {
                List<Thing> ours = ours(target, now);
                yield ours.isEmpty() ? new Answer.NothingFound() : lowest(ours, now);
            }
            case KeyTarget target when target.adoptOnly() -> only(
                    cloud.keysIn(target.instanceId()).stream().filter(key -> key.name().equals(target.name())).toList(),
                    now);
            case KeyTarget target -> cloud.keyByAlias(target.instanceId(), command.mark())
                    .<Answer>map(key -> found(key, true, now)).orElseGet(Answer.NothingFound::new);
            case AuthorizationTarget target when target.authorization().adoptOnly() ->
                only(
                        cloud.policy(
                                target.authorization().source(), target.instanceId(),
                                target.authorization().delegates()).stream().toList(),
                        now);
            case AuthorizationTarget target -> cloud.policyByMark(target.instanceId(), command.mark(), now)
                    .<Answer>map(policy -> found(policy, true, now)).orElseGet(Answer.NothingFound::new);
        };
    }

    private static Answer only(List<Thing> named, Instant now) {
        return switch (named.size()) {
            case 0 -> failed(FaultCode.NOT_FOUND, false);
            case 1 -> found(named.getFirst(), false, now);
            default -> failed(FaultCode.AMBIGUOUS_NAME, false);
        };
    }

    /// What there is already; empty if it has to be created.
    private Optional<Answer> look(StepCommand command, boolean mayBeRepeated, Instant now) {
        return switch (command.target()) {
            case InstanceTarget target when target.adoptOnly() -> Optional.of(byGrantedId(command, now));
            case KeyTarget target when target.adoptOnly() -> Optional.of(byGrantedId(command, now));
            case AuthorizationTarget target when target.authorization().adoptOnly() ->
                Optional.of(byGrantedId(command, now));
            case InstanceTarget target -> {
                List<Thing> ours = ours(target, now);
                Optional<Thing> made = command.expectedId().flatMap(cloud::byId);
                if (!ours.isEmpty()) {
                    yield Optional.of(
                            lowest(Stream.concat(ours.stream(), made.stream()).distinct().toList(), ours, now));
                }
                if (made.isPresent()) {
                    yield Optional.of(
                            new Answer.Deferred(
                                    now.plusSeconds(10), "not shown yet", none(),
                                    made.map(SimulatedWorkers::resource)));
                }
                if (mayBeRepeated) {
                    yield Optional.of(
                            new Answer.Deferred(
                                    now.plus(CALL_TIMEOUT),
                                    "a call may be under way",
                                    none(),
                                    Optional.empty()));
                }
                yield cloud.instancesNamed(target.name(), now).isEmpty() ? Optional.empty()
                        : Optional.of(failed(FaultCode.NAME_TAKEN, mayExist(command, mayBeRepeated)));
            }
            case KeyTarget target -> cloud.keyByAlias(target.instanceId(), command.mark())
                    .map(key -> found(key, true, now))
                    .or(
                            () -> cloud.keysIn(target.instanceId()).stream()
                                    .anyMatch(key -> key.name().equals(target.name()))
                                            ? Optional.of(
                                                    failed(FaultCode.NAME_TAKEN, mayExist(command, mayBeRepeated)))
                                            : Optional.empty());
            case AuthorizationTarget _ -> Optional.empty(); // created first; the duplicate answer is the look
        };
    }

    /// Whether a worker that has looked would go on to create.
    boolean wouldCreate(StepCommand command, Instant now) {
        return !now.isAfter(command.notAfter()) && look(command, false, now).isEmpty();
    }

    static boolean mayExist(StepCommand command, boolean mayBeRepeated) {
        return mayBeRepeated || command.attempt() > 1;
    }

    private Answer byGrantedId(StepCommand command, Instant now) {
        return command.expectedId().flatMap(cloud::byId).map(thing -> found(thing, false, now))
                .orElseGet(() -> failed(FaultCode.NOT_FOUND, false));
    }

    /// The creating call and what follows it, without a look before: also what a worker does that was paused after it.
    Answer create(String cluster, StepCommand command, Instant now) {
        return switch (command.target()) {
            case InstanceTarget target -> {
                Thing made = make(cluster, command, target.name(), "", "", now);
                List<Thing> shown = ours(target, now);
                yield shown.contains(made) ? lowest(shown, now)
                        : lowest(
                                Stream.concat(shown.stream(), Stream.of(made))
                                        .toList(),
                                now);
            }
            case KeyTarget target when !cloud.isAlive(target.instanceId()) -> failed(FaultCode.NOT_FOUND, false);
            case KeyTarget target -> withPolicies(command, found(
                    cloud.keyByAlias(target.instanceId(), command.mark()).orElseGet(
                            () -> make(cluster, command, target.name(), command.mark(), target.instanceId(), now)),
                    true,
                    now));
            case AuthorizationTarget target when !cloud.isAlive(target.instanceId()) ->
                failed(FaultCode.NOT_FOUND, false);
            case AuthorizationTarget target -> {
                Thing policy = cloud
                        .policy(
                                target.authorization().source(), target.instanceId(),
                                target.authorization().delegates())
                        .orElseGet(
                                () -> make(cluster, command, command.mark(), command.mark(), target.instanceId(), now));
                yield found(policy, policy.mark().equals(command.mark()), now);
            }
        };
    }

    private Thing make(
            String cluster, StepCommand command, String name, String mark, String instanceId, Instant now) {
        var source = command.target() instanceof AuthorizationTarget target
                ? Optional.of(target.authorization().source())
                : Optional.<Source>empty();
        Duration lag = Duration.ofMillis(choices.chance(20) ? choices.below((int) LONGEST_LAG.toMillis()) : 0);
        Thing thing = cloud
                .create(command.step().kind(), name, mark, instanceId, source, cluster, command.run(), now, lag);
        if (command.target() instanceof AuthorizationTarget target && target.authorization().delegates()) {
            cloud.delegate(thing.id());
        }
        if (command.target() instanceof KeyTarget target) {
            target.material().ifPresent(from -> cloud.importedFrom(thing.id(), from));
        }
        if (thing.kind() == ResourceKind.ROOT_KEY && choices.chance(4)) {
            cloud.register(thing.id(), "server-protect");
        }
        return thing;
    }

    private Answer sweep(StepCommand command) {
        String id = command.expectedId().orElseThrow();
        boolean isOurs = cloud.byId(id).filter(thing -> switch (command.target()) {
            case InstanceTarget target -> thing.name().equals(target.name())
                    && !thing.maker().equals(SimulatedCloud.SOMEBODY_ELSE);
            case StepCommand.KeyTarget target -> thing.mark().equals(command.mark())
                    && thing.instanceId().equals(target.instanceId());
            case StepCommand.AuthorizationTarget target -> thing.mark().equals(command.mark())
                    && thing.instanceId().equals(target.instanceId());
        }).isPresent();
        return isOurs || cloud.byId(id).isEmpty() ? delete(command)
                : new Answer.CompensationFailed(id, fault(FaultCode.NOT_OURS, false));
    }

    private Answer delete(StepCommand command) {
        String id = command.expectedId().orElseThrow();
        Optional<Thing> thing = cloud.byId(id);
        if (thing.isEmpty()) {
            return new Answer.Compensated(id, Optional.empty(), "");
        }
        Optional<FaultCode> refused = switch (thing.get().kind()) {
            case KMS_INSTANCE -> cloud.keysIn(id).isEmpty() ? Optional.empty() : Optional.of(FaultCode.KEYS_REMAIN);
            case ROOT_KEY -> cloud.isInUse(id) ? Optional.of(FaultCode.KEY_IN_USE)
                    : cloud.waitsForTheOther(id) ? Optional.of(FaultCode.SECOND_AUTHORIZATION_NEEDED)
                            : Optional.empty();
            case AUTHORIZATION_POLICY -> thing.get().source()
                    .filter(source -> cloud.hasRegistrations(thing.get().instanceId(), source.service()))
                    .map(_ -> FaultCode.REGISTRATIONS_REMAIN);
        };
        if (refused.isPresent()) {
            return new Answer.CompensationFailed(id, fault(refused.get(), false));
        }
        cloud.delete(id);
        return new Answer.Compensated(id, Optional.empty(), "");
    }

    private List<Thing> ours(InstanceTarget target, Instant now) {
        return cloud.instancesNamed(target.name(), now).stream()
                .filter(instance -> !instance.maker().equals(SimulatedCloud.SOMEBODY_ELSE))
                .filter(instance -> !target.foreignIds().contains(instance.id()))
                .filter(instance -> !instance.createdAt().isBefore(target.firstIssuedAt().minus(CLOCK_TOLERANCE)))
                .toList();
    }

    private static Answer lowest(List<Thing> ours, Instant now) {
        return lowest(ours, ours, now);
    }

    /// @param ready which of them may be taken
    private static Answer lowest(List<Thing> ours, List<Thing> ready, Instant now) {
        Thing chosen = ready.stream().min(Comparator.comparing(Thing::createdAt).thenComparing(Thing::id))
                .orElseThrow();
        return new Answer.Completed(
                resource(chosen),
                true,
                now,
                ours.stream().filter(thing -> !thing.equals(chosen)).map(SimulatedWorkers::resource).toList());
    }

    private static Answer found(Thing thing, boolean ours, Instant now) {
        return new Answer.Completed(resource(thing), ours, now, List.of());
    }

    static CloudResource resource(Thing thing) {
        return new CloudResource(
                thing.id(),
                "crn:" + thing.id(),
                thing.name(),
                thing.instanceId(),
                "us-south",
                Optional.of(thing.createdAt()));
    }

    static Answer failed(FaultCode code, boolean outcomeUnknown) {
        return new Answer.Failed(fault(code, outcomeUnknown));
    }

    static Fault fault(FaultCode code, boolean outcomeUnknown) {
        return new Fault(code, "IBM said " + code, "", "", "", 0, outcomeUnknown);
    }

    static Optional<Fault> none() {
        return Optional.empty();
    }
}
