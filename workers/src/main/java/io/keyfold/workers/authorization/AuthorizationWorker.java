package io.keyfold.workers.authorization;

import static java.util.stream.Collectors.joining;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.SharedReading;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import io.keyfold.workers.step.Wording;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Makes, finds, verifies and removes the authorizations of a cluster's storage services on its Key Protect instance.
///
/// Here the create comes before the look: IAM refuses a second policy of the same attributes and roles and names the
/// first, while its lists cannot be narrowed to a source or a target.
public final class AuthorizationWorker implements Worker<AuthorizationTarget> {
    private static final Duration SHORTLY = Duration.ofSeconds(10);
    private static final int SHOWN = 10;

    private final AuthorizationPolicies policies;
    private final SharedReading<AuthorizationPolicy> all;

    public AuthorizationWorker(AuthorizationPolicies policies) {
        this.policies = policies;
        this.all = new SharedReading<>(policies.all());
    }

    @Override
    public Outcome carryOut(Command command, AuthorizationTarget target, Turn turn) {
        return switch (command.action()) {
            case RESOLVE -> command.adoptOnly() ? findCovering(command, target, turn) : findOurs(command, target, turn);
            case PROVISION -> command.adoptOnly() ? adopt(command, target, turn) : provision(command, target, turn);
            case COMPENSATE -> remove(command, target, target.source(), turn);
            case SWEEP -> sweep(command, target, turn);
            case VERIFY -> verify(command, target, turn);
            case REPAIR, UNKNOWN ->
                throw new IllegalArgumentException("not carried out here: " + command.action());
        };
    }

    private Outcome findOurs(Command command, AuthorizationTarget target, Turn turn) {
        return ours(command, target, turn)
                .<Outcome>map(policy -> found(command, target, policy, turn))
                .orElseGet(Outcome.NotFound::new);
    }

    private Optional<AuthorizationPolicy> ours(Command command, AuthorizationTarget target, Turn turn) {
        return onInstance(target, turn).stream()
                .filter(policy -> policy.description().equals(command.mark()))
                .findFirst();
    }

    private List<AuthorizationPolicy> onInstance(AuthorizationTarget target, Turn turn) {
        Optional<String> instance = Optional.of(target.instance().guid());
        return turn.look(all).stream().filter(policy -> policy.targetInstance().equals(instance)).toList();
    }

    /// One that lets the source use the instance's keys, whoever has made it: the very one where it is there, else a broader
    /// one. Several are no ambiguity: each of them does.
    private Outcome findCovering(Command command, AuthorizationTarget target, Turn turn) {
        List<AuthorizationPolicy> there = turn.twice(
                seen -> covering(seen, target).isPresent(), () -> onInstance(target, turn));
        return covering(there, target)
                .<Outcome>map(policy -> new Outcome.Adopted(resource(policy, target), turn.now()))
                .orElseGet(() -> notThere(command, target, there));
    }

    private static Optional<AuthorizationPolicy> covering(
            List<AuthorizationPolicy> there, AuthorizationTarget target) {
        return there.stream().filter(policy -> target.differencesOf(policy).isEmpty()).min(
                Comparator.<AuthorizationPolicy, Boolean>comparing(policy -> !target.isExactly(policy))
                        .thenComparing(AuthorizationPolicy::id));
    }

    /// IAM shows an empty list to a caller without the right to read, so how many were looked at is told too.
    private static Outcome notThere(Command command, AuthorizationTarget target, List<AuthorizationPolicy> there) {
        String near = there.stream()
                .filter(policy -> policy.source().map(AuthorizationSource::serviceName)
                        .equals(Optional.of(target.source().serviceName())))
                .limit(SHOWN)
                .map(policy -> " Not enough is " + policy.id() + ": " + String.join(" ", target.differencesOf(policy)))
                .collect(joining());
        return new Outcome.Failed(Wording.of(
                command,
                FaultCode.NOT_FOUND,
                "there is no authorization that lets " + target.source().words() + " use the keys of the instance "
                        + target.instance().guid() + ".",
                "It was looked for among the authorizations on that very instance, of which the worker sees "
                        + there.size() + "; those on all of Key Protect are not looked at." + near));
    }

