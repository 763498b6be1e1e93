package io.keyfold.gateway;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import io.keyfold.schemas.ContractClasses;
import java.time.Instant;
import java.util.List;

/// Statuses as the workflow writes them, with good defaults.
public final class Statuses {
    public static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    static {
        ContractClasses.trust(); // a record may be built before anything is read
    }

    private Statuses() {}

    /// A cluster whose deploy has completed.
    public static ClusterEncryptionStatus.Builder completed(String prefix) {
        return ClusterEncryptionStatus.newBuilder()
                .setClusterId("default/" + prefix)
                .setClusterPrefix(prefix)
                .setExternalId("order of " + prefix)
                .setRevision(1)
                .setStanding(Standing.CUSTOMER_MANAGED)
                .setStandingSince(NOON)
                .setRegion("eu-de")
                .setKmsRegion("eu-de")
                .setLastRun(run(prefix, RunState.COMPLETED).build())
                .setStorage(
                        List.of(
                                StorageStatus.newBuilder().setStorageService(StorageService.BLOCK_STORAGE)
                                        .setEncryption(Standing.CUSTOMER_MANAGED).build()))
                .setResources(
                        List.of(
                                ResourceStatus.newBuilder().setKind(ResourceKind.ROOT_KEY).setStep(StepName.ROOT_KEY)
                                        .setOwnership(Ownership.CREATED).setId("key-of-" + prefix)
                                        .setName(prefix + "-key")
                                        .setCrn("crn:v1:bluemix:public:kms:eu-de:a/1:instance-of-" + prefix
                                                + ":key:key-of-" + prefix)
                                        .setSince(NOON).build()))
                .setUpdatedAt(NOON);
    }

    /// A cluster whose first deploy has failed at its root key.
    public static ClusterEncryptionStatus.Builder failed(String prefix) {
        return completed(prefix).setStanding(Standing.NONE).setResources(List.of()).setStorage(List.of())
                .setLastRun(run(prefix, RunState.FAILED).setRemedy("Do this. Then: keyfold retry " + prefix).build())
                .setSteps(
                        List.of(
                                StepStatus.newBuilder().setStep(StepName.ROOT_KEY).setState("FAILED").build()));
    }

    public static RunStatus.Builder run(String prefix, RunState state) {
        return RunStatus.newBuilder().setRun(1).setRequestId("request-of-" + prefix).setKind(RunKind.DEPLOY)
                .setState(state).setRequestedBy("orchestrator").setStartedAt(NOON).setMessage("How it stands.");
    }

    /// One transition.
    static ClusterEncryptionAudit audit(String prefix, long sequence) {
        return ClusterEncryptionAudit.newBuilder().setClusterId("default/" + prefix).setSequence(sequence)
                .setMessage("transition " + sequence).setOccurredAt(NOON).build();
    }
}
