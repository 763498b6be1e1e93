package io.keyfold.workers.kmsinstance;

import static java.util.stream.Collectors.joining;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import io.keyfold.workers.step.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Makes, finds, verifies and removes the Key Protect instance of a cluster.
///
/// Names of instances are not unique, and an instance gives back no mark of ours. So whatever was begun must have shown
/// before another one is created, and whose an instance is follows from its name, its creator and its age.
public final class KmsInstanceWorker implements Worker<InstanceTarget> {
    /// By so much IBM's clock may be behind ours.
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private static final Duration WHILE_PROVISIONING = Duration.ofSeconds(10);
    private static final int SHOWN = 10;
    // Account docs, "Resource reclamation": most requests must be made within 7 days.
    private static final Duration RESTORABLE = Duration.ofDays(7);

    private final KmsInstances instances;

    private final NewKmsInstance.AllowedNetwork allowedNetwork;
    private final InstanceInspection inspection;

    public KmsInstanceWorker(KmsInstances instances, NewKmsInstance.AllowedNetwork allowedNetwork) {
        this.instances = instances;
        this.allowedNetwork = allowedNetwork;
        this.inspection = new InstanceInspection(instances);
    }

    @Override
    public Outcome carryOut(Command command, InstanceTarget target, Turn turn) {
        return switch (command.action()) {
            case RESOLVE -> command.adoptOnly() ? findNamed(command, target, turn) : findOurs(target, turn);
            case PROVISION -> command.adoptOnly() ? adopt(command, turn) : provision(command, target, turn);
            case COMPENSATE -> remove(command, turn);
            case SWEEP -> sweep(command, target, turn);
            case VERIFY -> inspection.carryOut(command, target, turn);
            case REPAIR, UNKNOWN ->
                throw new IllegalArgumentException("not carried out here: " + command.action());
        };
    }

    private Outcome findNamed(Command command, InstanceTarget target, Turn turn) {
        List<KmsInstance> named = turn.look(() -> instances.named(target.name()));
        List<KmsInstance> candidates =
                named.stream().filter(instance -> instance.state() != KmsInstance.State.FAILED).toList();
        if (candidates.size() > 1) {
            return failed(
                    command,
                    FaultCode.AMBIGUOUS_NAME,
                    "there are " + candidates.size() + " Key Protect instances named \"" + target.name() + "\": "
                            + guids(candidates) + ".",
                    "Which of them is meant cannot be told.");
        }
        if (!candidates.isEmpty()) {
            return adopted(command, candidates.getFirst(), turn);
        }
        return named.isEmpty()
                ? failed(
                        command,
                        FaultCode.NOT_FOUND,
                        "there is no Key Protect instance named \"" + target.name() + "\".",
                        "It was looked for in the whole account. One that has to exist already is never created.")
                : neverReady(command, named.getFirst());
    }

    private Outcome adopt(Command command, Turn turn) {
        if (command.expectedId().isEmpty()) {
            return failed(
                    command,
                    FaultCode.INVALID,
                    "nothing was taken into use.",
                    "The command does not say which instance the ledger has granted.");
        }
        String guid = command.expectedId().get();
        Optional<KmsInstance> instance =
                turn.look(() -> instances.byGuid(guid)).filter(found -> !found.state().isGone());
        return instance.map(found -> adopted(command, found, turn))
                .orElseGet(() -> failed(
                        command,
                        FaultCode.NOT_FOUND,
                        "the Key Protect instance " + guid + " is not there any more.",
                        "Somebody has removed it since it was looked up."));
    }

    private Outcome adopted(Command command, KmsInstance instance, Turn turn) {
        return switch (instance.state()) {
            case ACTIVE -> new Outcome.Adopted(resource(instance), turn.now());
            case PRE_PROVISIONING, PROVISIONING, UNKNOWN -> provisioning(instance, turn);
            case INACTIVE, FAILED, PENDING_RECLAMATION, REMOVED -> neverReady(command, instance);
        };
    }