    private Outcome adopt(Command command, AuthorizationTarget target, Turn turn) {
        String granted = command.expectedId().orElseThrow();
        Optional<AuthorizationPolicy> there = turn.lookTwice(Optional::isPresent, () -> policies.byId(granted));
        return there.<Outcome>map(policy -> new Outcome.Adopted(resource(policy, target), turn.now()))
                .orElseGet(() -> new Outcome.Failed(Wording.of(
                        command,
                        FaultCode.NOT_FOUND,
                        "the authorization " + granted + " is not there any more.",
                        "Somebody has deleted it since it was looked up.")));
    }

    private Outcome provision(Command command, AuthorizationTarget target, Turn turn) {
        if (command.expectedId().isPresent()) {
            // Granted by the ledger a moment ago: if it is there still, it is the answer.
            String granted = command.expectedId().get();
            Optional<AuthorizationPolicy> there = turn.look(() -> policies.byId(granted));
            if (there.isPresent()) {
                return usable(command, target, there.get(), turn);
            }
        }
        if (turn.mayBeRepeated()) {
            return ours(command, target, turn)
                    .map(policy -> readBack(command, target, policy.id(), turn))
                    .orElseGet(() -> Outcome.Deferred.askedAnew(turn.now()));
        }
        NewAuthorization wanted =
                new NewAuthorization(target.source(), target.instance().guid(), target.roles(), command.mark());
        try {
            return switch (turn.create(() -> policies.create(wanted))) {
                case AuthorizationPolicies.Creation.Created(AuthorizationPolicy policy) -> {
                    turn.made(resource(policy, target));
                    yield readBack(command, target, policy.id(), turn);
                }
                case AuthorizationPolicies.Creation.Duplicate(Optional<String> id, _) ->
                    duplicate(command, target, id, turn);
            };
        } catch (FaultException failure) {
            if (!(failure.fault() instanceof Fault.UnknownOutcome)) {
                throw failure;
            }
            Optional<AuthorizationPolicy> shown = ours(command, target, turn);
            if (shown.isEmpty()) {
                throw failure;
            }
            return readBack(command, target, shown.get().id(), turn);
        }
    }

    private Outcome duplicate(Command command, AuthorizationTarget target, Optional<String> id, Turn turn) {
        Optional<String> known = id.isPresent() ? id : sameIn(target, turn).map(AuthorizationPolicy::id);
        return known.map(policyId -> readBack(command, target, policyId, turn))
                .orElseGet(() -> new Outcome.Deferred(
                        turn.now().plus(SHORTLY),
                        "IAM says that such an authorization exists already, but does not show it yet.",
                        Optional.empty()));
    }

    /// For a conflict answer that does not name the policy.
    private Optional<AuthorizationPolicy> sameIn(AuthorizationTarget target, Turn turn) {
        return onInstance(target, turn).stream()
                .filter(policy -> policy.source().equals(Optional.of(target.source())))
                .filter(policy -> target.roles().stream().allMatch(role -> policy.roles().contains(role.crn())))
                .findFirst();
    }

    private Outcome readBack(Command command, AuthorizationTarget target, String policyId, Turn turn) {
        return turn.lookUntil(Optional::isPresent, () -> policies.byId(policyId))
                .map(policy -> usable(command, target, policy, turn))
                .orElseGet(() -> new Outcome.Deferred(
                        turn.now().plus(SHORTLY),
                        "The authorization " + policyId + " exists, but IAM does not show it yet.",
                        Optional.empty()));
    }

    /// A policy without the delegation that was asked for is not taken for it, whoever made it.
    private static Outcome usable(Command command, AuthorizationTarget target, AuthorizationPolicy policy, Turn turn) {
        if (target.isMetBy(policy)) {
            return found(command, target, policy, turn);
        }
        if (policy.description().equals(command.mark())) {
            turn.sawOurs(); // it is undone with the run
        }
        return new Outcome.Failed(Wording.of(
                command,
                FaultCode.NAME_TAKEN,
                "the authorization " + policy.id() + " stands where the new one would.",
                "It lacks the role " + AuthorizationRole.AUTHORIZATION_DELEGATOR.displayName()
                        + ", and IAM takes none beside it."));
    }

