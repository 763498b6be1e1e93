package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WireEnums.toWire;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.PauseStatus;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationOutcome;
import io.keyfold.contract.VerificationStatus;
import io.keyfold.workflow.report.ReportedOwnership;
import io.keyfold.workflow.report.ResourceReport;
import io.keyfold.workflow.report.RunReport;
import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.report.StepReport;
import io.keyfold.workflow.report.StorageReport;
import io.keyfold.workflow.report.VerificationReport;
import io.keyfold.workflow.report.VerificationReport.FindingReport;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.Pause;
import io.keyfold.workflow.saga.RegistrationCount;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cluster's status, as it is published.
final class StatusMapping {
    private StatusMapping() {}

    static ClusterEncryptionStatus status(StatusReport report, Instant now) {
        return ClusterEncryptionStatus.newBuilder()
                .setClusterId(report.cluster().toString())
                .setRevision(report.revision())
                .setAccount(report.cluster().account())
                .setClusterPrefix(report.cluster().clusterPrefix())
                .setExternalId(report.externalId())
                .setStanding(toWire(report.standing(), Standing.class))
                .setStandingSince(report.standingSince().orElse(null))
                .setRegion(report.region())
                .setKmsRegion(report.kmsRegion())
                .setResourceGroup(report.resourceGroup())
                .setLastRun(report.lastRun().map(StatusMapping::run).orElse(null))
                .setStorage(report.storage().stream().map(StatusMapping::storage).toList())
                .setResources(report.resources().stream().map(StatusMapping::resource).toList())
                .setSteps(report.steps().stream().map(StatusMapping::step).toList())
                .setVerification(report.verification().map(StatusMapping::verification).orElse(null))
                .setPaused(report.pause().map(StatusMapping::pause).orElse(null))
                .setUpdatedAt(now)
                .build();
    }

    private static PauseStatus pause(Pause pause) {
        return PauseStatus.newBuilder()
                .setSince(pause.since())
                .setRequestedBy(pause.by())
                .setReason(pause.reason())
                .build();
    }

    private static RunStatus run(RunReport run) {
        return RunStatus.newBuilder()
                .setRun(run.run())
                .setRequestId(run.requestId())
                .setKind(toWire(run.kind(), RunKind.class))
                .setState(toWire(run.state(), RunState.class))
                .setRequestedBy(run.requestedBy())
                .setStartedAt(run.startedAt())
                .setEndedAt(run.endedAt().orElse(null))
                .setDeadline(run.deadline().orElse(null))
                .setClockStoppedUntil(run.clockStoppedUntil().orElse(null))
                .setFault(fault(run.fault()))
                .setViolations(run.violations())
                .setMessage(run.message())
                .setRemedy(run.remedy())
                .build();
    }

    private static StorageStatus storage(StorageReport storage) {
        return StorageStatus.newBuilder()
                .setStorageService(toWire(storage.service(), io.keyfold.contract.StorageService.class))
                .setEncryption(toWire(storage.encryption(), Standing.class))
                .setRootKeyCrn(storage.rootKeyCrn())
                .setRootKeyName(storage.rootKeyName())
                .setRootKeyOwnership(ownership(storage.rootKeyOwnership()))
                .setAuthorizationId(storage.authorizationId())
                .setAuthorizationOwnership(ownership(storage.authorizationOwnership()))
                .setAuthorizedSince(storage.authorizedSince().orElse(null))
                .setAuthorizationScope(storage.authorizationScope())
                .setRegistrations(storage.registrations().orElse(null))
                .build();
    }

    private static ResourceStatus resource(ResourceReport resource) {
        return ResourceStatus.newBuilder()
                .setKind(toWire(resource.kind(), io.keyfold.contract.ResourceKind.class))
                .setStep(toWire(resource.step(), io.keyfold.contract.StepName.class))
                .setOwnership(toWire(resource.ownership(), Ownership.class))
                .setId(resource.id())
                .setCrn(resource.crn())
                .setName(resource.name())
                .setRun(resource.run())
                .setSince(resource.since())
                .setAskedAgainAt(resource.askedAgainAt().orElse(null))
                .setRetainedFor(resource.retainedFor())
                .setRotationIntervalMonths(resource.rotationMonths().orElse(null))
                .setDualAuthorizationDelete(resource.dualAuthorization())
                .setRegistrations(resource.registrations()
                        .map(counts -> counts.stream().map(StatusMapping::registrations).toList()).orElse(null))
                .build();
    }

    private static io.keyfold.contract.RegistrationCount registrations(RegistrationCount counted) {
        return io.keyfold.contract.RegistrationCount.newBuilder()
                .setStorageService(counted.storage()
                        .map(service -> toWire(service, io.keyfold.contract.StorageService.class))
                        .orElse(io.keyfold.contract.StorageService.UNKNOWN))
                .setService(counted.service())
                .setResourceType(counted.resourceType())
                .setCount(counted.count())
                .build();
    }

    private static VerificationStatus verification(VerificationReport verification) {
        return VerificationStatus.newBuilder()
                .setOutcome(toWire(verification.outcome(), VerificationOutcome.class))
                .setVerifiedAt(verification.at())
                .setRequestedBy(verification.requestedBy())
                .setFindings(verification.findings().stream().map(StatusMapping::finding).toList())
                .build();
    }

    private static VerificationFinding finding(FindingReport finding) {
        return VerificationFinding.newBuilder()
                .setStep(toWire(finding.step(), io.keyfold.contract.StepName.class))
                .setKind(toWire(finding.kind(), io.keyfold.contract.ResourceKind.class))
                .setId(finding.id())
                .setCondition(toWire(finding.condition(), ResourceCondition.class))
                .setMessage(finding.message())
                .build();
    }

    private static StepStatus step(StepReport step) {
        return StepStatus.newBuilder()
                .setStep(toWire(step.step(), io.keyfold.contract.StepName.class))
                .setState(step.state().name())
                .setAttempts(step.attempts())
                .setLastError(fault(step.lastError()))
                .setNextAt(step.nextAt().orElse(null))
                .setRestorableUntil(step.restorableUntil().orElse(null))
                .setNext(step.next())
                .build();
    }

    private static Ownership ownership(Optional<ReportedOwnership> ownership) {
        return ownership.map(whose -> toWire(whose, Ownership.class)).orElse(Ownership.UNKNOWN);
    }

    private static io.keyfold.contract.@Nullable Fault fault(Optional<Fault> fault) {
        return fault.map(StatusMapping::fault).orElse(null);
    }

    private static io.keyfold.contract.Fault fault(Fault fault) {
        return io.keyfold.contract.Fault.newBuilder()
                .setCode(toWire(fault.code(), io.keyfold.contract.FaultCode.class))
                .setMessage(fault.message())
                .setIbmCode(fault.ibmCode())
                .setIbmMessage(fault.ibmMessage())
                .setTransactionId(fault.transactionId())
                .setHttpStatus(fault.httpStatus())
                .setOutcomeUnknown(fault.outcomeUnknown())
                .build();
    }
}
