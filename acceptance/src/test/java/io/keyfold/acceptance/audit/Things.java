package io.keyfold.acceptance.audit;

import io.keyfold.acceptance.audit.Evidence.Thing;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Whether what is in the cloud is what the statuses say.
final class Things {
    private final Evidence evidence;
    private final Map<String, Thing> byId;
    private final List<Violation> found = new ArrayList<>();

    private Things(Evidence evidence) {
        this.evidence = evidence;
        this.byId = evidence.things().stream().collect(Collectors.toMap(Thing::id, Function.identity()));
    }

    static List<Violation> of(Evidence evidence) {
        var things = new Things(evidence);
        things.ofOthersAreThere();
        things.areSingle();
        things.areAsListed();
        return things.found;
    }

    /// What is ours and still there.
    static List<Violation> left(Evidence evidence) {
        return evidence.things().stream().filter(thing -> thing.isThere() && thing.isOurs())
                .map(thing -> violation(Invariant.NOTHING_IS_LEFT_BEHIND, thing, "is still there")).toList();
    }

    private void ofOthersAreThere() {
        evidence.things().stream().filter(thing -> !thing.isOurs() && !thing.isThere()).forEach(
                thing -> found
                        .add(violation(Invariant.NOTHING_OF_OTHERS_IS_DELETED, thing, "is somebody else's, and gone")));
    }

    private void areSingle() {
        Map<String, Thing> byMark = new HashMap<>();
        for (Thing thing : evidence.things()) {
            if (!thing.isThere() || !thing.isOurs()) {
                continue;
            }
            for (String mark : thing.marks()) {
                Thing other = byMark.putIfAbsent(thing.account() + thing.kind() + mark, thing);
                if (other != null) {
                    found.add(
                            violation(
                                    Invariant.NOTHING_IS_DOUBLED, thing,
                                    "and " + other.id() + " both are for " + mark));
                }
            }
        }
    }

    private void areAsListed() {
        Map<String, List<String>> owners = new HashMap<>();
        for (String cluster : evidence.clusters()) {
            evidence.latest(cluster).ifPresent(status -> {
                check(cluster, status);
                status.getResources().stream().filter(resource -> isOwner(resource.getOwnership())).forEach(
                        resource -> owners.computeIfAbsent(resource.getId(), _ -> new ArrayList<>()).add(cluster));
            });
        }
        for (Thing thing : evidence.things()) {
            List<String> listedBy = owners.getOrDefault(thing.id(), List.of());
            if (thing.isOurs() && thing.isThere() && listedBy.size() != 1) {
                found.add(
                        violation(
                                Invariant.STATUS_AND_CLOUD_AGREE, thing,
                                "is there and made by us; it is listed as their own by " + listedBy));
            }
        }
    }

    private static boolean isOwner(Ownership ownership) {
        return ownership == Ownership.CREATED || ownership == Ownership.RETAINED || ownership == Ownership.UNUSED;
    }

    private void check(String cluster, ClusterEncryptionStatus status) {
        Set<StepName> inUse = new HashSet<>();
        for (ResourceStatus resource : status.getResources()) {
            if (resource.getOwnership() == Ownership.SKIPPED) {
                continue;
            }
            Thing thing = byId.get(resource.getId());
            if (thing == null || !thing.isThere()) {
                violated(Invariant.STATUS_AND_CLOUD_AGREE, cluster, resource, "which is not there");
            } else if (isOwner(resource.getOwnership()) && !thing.isOurs()) {
                violated(Invariant.STATUS_AND_CLOUD_AGREE, cluster, resource, "which somebody else has made");
            }
            boolean isUsed = EnumSet.of(Ownership.CREATED, Ownership.ADOPTED).contains(resource.getOwnership());
            if (isUsed && !inUse.add(resource.getStep())) {
                violated(Invariant.NOTHING_IS_DOUBLED, cluster, resource, "beside another one for the same step");
            }
        }
        boolean usesAKey = inUse.contains(StepName.KMS_INSTANCE) && inUse.contains(StepName.ROOT_KEY);
        if (status.getStanding() == Standing.CUSTOMER_MANAGED && !usesAKey) {
            found.add(
                    Violation.of(
                            Invariant.STATUS_AND_CLOUD_AGREE, cluster,
                            "is CUSTOMER_MANAGED, but uses only " + inUse));
        }
    }

    private void violated(Invariant invariant, String cluster, ResourceStatus resource, String what) {
        found.add(
                Violation.of(
                        invariant, cluster,
                        "lists " + words(resource.getKind()) + " " + resource.getId() + " of run " + resource.getRun()
                                + " as " + resource.getOwnership() + ", " + what));
    }

    private static Violation violation(Invariant invariant, Thing thing, String what) {
        return new Violation(
                invariant, thing.account(),
                words(thing.kind()) + " " + thing.id() + " \"" + thing.name() + "\" " + thing.marks() + " in "
                        + thing.account() + " " + what);
    }

    private static String words(ResourceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