    private static Outcome found(Command command, AuthorizationTarget target, AuthorizationPolicy policy, Turn turn) {
        Resource resource = resource(policy, target);
        return policy.description().equals(command.mark())
                ? new Outcome.Created(resource, List.of(), turn.now())
                : new Outcome.Adopted(resource, turn.now());
    }

    private Outcome verify(Command command, AuthorizationTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        Optional<AuthorizationPolicy> seen = turn.lookTwice(Optional::isPresent, () -> policies.byId(id));
        return new Outcome.Verified(
                seen.map(policy -> resource(policy, target))
                        .orElseGet(() -> Resource.ofId(id, target.instance().guid(), target.instance().region())),
                seen.map(policy -> Inspection.ofStanding(target.differencesOf(policy)))
                        .orElseGet(() -> Inspection.ofMissing(
                                "It should be there, and IAM knows it no more: it was deleted.")));
    }

    /// Deletes only what it sees to be ours and on this instance: that it is, nobody says but a sweep.
    private Outcome sweep(Command command, AuthorizationTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        Optional<AuthorizationPolicy> found = turn.look(() -> policies.byId(id));
        if (found.isEmpty()) {
            return new Outcome.Compensated(
                    Resource.ofId(id, target.instance().guid(), target.instance().region()), Optional.empty(),
                    "was not there to delete: IAM does not know it");
        }
        AuthorizationPolicy policy = found.get();
        boolean isOurs = policy.description().equals(command.mark())
                && policy.targetInstance().equals(Optional.of(target.instance().guid()));
        return isOurs && policy.source().isPresent()
                ? remove(command, target, policy.source().get(), turn)
                : new Outcome.CompensationFailed(
                        resource(policy, target),
                        Wording.of(
                                command,
                                FaultCode.NOT_OURS,
                                "the authorization " + id + " was not deleted.",
                                isOurs ? "Its source is none that Keyfold authorizes."
                                        : "It is not the one with the mark " + command.mark() + " on the instance "
                                                + target.instance().guid() + "."));
    }

    /// @param source whose registrations keep it
    private Outcome remove(Command command, AuthorizationTarget target, AuthorizationSource source, Turn turn) {
        String id = command.expectedId().orElseThrow();
        Optional<AuthorizationPolicy> found = turn.look(() -> policies.byId(id));
        Resource resource = found.map(policy -> resource(policy, target))
                .orElseGet(() -> Resource.ofId(id, target.instance().guid(), target.instance().region()));
        // A source without its authorization cannot let go of a key any more, and the key could never be deleted.
        List<String> registered = found.isEmpty()
                ? List.of()
                : turn.look(() -> policies.registeredBy(source, target.instance()));
        if (!registered.isEmpty()) {
            return new Outcome.CompensationFailed(
                    resource,
                    Wording.of(
                            command,
                            FaultCode.REGISTRATIONS_REMAIN,
                            "the authorization " + id + " was not deleted.",
                            "Keys of the instance " + target.instance().guid() + " still protect " + some(registered)));
        }
        try {
            // Also where it was not found: one that was made a moment ago may not be visible yet.
            turn.delete(() -> policies.delete(id));
        } catch (FaultException failure) {
            switch (failure.fault()) {
                case Fault.UnknownOutcome _ -> {
                    // It may have worked: look.
                }
                case Fault.Transient _ -> throw failure;
                case Fault.Permanent refused -> {
                    return new Outcome.CompensationFailed(resource, Wording.of(command, refused));
                }
            }
        }
        return turn.lookUntil(Optional::isEmpty, () -> policies.byId(id)).isEmpty()
                ? new Outcome.Compensated(resource)
                : new Outcome.Deferred(
                        turn.now().plus(SHORTLY),
                        "The authorization " + id + " was asked to go and is still there.",
                        Optional.empty());
    }

    private static String some(List<String> registered) {
        String shown = registered.stream().limit(SHOWN).collect(joining(", "));
        return registered.size() <= SHOWN ? shown + "." : shown + " and " + (registered.size() - SHOWN) + " more.";
    }

    private static Resource resource(AuthorizationPolicy policy, AuthorizationTarget target) {
        return new Resource(
                policy.id(),
                "",
                policy.description(),
                target.instance().guid(),
                target.instance().region(),
                policy.createdAt());
    }
}
