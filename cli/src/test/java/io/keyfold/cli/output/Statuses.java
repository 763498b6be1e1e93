package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Fault;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationOutcome;
import io.keyfold.contract.VerificationStatus;
import io.keyfold.schemas.ContractClasses;
import java.time.Instant;
import java.util.List;

/// Statuses as the workflow publishes them.
final class Statuses {
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    static {
        ContractClasses.trust();
    }

    private Statuses() {}

    static ClusterEncryptionStatus customerManaged() {
        return status(Standing.CUSTOMER_MANAGED)
                .setRegion("us-south")
                .setLastRun(run(RunState.COMPLETED).setEndedAt(NOON.plusSeconds(3)).build())
                .setStorage(List.of(storage(StorageService.BLOCK_STORAGE), storage(StorageService.OBJECT_STORAGE)))
                .setResources(List.of(ResourceStatus.newBuilder()
                        .setKind(ResourceKind.KMS_INSTANCE)
                        .setOwnership(Ownership.CREATED)
                        .setName("hpc-1-kms")
                        .setCrn("crn:instance")
                        .setRun(1)
                        .setSince(NOON)
                        .build()))
                .setSteps(List.of(StepStatus.newBuilder()
                        .setStep(StepName.KMS_INSTANCE)
                        .setState("CREATED")
                        .setAttempts(1)
                        .build()))
                .build();
    }

    static ClusterEncryptionStatus drifted() {
        return ClusterEncryptionStatus.newBuilder(customerManaged())
                .setStanding(Standing.DRIFTED)
                .setVerification(VerificationStatus.newBuilder()
                        .setOutcome(VerificationOutcome.DRIFTED)
                        .setVerifiedAt(NOON)
                        .setRequestedBy("schedule")
                        .setFindings(List.of(VerificationFinding.newBuilder()
                                .setStep(StepName.ROOT_KEY)
                                .setKind(ResourceKind.ROOT_KEY)
                                .setId("key-1")
                                .setCondition(ResourceCondition.CHANGED)
                                .setMessage("It is suspended. Enable it.")
                                .build()))
                        .build())
                .build();
    }

    static ClusterEncryptionStatus providerManaged() {
        return status(Standing.PROVIDER_MANAGED).build();
    }

    static ClusterEncryptionStatus failed() {
        return status(Standing.NONE)
                .setLastRun(run(RunState.FAILED)
                        .setFault(Fault.newBuilder()
                                .setCode(FaultCode.FORBIDDEN)
                                .setMessage("Key Protect refused to create key \"hpc-1-key\".")
                                .setIbmCode("FORBIDDEN_ERR")
                                .setIbmMessage("No rights.")
                                .setTransactionId("7f3a")
                                .build())
                        .setRemedy("Grant the Manager role, then: keyfold retry hpc-1")
                        .build())
                .build();
    }

    private static ClusterEncryptionStatus.Builder status(Standing standing) {
        return ClusterEncryptionStatus.newBuilder()
                .setClusterId("default/hpc-1")
                .setClusterPrefix("hpc-1")
                .setRevision(7)
                .setStanding(standing)
                .setStandingSince(standing == Standing.NONE ? null : NOON.minusSeconds(3600))
                .setUpdatedAt(NOON);
    }

    private static RunStatus.Builder run(RunState state) {
        return RunStatus.newBuilder().setRun(1).setRequestId("r-1").setState(state).setStartedAt(NOON);
    }

    private static StorageStatus storage(StorageService service) {
        return StorageStatus.newBuilder()
                .setStorageService(service)
                .setEncryption(Standing.CUSTOMER_MANAGED)
                .setRootKeyName("hpc-1-${key}")
                .setRootKeyCrn("crn:key")
                .setRootKeyOwnership(Ownership.CREATED)
                .setAuthorizationId("policy-1")
                .setAuthorizationOwnership(Ownership.ADOPTED)
                .setRegistrations(service == StorageService.BLOCK_STORAGE ? 12L : null)
                .build();
    }
}
