package io.keyfold.workers.rootkey;

import static java.util.stream.Collectors.joining;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import io.keyfold.workers.step.Wording;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes, finds, verifies, repairs and removes the root keys of a cluster.
///
/// A key's alias is our mark. Key Protect keeps aliases unique in an instance, so a key is created once, however often it
/// is asked for.
public final class RootKeyWorker implements Worker<KeyTarget> {
    private static final Duration SHORTLY = Duration.ofSeconds(10);
    private static final int SHOWN = 10;

    private final RootKeys keys;
    private final KeyImport imports;
    private final KeyPolicies policies;
    private final RootKeyInspection inspection;
    private final RootKeyRepair repair;

    public RootKeyWorker(RootKeys keys, KeyMaterials materials) {
        this.keys = keys;
        this.imports = new KeyImport(keys, materials);
        this.policies = new KeyPolicies(keys);
        this.inspection = new RootKeyInspection(keys);
        this.repair = new RootKeyRepair(keys, policies);
    }

    @Override
    public Outcome carryOut(Command command, KeyTarget target, Turn turn) {
        return switch (command.action()) {
            case RESOLVE -> command.adoptOnly() ? findNamed(command, target, turn) : findOurs(command, target, turn);
            case PROVISION -> command.adoptOnly() ? adopt(command, target, turn) : provision(command, target, turn);
            case COMPENSATE -> remove(command, target, turn);
            case SWEEP -> sweep(command, target, turn);
            case VERIFY -> inspection.carryOut(command, target, turn);
            case REPAIR -> repair.carryOut(command, target, turn);
            case UNKNOWN -> throw new IllegalArgumentException("not carried out here: " + command.action());
        };
    }

    private Outcome findNamed(Command command, KeyTarget target, Turn turn) {
        List<RootKey> named = turn.look(() -> keys.named(target.instance(), target.name()));
        List<RootKey> usable = named.stream().filter(RootKey::isUsable).toList();
        if (usable.size() > 1) {
            return failed(
                    command,
                    FaultCode.AMBIGUOUS_NAME,
                    "there are " + usable.size() + " root keys named \"" + target.name() + "\" in the instance "
                            + target.instance().guid() + ": " + ids(usable) + ".",
                    "Which of them is meant cannot be told.");
        }
        if (usable.size() == 1) {
            return new Outcome.Adopted(resource(usable.getFirst(), target), turn.now());
        }
        return named.isEmpty()
                ? failed(
                        command,
                        FaultCode.NOT_FOUND,
                        "there is no root key named \"" + target.name() + "\" in the instance "
                                + target.instance().guid() + ".",
                        "One that has to exist already is never created.")
                : notUsable(command, named.getFirst());
    }

    private Outcome adopt(Command command, KeyTarget target, Turn turn) {
        if (command.expectedId().isEmpty()) {
            return failed(
                    command,
                    FaultCode.INVALID,
                    "nothing was taken into use.",
                    "The command does not say which key the ledger has granted.");
        }
        String id = command.expectedId().get();
        Optional<RootKey> found = turn.look(() -> keys.byId(target.instance(), id));
        if (found.isEmpty()) {
            return failed(
                    command,
                    FaultCode.NOT_FOUND,
                    "the root key " + id + " is not there any more.",
                    "Somebody has deleted it since it was looked up.");
        }
        return found.get().isUsable()
                ? new Outcome.Adopted(resource(found.get(), target), turn.now())
                : notUsable(command, found.get());
    }

    private Outcome findOurs(Command command, KeyTarget target, Turn turn) {
        return turn.look(() -> keys.byAlias(target.instance(), command.mark()))
                .<Outcome>map(key -> new Outcome.Created(resource(key, target), List.of(), turn.now()))
                .orElseGet(Outcome.NotFound::new);
    }

    private Outcome provision(Command command, KeyTarget target, Turn turn) {
        // The first time there can be none of ours; and Key Protect would refuse a second one of its alias.
        Optional<RootKey> ours = turn.isFirst()
                ? Optional.empty()
                : turn.look(() -> keys.byAlias(target.instance(), command.mark()));
        if (ours.isPresent()) {
            return ready(command, target, ours.get(), turn);
        }
        if (turn.mayBeRepeated()) {
            return Outcome.Deferred.askedAnew(turn.now());
        }
        List<RootKey> named = turn.look(() -> keys.named(target.instance(), target.name()));
        // Between the two looks an earlier create of ours may have shown.
        Optional<RootKey> shown = named.stream().filter(key -> key.aliases().contains(command.mark())).findFirst();
        if (shown.isPresent()) {
            return ready(command, target, shown.get(), turn);
        }
        if (!named.isEmpty()) {
            return failed(
                    command,
                    FaultCode.NAME_TAKEN,
                    "there is a key named \"" + target.name() + "\" in the instance " + target.instance().guid()
                            + " already (" + ids(named) + ").",
                    "It is not this run's, and only what is named in the request is taken into use.");
        }
        return create(command, target, turn);
    }

