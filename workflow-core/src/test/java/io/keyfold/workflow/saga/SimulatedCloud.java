package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.PlannedStep.Source;
import io.keyfold.workflow.request.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// IBM Cloud as far as the sagas depend on it: names of instances are not unique, lists lag behind, a key's alias is
/// unique in its instance, and a second policy of the same source and target is refused with the first one's id.
final class SimulatedCloud {
    /// Whoever made what nobody here has made.
    static final String SOMEBODY_ELSE = "somebody else";

    private final Map<String, Thing> things = new LinkedHashMap<>();
    private int ids;

    /// @param mark    a key's alias or a policy's description; empty for instances
    /// @param maker   the cluster whose command made it
    /// @param run     the run whose command made it
    /// @param listedAt from when on lists show it
    record Thing(
            String id,
            ResourceKind kind,
            String name,
            String mark,
            String instanceId,
            Optional<Source> source,
            String maker,
            int run,
            Instant createdAt,
            Instant listedAt) {}

    private final TreeSet<String> gone = new TreeSet<>();
    private final Set<String> changedByHand = new TreeSet<>();
    private final Set<String> disabled = new TreeSet<>();
    private final Set<String> restorable = new TreeSet<>();
    private final Map<String, String> registrations = new LinkedHashMap<>();
    private final Set<String> delegable = new TreeSet<>();
    private final Map<String, Integer> rotations = new LinkedHashMap<>();
    private final Map<String, String> materials = new LinkedHashMap<>();
    private final Set<String> takingTwo = new TreeSet<>();
    private final Set<String> agreedTo = new TreeSet<>();

    Thing create(
            ResourceKind kind,
            String name,
            String mark,
            String instanceId,
            Optional<Source> source,
            String maker,
            int run,
            Instant now,
            Duration listedAfter) {
        String id = switch (kind) {
            case KMS_INSTANCE -> "kms-" + ++ids;
            case ROOT_KEY -> "key-" + ++ids;
            case AUTHORIZATION_POLICY -> "policy-" + ++ids;
        };
        String instance = kind == ResourceKind.KMS_INSTANCE ? id : instanceId;
        var thing = new Thing(id, kind, name, mark, instance, source, maker, run, now, now.plus(listedAfter));
        things.put(id, thing);
        return thing;
    }

    /// No list shows it before then.
    void showOnlyFrom(String id, Instant listedAt) {
        things.computeIfPresent(
                id,
                (_, thing) -> new Thing(
                        id,
                        thing.kind(),
                        thing.name(),
                        thing.mark(),
                        thing.instanceId(),
                        thing.source(),
                        thing.maker(),
                        thing.run(),
                        thing.createdAt(),
                        listedAt));
    }

    boolean isAlive(String id) {
        return things.containsKey(id) && !gone.contains(id);
    }

    Optional<Thing> byId(String id) {
        return Optional.ofNullable(things.get(id)).filter(thing -> isAlive(thing.id()));
    }

    Thing everMade(String id) {
        return things.get(id);
    }

    List<Thing> alive() {
        return things.values().stream().filter(thing -> isAlive(thing.id())).toList();
    }

    List<Thing> all() {
        return List.copyOf(things.values());
    }

    void delete(String id) {
        gone.add(id);
    }

    /// Somebody deletes it behind everybody's back; an instance takes its keys along.
    void deleteByHand(Thing thing) {
        Stream.concat(Stream.of(thing), thing.kind() == ResourceKind.KMS_INSTANCE ? keysIn(thing.id()).stream()
                : Stream.of()).forEach(lost -> {
                    gone.add(lost.id());
                    changedByHand.add(lost.id());
                });
    }

    /// Whether a root key that somebody has deleted can be brought back.
    boolean isRestorable(Thing key) {
        return restorable.contains(key.id()) && isAlive(key.instanceId());
    }

    void restorable(Thing key) {
        restorable.add(key.id());
    }

