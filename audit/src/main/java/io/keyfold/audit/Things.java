package io.keyfold.audit;

import io.keyfold.audit.CloudEvidence.Thing;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.VerificationFinding;
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
    private static final Set<Ownership> OWNED = EnumSet.of(Ownership.CREATED, Ownership.RETAINED, Ownership.UNUSED);
    private static final Set<Ownership> USED = EnumSet.of(Ownership.CREATED, Ownership.ADOPTED);

    private final Evidence evidence;
    private final CloudEvidence cloud;
    private final Findings findings;
    private final Map<String, Thing> byId;

    private Things(Evidence evidence, CloudEvidence cloud, Findings findings) {
        this.evidence = evidence;
        this.cloud = cloud;
        this.findings = findings;
        this.byId =
                cloud.things().stream().collect(Collectors.toMap(Thing::id, Function.identity(), (one, _) -> one));
    }

    static void check(Evidence evidence, CloudEvidence cloud, Moment moment, Findings findings) {
        var things = new Things(evidence, cloud, findings);
        if (cloud.calls().isPresent() && moment != Moment.LIVE) {
            things.ofOthersAreThere();
        }
        things.areSingle();
        things.areAsListed();
        if (moment == Moment.AT_THE_END) {
            things.areGone();
        }
    }

    private void areGone() {
        findings.checked(Invariant.NOTHING_IS_LEFT_BEHIND, cloud.things().size());
        cloud.things().stream().filter(thing -> thing.isThere() && thing.isOurs())
                .forEach(thing -> violated(Invariant.NOTHING_IS_LEFT_BEHIND, thing, "is still there"));
    }

    private void ofOthersAreThere() {
        findings.checked(
                Invariant.NOTHING_OF_OTHERS_IS_DELETED,
                cloud.things().stream().filter(thing -> !thing.isOurs()).count());
        cloud.things().stream().filter(thing -> !thing.isOurs() && !thing.isThere())
                .forEach(
                        thing -> violated(
                                Invariant.NOTHING_OF_OTHERS_IS_DELETED, thing, "is somebody else's, and gone"));
    }

    private void areSingle() {
        Map<String, Thing> byMark = new HashMap<>();
        for (Thing thing : cloud.things()) {
            if (!thing.isThere() || !thing.isOurs()) {
                continue;
            }
            for (String mark : thing.marks()) {
                findings.checked(Invariant.NOTHING_IS_DOUBLED);
                Thing other = byMark.putIfAbsent(thing.account() + thing.kind() + mark, thing);
                if (other != null && !evidence.isMoving(thing.cluster())) {
                    violated(Invariant.NOTHING_IS_DOUBLED, thing, "and " + other.id() + " both are for " + mark);
                }
            }
        }
    }

    private void areAsListed() {
        Map<String, List<String>> owners = new HashMap<>();
        evidence.topics().latest().forEach((cluster, status) -> {
            if (cloud.accounts().contains(account(cluster)) && !evidence.isMoving(cluster)) {
                check(cluster, status);
            }
            status.getResources().stream().filter(resource -> OWNED.contains(resource.getOwnership())).forEach(
                    resource -> owners.computeIfAbsent(resource.getId(), _ -> new ArrayList<>()).add(cluster));
        });
        for (Thing thing : cloud.things()) {
            List<String> listedBy = owners.getOrDefault(thing.id(), List.of());
            if (!thing.isOurs() || !thing.isThere() || evidence.isMoving(thing.cluster())
                    || listedBy.stream().anyMatch(evidence::isMoving)) {
                continue;
            }
            findings.checked(Invariant.STATUS_AND_CLOUD_AGREE);
            if (listedBy.size() != 1) {
                violated(
                        Invariant.STATUS_AND_CLOUD_AGREE, thing,
                        "is there and made by us; " + (listedBy.isEmpty() ? "no status lists it as its own"
                                : "it is listed as their own by " + listedBy));
            }
        }
    }

    private void check(String cluster, ClusterEncryptionStatus status) {
        Set<String> known = knownToHaveDrifted(status);
        Set<StepName> inUse = new HashSet<>();
        for (ResourceStatus resource : status.getResources()) {
            if (resource.getOwnership() == Ownership.SKIPPED) {
                continue;
            }
            findings.checked(Invariant.STATUS_AND_CLOUD_AGREE);
            if (!known.contains(resource.getId())) {
                check(cluster, resource);
            }
            if (USED.contains(resource.getOwnership()) && !inUse.add(resource.getStep())) {
                violated(Invariant.NOTHING_IS_DOUBLED, cluster, resource, "beside another one for the same step");
            }
        }
        boolean usesAKey = inUse.contains(StepName.KMS_INSTANCE) && inUse.contains(StepName.ROOT_KEY);
        if (status.getStanding() == Standing.CUSTOMER_MANAGED && !usesAKey) {
            findings.violated(
                    Invariant.STATUS_AND_CLOUD_AGREE, cluster, "is CUSTOMER_MANAGED, but uses only " + inUse);
        }
    }

    private void check(String cluster, ResourceStatus resource) {
        Thing thing = byId.get(resource.getId());
        if (thing == null || !thing.isThere()) {
            violated(Invariant.STATUS_AND_CLOUD_AGREE, cluster, resource, "which is not there");
            return;
        }
        if (OWNED.contains(resource.getOwnership()) && !thing.isOurs()) {
            violated(Invariant.STATUS_AND_CLOUD_AGREE, cluster, resource, "which is not ours by its mark or maker");
        }
        if (USED.contains(resource.getOwnership())) {
            findings.checked(Invariant.WHAT_IS_USED_CAN_BE_USED);
            if (!thing.isUsable()) {
                violated(Invariant.WHAT_IS_USED_CAN_BE_USED, cluster, resource, "which is not active");
            }
        }
    }

    /// What the status itself tells of is no contradiction.
    private static Set<String> knownToHaveDrifted(ClusterEncryptionStatus status) {
        var verification = status.getVerification();
        return verification == null ? Set.of()
                : verification.getFindings().stream()
                        .filter(
                                finding -> finding.getCondition() == ResourceCondition.MISSING
                                        || finding.getCondition() == ResourceCondition.CHANGED)
                        .map(VerificationFinding::getId).collect(Collectors.toSet());
    }

    private void violated(Invariant invariant, String cluster, ResourceStatus resource, String what) {
        findings.violated(
                invariant, cluster,
                "lists " + words(resource.getKind()) + " " + resource.getId() + " of run " + resource.getRun()
                        + " as " + resource.getOwnership() + ", " + what);
    }

    private void violated(Invariant invariant, Thing thing, String what) {
        findings.violated(
                new Violation(
                        invariant, thing.account(), thing.cluster(),
                        words(thing.kind()) + " " + thing.id() + " \"" + thing.name() + "\" " + thing.marks() + " in "
                                + thing.account() + " " + what,
                        List.of()));
    }

    private static String words(ResourceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String account(String cluster) {
        return cluster.substring(0, Math.max(0, cluster.indexOf('/')));
    }
}
