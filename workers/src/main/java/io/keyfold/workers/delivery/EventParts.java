package io.keyfold.workers.delivery;

import io.keyfold.contract.Fault;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Finding;
import io.keyfold.contract.Inspection;
import io.keyfold.contract.RegistrationCount;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.StepEventType;
import io.keyfold.contract.StorageService;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An outcome in the words that all events share. What does not apply is null, as the contract says.
record EventParts(
        StepEventType type,
        Finding finding,
        @Nullable ResourceRef resource,
        List<ResourceRef> surplus,
        @Nullable Instant deferredUntil,
        String why,
        @Nullable Fault fault,
        @Nullable Instant visibleSince,
        @Nullable Inspection inspection,
        boolean stopsClock,
        @Nullable Instant restorableUntil) {

    static EventParts of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Created(var resource, var surplus, var since) ->
                about(StepEventType.COMPLETED, Finding.CREATED, ref(resource))
                        .visible(since, surplus.stream().map(EventParts::ref).toList());
            case Outcome.Adopted(var resource, var since) ->
                about(StepEventType.COMPLETED, Finding.ADOPTED, ref(resource)).visible(since, List.of());
            case Outcome.NotFound() -> about(StepEventType.COMPLETED, Finding.NOT_FOUND, null);
            case Outcome.Failed(var fault, var made) ->
                about(StepEventType.FAILED, Finding.UNKNOWN, made.map(EventParts::ref).orElse(null))
                        .because("", fault(fault));
            case Outcome.Deferred(var until, var why, var fault, var made, var stopsClock) ->
                about(StepEventType.DEFERRED, Finding.UNKNOWN, made.map(EventParts::ref).orElse(null))
                        .because(why, fault.map(EventParts::fault).orElse(null)).until(until, stopsClock);
            case Outcome.Compensated(var resource, var until, var instead) ->
                about(StepEventType.COMPENSATED, Finding.UNKNOWN, ref(resource)).because(instead, null)
                        .restorable(until);
            case Outcome.CompensationFailed(var resource, var fault) ->
                about(StepEventType.COMPENSATION_FAILED, Finding.UNKNOWN, ref(resource)).because("", fault(fault));
            case Outcome.Verified(var resource, var inspection) ->
                about(StepEventType.VERIFIED, Finding.UNKNOWN, ref(resource)).seen(inspection(inspection));
            case Outcome.Expired(var why) ->
                about(StepEventType.EXPIRED, Finding.UNKNOWN, null).because(why, null);
        };
    }

    private static EventParts about(StepEventType type, Finding finding, @Nullable ResourceRef resource) {
        return new EventParts(type, finding, resource, List.of(), null, "", null, null, null, false, null);
    }

    private EventParts visible(Instant since, List<ResourceRef> surplus) {
        return new EventParts(type, finding, resource, surplus, deferredUntil, why, fault, millis(since), inspection,
                stopsClock, restorableUntil);
    }

    private EventParts because(String why, @Nullable Fault fault) {
        return new EventParts(type, finding, resource, surplus, deferredUntil, why, fault, visibleSince, inspection,
                stopsClock, restorableUntil);
    }

    private EventParts until(Instant until, boolean stopsClock) {
        return new EventParts(type, finding, resource, surplus, millis(until), why, fault, visibleSince, inspection,
                stopsClock, restorableUntil);
    }

    private EventParts seen(Inspection inspection) {
        return new EventParts(type, finding, resource, surplus, deferredUntil, why, fault, visibleSince, inspection,
                stopsClock, restorableUntil);
    }

    private EventParts restorable(Optional<Instant> until) {
        return new EventParts(type, finding, resource, surplus, deferredUntil, why, fault, visibleSince, inspection,
                stopsClock, until.map(EventParts::millis).orElse(null));
    }

    /// Whether it is final that what was asked has not been done: what is put off may yet be.
    boolean hasFailed() {
        return type == StepEventType.FAILED || type == StepEventType.COMPENSATION_FAILED;
    }

    /// The id of the resource that it is about; empty if there is none.
    String resourceId() {
        return resource == null ? "" : resource.getId();
    }

    private static Inspection inspection(io.keyfold.workers.step.Inspection seen) {
        return Inspection.newBuilder()
                .setCondition(ResourceCondition.valueOf(seen.condition().name()))
                .setDifferences(seen.differences())
                .setRegistrationsCounted(seen.registrations().isPresent())
                .setRegistrations(seen.registrations().orElse(List.of()).stream().map(EventParts::count).toList())
                .build();
    }

    private static RegistrationCount count(io.keyfold.workers.step.RegistrationCount counted) {
        return RegistrationCount.newBuilder()
                .setStorageService(StorageService.valueOf(counted.storageService().name()))
                .setService(counted.service())
                .setResourceType(counted.resourceType())
                .setCount(counted.count())
                .build();
    }

    private static ResourceRef ref(Resource resource) {
        return ResourceRef.newBuilder()
                .setId(resource.id())
                .setCrn(resource.crn())
                .setName(resource.name())
                .setInstanceId(resource.instanceId())
                .setRegion(resource.region())
                .setCreatedAt(resource.createdAt().map(EventParts::millis).orElse(null))
                .build();
    }

    static Fault fault(FaultReport report) {
        Optional<IbmAnswer> answer = report.answer();
        return Fault.newBuilder()
                .setCode(FaultCode.valueOf(report.code().name()))
                .setMessage(report.message())
                .setIbmCode(answer.flatMap(IbmAnswer::code).orElse(""))
                .setIbmMessage(answer.map(IbmAnswer::message).orElse(""))
                .setTransactionId(answer.flatMap(IbmAnswer::transactionId).orElse(""))
                .setHttpStatus(answer.map(said -> said.httpStatus().orElse(0)).orElse(0))
                .setOutcomeUnknown(report.outcomeUnknown())
                .build();
    }

    /// As the contract writes times, so that a record compares equal to itself read back.
    private static Instant millis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