    void restore(Thing key) {
        gone.remove(key.id());
    }

    /// Somebody disables a root key behind everybody's back.
    void disableByHand(Thing key) {
        disabled.add(key.id());
        changedByHand.add(key.id());
    }

    void enable(String keyId) {
        disabled.remove(keyId);
    }

    boolean isDisabled(String keyId) {
        return disabled.contains(keyId);
    }

    /// Whether somebody has ever deleted or disabled it behind everybody's back.
    boolean isChangedByHand(String id) {
        return changedByHand.contains(id);
    }

    List<Thing> instancesNamed(String name, Instant now) {
        return listed(ResourceKind.KMS_INSTANCE, now).filter(thing -> thing.name().equals(name))
                .sorted(Comparator.comparing(Thing::createdAt).thenComparing(Thing::id)).toList();
    }

    List<Thing> keysIn(String instanceId) {
        return alive().stream()
                .filter(thing -> thing.kind() == ResourceKind.ROOT_KEY && thing.instanceId().equals(instanceId))
                .toList();
    }

    Optional<Thing> keyByAlias(String instanceId, String alias) {
        return keysIn(instanceId).stream().filter(key -> key.mark().equals(alias)).findFirst();
    }

    /// The policy that stands in the way of a new one: of the same source, and granting no less than it would.
    Optional<Thing> policy(Source source, String instanceId, boolean delegates) {
        return policies(instanceId).filter(policy -> policy.source().equals(Optional.of(source)))
                .filter(policy -> !delegates || isDelegable(policy.id()))
                .min(Comparator.comparing(policy -> isDelegable(policy.id())));
    }

    void delegate(String policyId) {
        delegable.add(policyId);
    }

    boolean isDelegable(String policyId) {
        return delegable.contains(policyId);
    }

    Optional<Thing> policyByMark(String instanceId, String mark, Instant now) {
        return policies(instanceId).filter(policy -> policy.mark().equals(mark) && !now.isBefore(policy.listedAt()))
                .findFirst();
    }

    private Stream<Thing> policies(String instanceId) {
        return alive().stream().filter(
                thing -> thing.kind() == ResourceKind.AUTHORIZATION_POLICY && thing.instanceId().equals(instanceId));
    }

    private Stream<Thing> listed(ResourceKind kind, Instant now) {
        return alive().stream().filter(thing -> thing.kind() == kind && !now.isBefore(thing.listedAt()));
    }

    /// Gives a key what was asked for it; that deleting it takes two is never taken back.
    void setPolicies(String keyId, Optional<Integer> rotationMonths, boolean takesTwo) {
        rotationMonths.ifPresent(months -> rotations.put(keyId, months));
        if (takesTwo) {
            takingTwo.add(keyId);
        }
    }

    Optional<Integer> rotationOf(String keyId) {
        return Optional.ofNullable(rotations.get(keyId));
    }

    boolean takesTwo(String keyId) {
        return takingTwo.contains(keyId);
    }

    /// The other identity agrees to whatever is to be deleted.
    void agreeToAll() {
        agreedTo.addAll(takingTwo);
    }

    boolean waitsForTheOther(String keyId) {
        return takingTwo.contains(keyId) && !agreedTo.contains(keyId);
    }

    void importedFrom(String keyId, String material) {
        materials.put(keyId, material);
    }

    Optional<String> materialOf(String keyId) {
        return Optional.ofNullable(materials.get(keyId));
    }

    /// A volume, share or bucket begins to depend on a key, by the leave of a source service.
    void register(String keyId, String source) {
        registrations.put(keyId, source);
    }

    void removeRegistrations() {
        registrations.clear();
    }

    boolean isInUse(String keyId) {
        return registrations.containsKey(keyId);
    }

    boolean hasRegistrations(String instanceId, String source) {
        return keysIn(instanceId).stream().anyMatch(key -> source.equals(registrations.get(key.id())));
    }
}