    private Outcome create(Command command, KeyTarget target, Turn turn) {
        NewRootKey wanted = new NewRootKey(
                target.name(), command.mark(), "Root key of cluster " + command.cluster() + ", managed by Keyfold");
        try {
            return switch (send(command, target, wanted, turn)) {
                case RootKeys.Creation.Created(RootKey key) -> {
                    turn.made(resource(key, target));
                    yield readBack(command, target, Optional.of(key), turn);
                }
                case RootKeys.Creation.AliasTaken _ -> readBack(command, target, Optional.empty(), turn);
            };
        } catch (FaultException failure) {
            if (!(failure.fault() instanceof Fault.UnknownOutcome)) {
                throw failure;
            }
            Optional<RootKey> shown = turn.look(() -> keys.byAlias(target.instance(), command.mark()));
            if (shown.isEmpty()) {
                throw failure;
            }
            return ready(command, target, shown.get(), turn);
        }
    }

    private RootKeys.Creation send(Command command, KeyTarget target, NewRootKey wanted, Turn turn) {
        return target.material().isPresent()
                ? imports.create(command, target.instance(), wanted, target.material().get(), turn)
                : turn.create(() -> keys.create(target.instance(), wanted));
    }

    private Outcome readBack(Command command, KeyTarget target, Optional<RootKey> made, Turn turn) {
        turn.sawOurs();
        Optional<RootKey> seen =
                turn.lookUntil(Optional::isPresent, () -> keys.byAlias(target.instance(), command.mark()));
        if (seen.isPresent()) {
            return ready(command, target, seen.get(), turn);
        }
        return new Outcome.Deferred(
                turn.now().plus(SHORTLY),
                made.map(key -> "The key " + key.id() + " was created and cannot be read back yet.")
                        .orElse("Key Protect says that a key has the alias " + command.mark()
                                + " already, but does not show it yet."),
                Optional.empty());
    }

    private Outcome ready(Command command, KeyTarget target, RootKey key, Turn turn) {
        turn.sawOurs();
        RootKey seen = key.state() == RootKey.State.PRE_ACTIVE
                ? turn.lookUntil(
                        latest -> latest.state() != RootKey.State.PRE_ACTIVE,
                        () -> keys.byId(target.instance(), key.id()).orElse(key))
                : key;
        // A worker of an earlier version knows no references and would have let it be generated.
        if (target.material().isPresent() && seen.generated()) {
            return failed(
                    command,
                    FaultCode.KEY_NOT_USABLE,
                    "the key \"" + seen.name() + "\" (" + seen.id() + ") is not what was asked for.",
                    "Its material was generated, not imported from " + target.material().get() + ".");
        }
        if (seen.isUsable()) {
            return withPolicies(target, seen, turn);
        }
        return seen.state() == RootKey.State.PRE_ACTIVE
                ? new Outcome.Deferred(
                        turn.now().plus(SHORTLY), "The key " + key.id() + " is not active yet.", Optional.empty())
                : notUsable(command, seen);
    }

    private Outcome withPolicies(KeyTarget target, RootKey key, Turn turn) {
        return policies.notShownYet(target, key.id(), turn)
                .<Outcome>map(
                        policy -> new Outcome.Deferred(
                                turn.now().plus(SHORTLY),
                                "The " + policy + " of the key " + key.id() + " was set and cannot be read back yet.",
                                Optional.empty()))
                .orElseGet(() -> new Outcome.Created(resource(key, target), List.of(), turn.now()));
    }

    private Outcome remove(Command command, KeyTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        Optional<RootKey> found = turn.look(() -> keys.byId(target.instance(), id));
        Resource resource = found.map(key -> resource(key, target))
                .orElseGet(() -> Resource.ofId(id, target.instance().guid(), target.instance().region()));
        try {
            // Also where it was not found: one that was made a moment ago may not be visible yet.
            turn.delete(() -> keys.delete(target.instance(), id));
        } catch (FaultException failure) {
            switch (failure.fault()) {
                case Fault.UnknownOutcome _ -> {
                    // It may have worked: look.
                }
                case Fault.Transient _ -> throw failure;
                case Fault.Permanent refused -> {
                    return new Outcome.CompensationFailed(
                            resource,
                            switch (refused.code()) {
                                case KEY_IN_USE ->
                                    Wording.of(command, refused, "It still protects " + protectedBy(target, id, turn));
                                case SECOND_AUTHORIZATION_NEEDED -> agreed(command, target, refused, turn);
                                default -> Wording.of(command, refused);
                            });
                }
            }
        }
        RootKeys.Sighting seen =
                turn.lookUntil(RootKeyWorker::isGone, () -> keys.sighting(target.instance(), id));
        return isGone(seen) ? gone(resource, found.isPresent(), seen, turn)
                : new Outcome.Deferred(
                        turn.now().plus(SHORTLY),
                        "The key " + id + " was asked to go and is still there.",
                        Optional.empty());
    }