    private Outcome findOurs(InstanceTarget target, Turn turn) {
        List<KmsInstance> ours = ours(turn.look(() -> instances.named(target.name())), target, turn);
        return ours.isEmpty() ? new Outcome.NotFound() : created(ours.getFirst(), ours, turn);
    }

    private Outcome provision(Command command, InstanceTarget target, Turn turn) {
        List<KmsInstance> named = turn.look(() -> instances.named(target.name()));
        List<KmsInstance> ours = ours(named, target, turn);
        if (!ours.isEmpty()) {
            return untilReady(command, ours, turn);
        }
        if (command.expectedId().isPresent()) {
            return untilShown(command, command.expectedId().get(), turn);
        }
        if (turn.mayBeRepeated()) {
            return new Outcome.Deferred(
                    turn.afterACall(),
                    "Another process may have begun to create the instance: it is looked for again once its call has"
                            + " shown or failed.",
                    Optional.empty());
        }
        if (!named.isEmpty()) {
            return failed(
                    command,
                    FaultCode.NAME_TAKEN,
                    "there is a Key Protect instance named \"" + target.name() + "\" already (" + guids(named) + ").",
                    "It is not this run's, and only what is named in the request is taken into use.");
        }
        return create(command, target, turn);
    }

    private Outcome create(Command command, InstanceTarget target, Turn turn) {
        Optional<String> group = turn.look(() -> instances.resourceGroupId(target.resourceGroup()));
        if (group.isEmpty()) {
            return failed(
                    command,
                    FaultCode.NOT_FOUND,
                    "there is no resource group named \"" + target.resourceGroup() + "\".",
                    "The instance was to be created in it.");
        }
        NewKmsInstance wanted =
                new NewKmsInstance(target.name(), target.region(), group.get(), allowedNetwork, target.tags());
        KmsInstance made;
        try {
            made = turn.create(() -> instances.create(wanted));
        } catch (FaultException failure) {
            if (!(failure.fault() instanceof Fault.UnknownOutcome)) {
                throw failure;
            }
            List<KmsInstance> shown = ours(turn.look(() -> instances.named(target.name())), target, turn);
            if (shown.isEmpty()) {
                throw failure;
            }
            return untilReady(command, shown, turn);
        }
        turn.made(resource(made));
        // Somebody who was thought dead may have created one beside ours.
        List<KmsInstance> all = ours(turn.look(() -> instances.activeOrProvisioning(target.name())), target, turn);
        return untilReady(command, with(made, all), turn);
    }

    /// An earlier command has created it, and no list shows it: it is waited for, never created again.
    private Outcome untilShown(Command command, String guid, Turn turn) {
        turn.sawOurs();
        Optional<KmsInstance> shown =
                turn.lookUntil(seen -> seen.map(KmsInstance::state).filter(KmsInstanceWorker::isSettled).isPresent(),
                        () -> instances.byGuid(guid));
        return shown.map(instance -> untilReady(command, List.of(instance), turn))
                .orElseGet(() -> new Outcome.Deferred(
                        turn.now().plus(WHILE_PROVISIONING),
                        "IBM Cloud does not show the instance " + guid + " yet, which it said to have created.",
                        Optional.empty()));
    }

    private Outcome untilReady(Command command, List<KmsInstance> ours, Turn turn) {
        KmsInstance chosen = ours.stream()
                .filter(instance -> instance.state() != KmsInstance.State.FAILED)
                .findFirst()
                .orElse(ours.getFirst());
        turn.made(resource(chosen));
        if (chosen.state() == KmsInstance.State.ACTIVE) {
            return created(chosen, ours, turn);
        }
        // A new one may not be visible yet: then what is known of it stands.
        KmsInstance seen = turn.lookUntil(
                instance -> isSettled(instance.state()), () -> instances.byGuid(chosen.guid()).orElse(chosen));
        return switch (seen.state()) {
            case ACTIVE -> created(seen, ours, turn);
            case PRE_PROVISIONING, PROVISIONING, INACTIVE, UNKNOWN -> provisioning(seen, turn);
            case FAILED, PENDING_RECLAMATION, REMOVED -> neverReady(command, seen);
        };
    }

