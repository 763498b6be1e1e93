package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.PlannedStep.Source;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.SimulatedCloud.Thing;
import io.keyfold.workflow.saga.StepCommand.AuthorizationTarget;
import io.keyfold.workflow.saga.StepCommand.InstanceTarget;
import io.keyfold.workflow.saga.StepCommand.KeyTarget;
import io.keyfold.workflow.saga.WorkerTurn.Faulty;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What the three workers do with a command, by the contract in the commands' schemas: look before you create, adopt
/// only what is named, delete only the id that the command names.
final class SimulatedWorkers {
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);
    /// A call has had its effect, and shows in lists, after this; then an unknown outcome is known.
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LONGEST_LAG = Duration.ofSeconds(8);
    private static final Duration SHORTLY = Duration.ofSeconds(10);
    private static final Duration ASKED_ANEW = Duration.ofSeconds(1);
    private static final Comparator<Thing> OLDEST_FIRST =
            Comparator.comparing(Thing::createdAt).thenComparing(Thing::id);
    /// What a change answers of which nothing is made.
    private static final Thing NOTHING = new Thing(
            "", ResourceKind.KMS_INSTANCE, "", "", "", Optional.empty(), "", 0, Instant.EPOCH, Instant.EPOCH);

    private final SimulatedCloud cloud;
    private final Choices choices;
    private final Map<String, Instant> seenIntact = new HashMap<>();

    SimulatedWorkers(SimulatedCloud cloud, Choices choices) {
        this.cloud = cloud;
        this.choices = choices;
    }

    /// The command carried out call by call, as far as the turn goes.
    Answer carryOut(String cluster, WorkerTurn turn) {
        StepCommand command = turn.command();
        try {
            Answer answer = switch (command.action()) {
                case RESOLVE -> resolve(turn);
                case PROVISION -> provision(cluster, turn);
                case COMPENSATE -> turn.mayBeRepeated() ? askedAnew(turn) : delete(turn);
                case SWEEP -> turn.mayBeRepeated() ? askedAnew(turn) : sweep(turn);
                case VERIFY -> inspect(cluster, turn);
                case REPAIR -> mend(turn);
            };
            return answer instanceof Answer.Failed(var fault, _) ? honest(fault.code(), turn)
                    : answer instanceof Answer.Deferred deferred ? deferred(
                            deferred.until(), deferred.why(), deferred.fault(), turn)
                            : answer;
        } catch (WorkerTurn.TooLate late) {
            return turn.made().isEmpty() ? new Answer.Expired("too late")
                    : deferred(turn.now(), "too late", Optional.empty(), turn);
        } catch (Faulty broken) {
            return switch (broken.code()) {
                case UNKNOWN_OUTCOME -> deferred(
                        turn.now().plus(CALL_TIMEOUT), "outcome unknown",
                        Optional.of(fault(FaultCode.UNKNOWN_OUTCOME, true)), turn);
                // The circuit is open while nobody answers, and the run's clock stands still.
                case UNAVAILABLE -> new Answer.Deferred(
                        turn.now().plus(turn.isOut() ? CALL_TIMEOUT : SHORTLY), "503",
                        Optional.of(fault(FaultCode.UNAVAILABLE, turn.mayHaveDeleted() || turn.mayHaveMade())),
                        turn.made(), turn.isOut());
                default -> command.action().isDeletion()
                        ? new Answer.CompensationFailed(
                                command.expectedId().orElseThrow(), fault(broken.code(), turn.mayHaveDeleted()))
                        : honest(broken.code(), turn);
            };
        }
    }

    private static Answer deferred(Instant until, String why, Optional<Fault> fault, WorkerTurn turn) {
        return new Answer.Deferred(until, why, fault, turn.made());
    }

    /// What another process may have begun it leaves to a new command: the answer to the old one may have been told.
    private static Answer askedAnew(WorkerTurn turn) {
        return new Answer.Deferred(
                turn.now().plus(ASKED_ANEW), "another process may have begun it", none(), Optional.empty());
    }

    private static Answer shortly(WorkerTurn turn, String why) {
        return new Answer.Deferred(turn.now().plus(SHORTLY), why, none(), Optional.empty());
    }

    /// A failure says whether something of this run may exist all the same.
    private static Answer honest(FaultCode code, WorkerTurn turn) {
        StepCommand command = turn.command();
        boolean mayMake = switch (command.action()) {
            case RESOLVE, PROVISION -> !History.isNamed(command);
            default -> false;
        };
        return new Answer.Failed(
                fault(code, mayMake && (command.action() == Action.RESOLVE || turn.somethingMayExist())), turn.made());
    }

    /// Makes the key of that mark usable again, and no other.
    private Answer mend(WorkerTurn turn) {
        StepCommand command = turn.command();
        Thing key = turn.look("the key", () -> cloud.everMade(command.expectedId().orElseThrow()));
        if (!key.mark().equals(command.mark())) {
            return failed(FaultCode.INVALID, false);
        }
        if (turn.look("whether it is deleted", () -> !cloud.isAlive(key.id()))) {
            changed(turn, "restore the key", () -> {
                if (!cloud.isAlive(key.id()) && !cloud.isRestorable(key)) {
                    throw new Faulty(FaultCode.KEY_LOST);
                }
                cloud.restore(key);
                return key;
            });
        }
        if (turn.look("whether it is disabled", () -> cloud.isDisabled(key.id()))) {
            changed(turn, "enable the key", () -> {
                cloud.enable(key.id());
                return key;
            });
        }
        return turn.see(
                "the key", false, () -> cloud.isAlive(key.id()) && !cloud.isDisabled(key.id()))
                        ? found(key, true, turn.now())
                        : shortly(turn, "not shown usable yet");
    }

    /// A change that may be sent again without harm; whether it was made is looked for after it.
    private static void changed(WorkerTurn turn, String what, Supplier<Thing> change) {
        try {
            turn.change(what, change);
        } catch (Faulty unknown) {
            if (!unknown.isOfUnknownOutcome()) {
                throw unknown;
            }
        }
    }

    private Answer inspect(String cluster, WorkerTurn turn) {
        String id = turn.command().expectedId().orElseThrow();
        return turn.look(
                "what is verified", () -> new Answer.Verified(inspect(cluster, id, turn.ibmsNow())));
    }

    private Inspection inspect(String cluster, String id, Instant now) {
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

    private Answer resolve(WorkerTurn turn) {
        StepCommand command = turn.command();
        Instant now = turn.now();
        return switch (command.target()) {
            case InstanceTarget target when target.adoptOnly() ->
                only(turn.look("instances by name", () -> cloud.instancesNamed(target.name(), turn.ibmsNow())), now);
            case InstanceTarget target -> {
                List<Thing> ours = ours(turn, target);
                yield ours.isEmpty() ? new Answer.NothingFound() : lowest(ours, now);
            }
            case KeyTarget target when target.adoptOnly() -> only(
                    turn.look(
                            "keys by name",
                            () -> cloud.keysIn(target.instanceId()).stream()
                                    .filter(key -> key.name().equals(target.name())).toList()),
                    now);
            case KeyTarget target -> turn
                    .look("the key by alias", () -> cloud.keyByAlias(target.instanceId(), command.mark()))
                    .<Answer>map(key -> found(key, true, now)).orElseGet(Answer.NothingFound::new);
            case AuthorizationTarget target when target.authorization().adoptOnly() ->
                only(
                        turn.look(
                                "policies", () -> cloud.policy(
                                        target.authorization().source(), target.instanceId(),
                                        target.authorization().delegates()).stream().toList()),
                        now);
            case AuthorizationTarget target -> turn
                    .look("policies", () -> cloud.policyByMark(target.instanceId(), command.mark(), turn.ibmsNow()))
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

    private Answer provision(String cluster, WorkerTurn turn) {
        return switch (turn.command().target()) {
            case InstanceTarget target when target.adoptOnly() -> byGrantedId(turn);
            case KeyTarget target when target.adoptOnly() -> byGrantedId(turn);
            case AuthorizationTarget target when target.authorization().adoptOnly() -> byGrantedId(turn);
            case InstanceTarget target -> instance(cluster, turn, target);
            case KeyTarget target -> key(cluster, turn, target);
            case AuthorizationTarget target -> authorization(cluster, turn, target);
        };
    }

    private Answer byGrantedId(WorkerTurn turn) {
        return turn.look("what was granted", () -> turn.command().expectedId().flatMap(cloud::byId))
                .map(thing -> found(thing, false, turn.now()))
                .orElseGet(() -> failed(FaultCode.NOT_FOUND, false));
    }

    // ---- instances

    private Answer instance(String cluster, WorkerTurn turn, InstanceTarget target) {
        List<Thing> named = turn.look("instances by name", () -> cloud.instancesNamed(target.name(), turn.ibmsNow()));
        List<Thing> ours = ours(named, target, turn);
        if (!ours.isEmpty()) {
            return untilReady(turn, ours);
        }
        if (turn.command().expectedId().isPresent()) {
            turn.sawOurs();
            String id = turn.command().expectedId().get();
            return turn.look("the instance made before", () -> cloud.byId(id))
                    .filter(_ -> isShown(id, turn)).map(made -> untilReady(turn, List.of(made)))
                    .orElseGet(() -> shortly(turn, "not shown yet"));
        }
        if (turn.mayBeRepeated()) {
            return new Answer.Deferred(
                    turn.now().plus(CALL_TIMEOUT), "a call may be under way", none(), Optional.empty());
        }
        if (!named.isEmpty()) {
            return failed(FaultCode.NAME_TAKEN, false);
        }
        return newInstance(cluster, turn, target);
    }

    private Answer newInstance(String cluster, WorkerTurn turn, InstanceTarget target) {
        Thing made;
        try {
            made = turn.change(
                    "create the instance", () -> make(cluster, turn.command(), target.name(), "", "", turn.ibmsNow()));
        } catch (Faulty unknown) {
            List<Thing> shown = unknown.isOfUnknownOutcome() ? ours(turn, target) : List.of();
            if (shown.isEmpty()) {
                throw unknown;
            }
            return untilReady(turn, shown);
        }
        turn.made(resource(made));
        List<Thing> all = ours(turn, target);
        return untilReady(turn, Stream.concat(Stream.of(made), all.stream()).distinct().toList());
    }

    private Answer untilReady(WorkerTurn turn, List<Thing> ours) {
        Thing chosen = ours.stream().min(OLDEST_FIRST).orElseThrow();
        turn.made(resource(chosen));
        boolean isSeen = isShown(chosen.id(), turn) || turn.see("the instance", false, () -> true);
        if (!isSeen) {
            cloud.showOnlyFrom(chosen.id(), turn.ibmsNow().plusSeconds(choices.below(300)));
            return shortly(turn, "not shown yet");
        }
        return lowest(ours, turn.now());
    }

    private boolean isShown(String id, WorkerTurn turn) {
        return cloud.byId(id).filter(thing -> !turn.ibmsNow().isBefore(thing.listedAt())).isPresent();
    }

    private List<Thing> ours(WorkerTurn turn, InstanceTarget target) {
        return ours(
                turn.look("instances by name", () -> cloud.instancesNamed(target.name(), turn.ibmsNow())), target,
                turn);
    }

    private static List<Thing> ours(List<Thing> named, InstanceTarget target, WorkerTurn turn) {
        List<Thing> ours = named.stream()
                .filter(instance -> !instance.maker().equals(SimulatedCloud.SOMEBODY_ELSE))
                .filter(instance -> !target.foreignIds().contains(instance.id()))
                .filter(instance -> !instance.createdAt().isBefore(target.firstIssuedAt().minus(CLOCK_TOLERANCE)))
                .toList();
        if (!ours.isEmpty()) {
            turn.sawOurs();
        }
        return ours;
    }

    // ---- keys

    private Answer key(String cluster, WorkerTurn turn, KeyTarget target) {
        String alias = turn.command().mark();
        Optional<Thing> ours = turn.look("the key by alias", () -> cloud.keyByAlias(target.instanceId(), alias));
        if (ours.isPresent()) {
            return withPolicies(turn, target, ours.get());
        }
        if (turn.mayBeRepeated()) {
            return askedAnew(turn);
        }
        List<Thing> named = turn.look(
                "keys by name",
                () -> cloud.keysIn(target.instanceId()).stream().filter(key -> key.name().equals(target.name()))
                        .toList());
        Optional<Thing> shown = named.stream().filter(key -> key.mark().equals(alias)).findFirst();
        if (shown.isPresent()) {
            return withPolicies(turn, target, shown.get());
        }
        return named.isEmpty() ? newKey(cluster, turn, target) : failed(FaultCode.NAME_TAKEN, false);
    }

    private Answer newKey(String cluster, WorkerTurn turn, KeyTarget target) {
        String alias = turn.command().mark();
        try {
            Thing made = turn.change("create the key", () -> {
                if (!cloud.isAlive(target.instanceId())) {
                    throw new Faulty(FaultCode.NOT_FOUND);
                }
                return cloud.keyByAlias(target.instanceId(), alias).orElseGet(
                        () -> make(cluster, turn.command(), target.name(), alias, target.instanceId(), turn.ibmsNow()));
            });
            turn.made(resource(made));
        } catch (Faulty unknown) {
            Optional<Thing> shown = unknown.isOfUnknownOutcome()
                    ? turn.look("the key by alias", () -> cloud.keyByAlias(target.instanceId(), alias))
                    : Optional.empty();
            return withPolicies(turn, target, shown.orElseThrow(() -> unknown));
        }
        turn.sawOurs();
        return turn.see("the key by alias", Optional.<Thing>empty(),
                () -> cloud.keyByAlias(target.instanceId(), alias))
                .map(key -> withPolicies(turn, target, key))
                .orElseGet(() -> shortly(turn, "the key cannot be read back yet"));
    }

    /// A key of ours is ready once it has what was asked for it.
    private Answer withPolicies(WorkerTurn turn, KeyTarget target, Thing key) {
        turn.sawOurs();
        boolean isRotated = target.rotationMonths().isEmpty() || isSet(
                turn, "rotation", () -> cloud.rotationOf(key.id()).equals(target.rotationMonths()),
                () -> cloud.setPolicies(key.id(), target.rotationMonths(), false));
        boolean isReady = isRotated && (!target.dualAuthorization() || isSet(
                turn, "dual authorization", () -> cloud.takesTwo(key.id()),
                () -> cloud.setPolicies(key.id(), Optional.empty(), true)));
        return isReady ? found(key, true, turn.now()) : shortly(turn, "a policy cannot be read back yet");
    }

    private boolean isSet(WorkerTurn turn, String what, Supplier<Boolean> reads, Runnable set) {
        if (turn.look(what, reads)) {
            return true;
        }
        changed(turn, "set " + what, () -> {
            set.run();
            return NOTHING;
        });
        return turn.see(what, false, reads);
    }

    // ---- authorizations

    private Answer authorization(String cluster, WorkerTurn turn, AuthorizationTarget target) {
        StepCommand command = turn.command();
        Optional<Thing> granted = command.expectedId().isEmpty() ? Optional.empty()
                : turn.look("what was granted", () -> command.expectedId().flatMap(cloud::byId));
        if (granted.isPresent()) {
            return usable(turn, granted.get());
        }
        if (turn.mayBeRepeated()) {
            return turn
                    .look("policies", () -> cloud.policyByMark(target.instanceId(), command.mark(), turn.ibmsNow()))
                    .map(policy -> usable(turn, policy)).orElseGet(() -> askedAnew(turn));
        }
        Thing policy;
        try {
            policy = turn.change("create the policy", () -> {
                if (!cloud.isAlive(target.instanceId())) {
                    throw new Faulty(FaultCode.NOT_FOUND);
                }
                return cloud.policy(
                        target.authorization().source(), target.instanceId(), target.authorization().delegates())
                        .orElseGet(
                                () -> make(
                                        cluster, command, command.mark(), command.mark(), target.instanceId(),
                                        turn.ibmsNow()));
            });
        } catch (Faulty unknown) {
            Optional<Thing> shown = unknown.isOfUnknownOutcome()
                    ? turn.look(
                            "policies", () -> cloud.policyByMark(target.instanceId(), command.mark(), turn.ibmsNow()))
                    : Optional.empty();
            policy = shown.orElseThrow(() -> unknown);
        }
        String id = policy.id();
        if (policy.mark().equals(command.mark())) {
            turn.made(resource(policy));
        }
        return turn.see("the policy", Optional.<Thing>empty(), () -> cloud.byId(id)).map(seen -> usable(turn, seen))
                .orElseGet(() -> shortly(turn, "IAM does not show it yet"));
    }

    private static Answer usable(WorkerTurn turn, Thing policy) {
        return found(policy, policy.mark().equals(turn.command().mark()), turn.now());
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

    private Answer sweep(WorkerTurn turn) {
        StepCommand command = turn.command();
        String id = command.expectedId().orElseThrow();
        Optional<Thing> seen = turn.look("what was swept", () -> cloud.byId(id));
        boolean isOurs = seen.filter(thing -> switch (command.target()) {
            case InstanceTarget target -> thing.name().equals(target.name())
                    && !thing.maker().equals(SimulatedCloud.SOMEBODY_ELSE);
            case StepCommand.KeyTarget target -> thing.mark().equals(command.mark())
                    && thing.instanceId().equals(target.instanceId());
            case StepCommand.AuthorizationTarget target -> thing.mark().equals(command.mark())
                    && thing.instanceId().equals(target.instanceId());
        }).isPresent();
        return isOurs ? delete(turn)
                : seen.isEmpty() ? new Answer.Compensated(id, Optional.empty(), "")
                        : new Answer.CompensationFailed(id, fault(FaultCode.NOT_OURS, false));
    }

    private Answer delete(WorkerTurn turn) {
        String id = turn.command().expectedId().orElseThrow();
        Optional<Thing> thing = turn.look("what is to go", () -> cloud.byId(id));
        if (thing.isPresent() && thing.get().kind() == ResourceKind.AUTHORIZATION_POLICY
                && turn.look("its registrations", () -> refusal(thing.get()).isPresent())) {
            return new Answer.CompensationFailed(id, fault(FaultCode.REGISTRATIONS_REMAIN, false));
        }
        changed(turn, "delete " + id, () -> {
            Thing now = cloud.everMade(id);
            Optional<FaultCode> refused =
                    now.kind() == ResourceKind.AUTHORIZATION_POLICY ? Optional.empty() : refusal(now);
            if (refused.isPresent() && cloud.isAlive(id)) {
                throw new Faulty(refused.get());
            }
            cloud.delete(id);
            return NOTHING;
        });
        return turn.see("whether it is gone", false, () -> !cloud.isAlive(id))
                ? new Answer.Compensated(id, Optional.empty(), "")
                : shortly(turn, "it was asked to go and is still there");
    }

    /// Why IBM Cloud, or the worker, does not delete it now.
    private Optional<FaultCode> refusal(Thing thing) {
        return switch (thing.kind()) {
            case KMS_INSTANCE ->
                cloud.keysIn(thing.id()).isEmpty() ? Optional.empty() : Optional.of(FaultCode.KEYS_REMAIN);
            case ROOT_KEY -> cloud.isInUse(thing.id()) ? Optional.of(FaultCode.KEY_IN_USE)
                    : cloud.waitsForTheOther(thing.id()) ? Optional.of(FaultCode.SECOND_AUTHORIZATION_NEEDED)
                            : Optional.empty();
            case AUTHORIZATION_POLICY -> thing.source()
                    .filter(source -> cloud.hasRegistrations(thing.instanceId(), source.service()))
                    .map(_ -> FaultCode.REGISTRATIONS_REMAIN);
        };
    }

    private static Answer lowest(List<Thing> ours, Instant now) {
        Thing chosen = ours.stream().min(OLDEST_FIRST).orElseThrow();
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