    /// Deletes only what it sees to be ours: that this key is, nobody says but a sweep.
    private Outcome sweep(Command command, KeyTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        Optional<RootKey> found = turn.look(() -> keys.byId(target.instance(), id));
        if (found.isEmpty()) {
            RootKeys.Sighting seen = turn.look(() -> keys.sighting(target.instance(), id));
            return isGone(seen)
                    ? gone(Resource.ofId(id, target.instance().guid(), target.instance().region()), false, seen, turn)
                    : new Outcome.Deferred(
                            turn.now().plus(SHORTLY), "The key " + id + " does not show its mark.", Optional.empty());
        }
        return found.get().aliases().contains(command.mark())
                ? remove(command, target, turn)
                : new Outcome.CompensationFailed(
                        resource(found.get(), target),
                        Wording.of(
                                command,
                                FaultCode.NOT_OURS,
                                "the root key " + id + " was not deleted.",
                                "Its aliases are " + found.get().aliases() + ", not " + command.mark() + "."));
    }

    private static boolean isGone(RootKeys.Sighting seen) {
        return !(seen instanceof RootKeys.Sighting.Seen(SeenKey key)) || key.destruction().isPresent();
    }

    /// @param wasThere it was living before the delete, so that one has deleted it
    private static Outcome gone(Resource resource, boolean wasThere, RootKeys.Sighting seen, Turn turn) {
        return switch (seen) {
            case RootKeys.Sighting.Seen(SeenKey key) -> new Outcome.Compensated(
                    resource, key.destruction().flatMap(destruction -> destruction.restorableAt(turn.now())), "");
            case RootKeys.Sighting.NoKey() -> wasThere
                    ? new Outcome.Compensated(resource, Optional.of(turn.now().plus(SeenKey.RESTORABLE)), "")
                    : new Outcome.Compensated(
                            resource, Optional.empty(),
                            "was not there to delete: Key Protect does not know it, it was purged or never was there");
            case RootKeys.Sighting.NoInstance() -> new Outcome.Compensated(
                    resource, Optional.empty(),
                    "was not there to delete: its instance " + resource.instanceId()
                            + " is gone. Who restores that from reclamation brings back the key too, which Keyfold"
                            + " lists no more; whether anything is registered with it cannot be known now");
        };
    }

    /// One of the two that the deletion takes is the worker; the other has to be a person. A key that is still in use is
    /// not agreed to: the other might force it.
    private FaultReport agreed(Command command, KeyTarget target, Fault.Permanent refused, Turn turn) {
        String id = command.expectedId().orElseThrow();
        if (!turn.look(() -> keys.registrations(target.instance(), id)).orElse(List.of()).isEmpty()) {
            return Wording.of(
                    command,
                    FaultCode.KEY_IN_USE,
                    "the root key " + id + ", whose deletion takes two identities, was not agreed to be deleted.",
                    "It still protects " + protectedBy(target, id, turn));
        }
        turn.update(() -> keys.setForDeletion(target.instance(), id));
        return Wording.of(
                command,
                refused,
                "The deletion of key " + id + " in instance " + target.instance().guid()
                        + " takes two identities. The worker's has agreed, for 7 days.");
    }

    /// For people only: a fault here takes nothing from the answer.
    private String protectedBy(KeyTarget target, String id, Turn turn) {
        try {
            List<KeyRegistration> registrations =
                    turn.look(() -> keys.registrations(target.instance(), id)).orElse(List.of());
            if (registrations.isEmpty()) {
                return "something that it does not name.";
            }
            String some = registrations.stream().limit(SHOWN).map(KeyRegistration::resource).collect(joining(", "));
            return registrations.size() <= SHOWN ? some + "."
                    : some + " and " + (registrations.size() - SHOWN) + " more.";
        } catch (FaultException unreadable) {
            return "something that could not be read (" + unreadable.fault().code() + ").";
        }
    }

    private static Outcome notUsable(Command command, RootKey key) {
        return failed(
                command,
                FaultCode.KEY_NOT_USABLE,
                "the key \"" + key.name() + "\" (" + key.id() + ") cannot be used.",
                key.extractable()
                        ? "It is a standard key, and only a root key can protect storage."
                        : "It is " + key.state().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", not active.");
    }

    private static Outcome failed(Command command, FaultCode code, String happened, String why) {
        return new Outcome.Failed(Wording.of(command, code, happened, why));
    }

    static Resource resource(RootKey key, KeyTarget target) {
        return new Resource(
                key.id(),
                key.crn().value(),
                key.name(),
                target.instance().guid(),
                target.instance().region(),
                key.createdAt());
    }

    private static String ids(List<RootKey> keys) {
        String some = keys.stream().map(RootKey::id).sorted().limit(SHOWN).collect(joining(", "));
        return keys.size() <= SHOWN ? some : some + " and " + (keys.size() - SHOWN) + " more";
    }
}
