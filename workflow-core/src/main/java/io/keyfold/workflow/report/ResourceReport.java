package io.keyfold.workflow.report;

import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.Counted;
import io.keyfold.workflow.saga.RegistrationCount;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Undo;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A cloud resource that the saga lists: in use, kept, unused, or on its way to be deleted.
///
/// @param id          GUID, key id or policy id; empty for a skipped authorization, whose id is not known
/// @param crn         empty for policies
/// @param since       since when it is visible and so owned; for a skipped one, since when it is relied on
/// @param askedAgainAt RETAINED: when it is asked again whether it may be deleted
/// @param retainedFor RETAINED: the clusters or registered resources that still need it
/// @param rotationMonths a root key that is rotated by itself: every how many months
/// @param dualAuthorization a root key of which deleting it takes two identities, as was asked
/// @param registrations a root key in force: what is encrypted with it, as last counted
public record ResourceReport(
        ResourceKind kind,
        StepName step,
        ReportedOwnership ownership,
        String id,
        String crn,
        String name,
        int run,
        Instant since,
        Optional<Instant> askedAgainAt,
        List<String> retainedFor,
        Optional<Integer> rotationMonths,
        boolean dualAuthorization,
        Optional<List<RegistrationCount>> registrations) {
    public ResourceReport {
        retainedFor = List.copyOf(retainedFor);
    }

    /// In the order of the steps; surplus ones, which no step owns and which are being deleted, are among them.
    static List<ResourceReport> allOf(Saga saga) {
        Stream<Resource> surplus = saga.undos().stream().map(Undo::resource)
                .filter(resource -> saga.resource(resource.id()).isEmpty());
        return Stream
                .concat(Stream.concat(saga.resources().stream(), surplus).map(resource -> of(saga, resource)),
                        skipped(saga))
                .sorted(Comparator.comparing(ResourceReport::step).thenComparing(ResourceReport::id)).toList();
    }

    private static ResourceReport of(Saga saga, Resource resource) {
        return new ResourceReport(
                resource.kind(),
                resource.step(),
                ReportedOwnership.of(resource.ownership()),
                resource.id(),
                resource.what().crn(),
                resource.what().name(),
                resource.run(),
                resource.since(),
                resource.askAgainAt(),
                resource.keptFor(),
                resource.rotationMonths(),
                resource.dualAuthorization(),
                saga.verification().countedFor(resource.id()).map(Counted::registrations));
    }

    /// The authorizations that the standing relies on without knowing them.
    private static Stream<ResourceReport> skipped(Saga saga) {
        return saga.inForce().stream().flatMap(inForce -> Plan.of(inForce.request()).steps().stream())
                .filter(step -> step instanceof PlannedStep.Authorization authorization && authorization.skipped())
                // One that was kept is known and listed as a resource.
                .filter(step -> saga.inForce().flatMap(inForce -> inForce.id(step.step())).isEmpty())
                .map(
                        step -> new ResourceReport(
                                ResourceKind.AUTHORIZATION_POLICY,
                                step.step(),
                                ReportedOwnership.SKIPPED,
                                "",
                                "",
                                "",
                                0,
                                saga.standingSince().orElse(Instant.EPOCH),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                false,
                                Optional.empty()));
    }
}
