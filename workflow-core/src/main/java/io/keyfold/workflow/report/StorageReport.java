package io.keyfold.workflow.report;

import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.saga.Counted;
import io.keyfold.workflow.saga.InForce;
import io.keyfold.workflow.saga.RegistrationCount;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Standing;
import java.time.Instant;
import java.util.Optional;

/// How one storage service of the cluster is encrypted now.
///
/// @param encryption             NONE, CUSTOMER_MANAGED or PROVIDER_MANAGED
/// @param rootKeyCrn             empty if none; likewise `rootKeyName`
/// @param authorizationId        empty if skipped or none
/// @param authorizedSince        since when the authorization is visible
/// @param authorizationScope     what the authorization covers, in words; empty if none
/// @param registrations          how many of the service's resources are encrypted with the root key, as last counted
public record StorageReport(
        StorageService service,
        Standing encryption,
        String rootKeyCrn,
        String rootKeyName,
        Optional<ReportedOwnership> rootKeyOwnership,
        String authorizationId,
        Optional<ReportedOwnership> authorizationOwnership,
        Optional<Instant> authorizedSince,
        String authorizationScope,
        Optional<Long> registrations) {

    static StorageReport of(Saga saga, StorageService service) {
        return switch (saga.standing()) {
            case NONE, DEPROVISIONED -> without(service, Standing.NONE);
            case PROVIDER_MANAGED -> without(service, Standing.PROVIDER_MANAGED);
            case CUSTOMER_MANAGED -> saga.inForce().map(inForce -> customerManaged(saga, inForce, service))
                    .orElseGet(() -> without(service, Standing.NONE));
            // Some of what the standing rests on is gone: without its key a service is not encrypted with it any more.
            case DRIFTED -> saga.inForce().filter(inForce -> keyOf(saga, inForce, service).isPresent())
                    .map(inForce -> customerManaged(saga, inForce, service))
                    .orElseGet(() -> without(service, Standing.NONE));
        };
    }

    private static Optional<Resource> keyOf(Saga saga, InForce inForce, StorageService service) {
        return Plan.of(inForce.request()).keyOf(service).flatMap(inForce::id).flatMap(saga::resource);
    }

    private static StorageReport without(StorageService service, Standing encryption) {
        return new StorageReport(
                service,
                encryption,
                "",
                "",
                Optional.empty(),
                "",
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty());
    }

    private static StorageReport customerManaged(Saga saga, InForce inForce, StorageService service) {
        Plan plan = Plan.of(inForce.request());
        Optional<Resource> key = keyOf(saga, inForce, service);
        Optional<Resource> policy = inForce.id(service.authorization()).flatMap(saga::resource);
        Optional<PlannedStep.Authorization> planned = plan.step(service.authorization())
                .map(PlannedStep.Authorization.class::cast);
        return new StorageReport(
                service,
                Standing.CUSTOMER_MANAGED,
                key.map(resource -> resource.what().crn()).orElse(""),
                key.map(resource -> resource.what().name()).orElse(""),
                key.map(resource -> ReportedOwnership.of(resource.ownership())),
                policy.map(Resource::id).orElse(""),
                policy.map(resource -> ReportedOwnership.of(resource.ownership())).or(
                        () -> planned.filter(PlannedStep.Authorization::skipped)
                                .map(authorization -> ReportedOwnership.SKIPPED)),
                policy.map(Resource::since),
                planned.map(authorization -> scope(authorization, policy)).orElse(""),
                key.flatMap(resource -> saga.verification().countedFor(resource.id()))
                        .map(counted -> registered(counted, service)));
    }

    private static long registered(Counted counted, StorageService service) {
        return counted.registrations().stream()
                .filter(registration -> registration.storage().equals(Optional.of(service)))
                .mapToLong(RegistrationCount::count).sum();
    }

    private static String scope(PlannedStep.Authorization authorization, Optional<Resource> policy) {
        String asked = authorization.source().scope(authorization.storage())
                + policy.filter(Resource::delegates).map(delegating -> ", delegable to services it depends on")
                        .orElse("");
        if (policy.isEmpty() && !authorization.skipped()) {
            return ""; // it is gone
        }
        if (policy.isEmpty()) {
            return "Taken to exist, not looked up: " + asked;
        }
        return switch (policy.get().ownership()) {
            // IAM names any policy that covers the one asked for, also a broader one.
            case ADOPTED -> "At least " + asked;
            case CREATED, RETAINED, UNUSED -> asked;
        };
    }
}