    /// IBM's own Terraform provider takes inactive for a state on the way to active.
    private static boolean isSettled(KmsInstance.State state) {
        return switch (state) {
            case ACTIVE, FAILED, PENDING_RECLAMATION, REMOVED -> true;
            case PRE_PROVISIONING, PROVISIONING, INACTIVE, UNKNOWN -> false;
        };
    }

    private Outcome remove(Command command, Turn turn) {
        String guid = command.expectedId().orElseThrow();
        Optional<KmsInstance> found = turn.look(() -> instances.byGuid(guid));
        Resource resource =
                found.map(KmsInstanceWorker::resource).orElseGet(() -> Resource.ofId(guid, guid, ""));
        if (found.isPresent() && isGone(found)) {
            return goneBefore(found.get());
        }
        try {
            // Also where it was not found: one that was made a moment ago may not be visible yet.
            turn.delete(() -> instances.delete(guid));
        } catch (FaultException failure) {
            Optional<Outcome> answer = refusal(command, failure.fault(), resource, found, turn);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        Predicate<Optional<KmsInstance>> gone = KmsInstanceWorker::isGone;
        Optional<KmsInstance> seen = turn.lookUntil(gone, () -> instances.byGuid(guid));
        if (!isGone(seen)) {
            return new Outcome.Deferred(
                    turn.now().plus(WHILE_PROVISIONING),
                    "The instance " + guid + " was asked to go and is still there.",
                    Optional.empty());
        }
        if (found.isEmpty() && seen.isEmpty()) {
            return new Outcome.Compensated(
                    resource, Optional.empty(), "was not there to delete: IBM Cloud does not know it");
        }
        Optional<Instant> fromNow = Optional.of(turn.now().plus(RESTORABLE)).filter(_ -> found.isPresent());
        return new Outcome.Compensated(
                resource,
                seen.filter(instance -> instance.state() == KmsInstance.State.PENDING_RECLAMATION)
                        .flatMap(instance -> instance.reclaimAt().or(() -> fromNow)),
                "");
    }

    /// Deletes only what it sees to be ours, as far as an instance shows that: that it is, nobody says but a sweep.
    private Outcome sweep(Command command, InstanceTarget target, Turn turn) {
        String guid = command.expectedId().orElseThrow();
        Optional<KmsInstance> found = turn.look(() -> instances.byGuid(guid));
        if (found.isEmpty()) {
            return new Outcome.Compensated(
                    Resource.ofId(guid, guid, ""), Optional.empty(),
                    "was not there to delete: IBM Cloud does not know it");
        }
        String us = turn.look(instances::whoAmI);
        KmsInstance instance = found.get();
        return instance.name().equals(target.name()) && instance.createdBy().equals(us)
                ? remove(command, turn)
                : new Outcome.CompensationFailed(
                        resource(instance),
                        Wording.of(
                                command,
                                FaultCode.NOT_OURS,
                                "the instance " + guid + " was not deleted.",
                                "It is named \"" + instance.name() + "\" and was created by " + instance.createdBy()
                                        + "; ours would be named \"" + target.name() + "\" and created by " + us
                                        + "."));
    }

    /// By whom and when, it does not say: an earlier try of ours, or somebody else.
    private static Outcome goneBefore(KmsInstance instance) {
        return instance.state() == KmsInstance.State.PENDING_RECLAMATION
                ? new Outcome.Compensated(
                        resource(instance), instance.reclaimAt(),
                        "was in reclamation already. Who restores it brings back what is in it too, which Keyfold lists"
                                + " no more")
                : new Outcome.Compensated(resource(instance), Optional.empty(), "was removed already");
    }

    /// Empty: the delete may have worked, look.
    private static Optional<Outcome> refusal(
            Command command, Fault fault, Resource resource, Optional<KmsInstance> found, Turn turn) {
        return switch (fault) {
            case Fault.UnknownOutcome _ -> Optional.empty();
            case Fault.Transient passing -> throw new FaultException(passing);
            case Fault.Permanent permanent when permanent.code() == FaultCode.CONFLICT && isOnItsWay(found) ->
                Optional.of(new Outcome.Deferred(
                        turn.now().plus(WHILE_PROVISIONING),
                        "IBM Cloud does not remove the instance " + resource.id() + " while it is being provisioned.",
                        Optional.of(Wording.of(command, permanent))));
            case Fault.Permanent permanent ->
                Optional.of(new Outcome.CompensationFailed(resource, Wording.of(command, permanent)));
        };
    }

    private static boolean isOnItsWay(Optional<KmsInstance> instance) {
        return instance.map(KmsInstance::state)
                .filter(state -> state == KmsInstance.State.PROVISIONING || state == KmsInstance.State.PRE_PROVISIONING)
                .isPresent();
    }

    private static boolean isGone(Optional<KmsInstance> instance) {
        return instance.isEmpty() || instance.get().state().isGone();
    }

    /// This run's own, the one to choose first.
    private List<KmsInstance> ours(List<KmsInstance> named, InstanceTarget target, Turn turn) {
        if (named.isEmpty()) {
            return List.of();
        }
        String us = turn.look(instances::whoAmI);
        List<KmsInstance> ours = named.stream()
                .filter(instance -> instance.createdBy().equals(us))
                .filter(instance -> !target.foreignIds().contains(instance.guid()))
                .filter(instance -> !instance.createdAt().isBefore(target.firstIssuedAt().minus(CLOCK_TOLERANCE)))
                .sorted(KmsInstance.OLDEST_FIRST)
                .toList();
        if (!ours.isEmpty()) {
            turn.sawOurs();
        }
        return ours;
    }

    private static List<KmsInstance> with(KmsInstance made, List<KmsInstance> listed) {
        boolean isListed = listed.stream().anyMatch(instance -> instance.guid().equals(made.guid()));
        return isListed
                ? listed
                : Stream.concat(Stream.of(notReadBack(made)), listed.stream())
                        .sorted(KmsInstance.OLDEST_FIRST)
                        .toList();
    }

    /// What only the create has said is not taken for ready.
    private static KmsInstance notReadBack(KmsInstance made) {
        return new KmsInstance(
                made.crn(),
                made.guid(),
                made.name(),
                made.region(),
                made.resourceGroupId(),
                KmsInstance.State.PROVISIONING,
                made.createdAt(),
                made.createdBy(),
                made.trouble(),
                made.reclaimAt());
    }

    private static Outcome created(KmsInstance chosen, List<KmsInstance> ours, Turn turn) {
        List<Resource> surplus = ours.stream()
                .filter(instance -> !instance.guid().equals(chosen.guid()))
                .map(KmsInstanceWorker::resource)
                .toList();
        return new Outcome.Created(resource(chosen), surplus, turn.now());
    }

    private static Outcome provisioning(KmsInstance instance, Turn turn) {
        return new Outcome.Deferred(
                turn.now().plus(WHILE_PROVISIONING),
                "The instance " + instance.guid() + " is not active yet, but " + words(instance.state()) + ".",
                Optional.empty());
    }

    private static Outcome neverReady(Command command, KmsInstance instance) {
        return failed(
                command,
                FaultCode.NEVER_READY,
                "the Key Protect instance \"" + instance.name() + "\" (" + instance.guid() + ") is "
                        + words(instance.state()) + " and cannot be used.",
                instance.trouble().map(said -> "IBM Cloud says: " + said).orElse("IBM Cloud gives no reason."));
    }

    private static Outcome failed(Command command, FaultCode code, String happened, String why) {
        return new Outcome.Failed(Wording.of(command, code, happened, why));
    }

    static Resource resource(KmsInstance instance) {
        return new Resource(
                instance.guid(),
                instance.crn().value(),
                instance.name(),
                instance.guid(),
                instance.region(),
                Optional.of(instance.createdAt()));
    }

    private static String guids(List<KmsInstance> instances) {
        String some = instances.stream().map(KmsInstance::guid).sorted().limit(SHOWN).collect(joining(", "));
        return instances.size() <= SHOWN ? some : some + " and " + (instances.size() - SHOWN) + " more";
    }

    static String words(KmsInstance.State state) {
        return state.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
