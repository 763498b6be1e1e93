package io.keyfold.workflow.stream;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.Finding;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/// The contract's records with good defaults.
final class Records {
    static final String CLUSTER = "default/hpc-1";
    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private Records() {}

    static ClusterDeployRequested deployRequested(String requestId) {
        return deployRequested(requestId, "hpc-1");
    }

    static ClusterDeployRequested deployRequested(String requestId, String prefix) {
        return ClusterDeployRequested.newBuilder()
                .setRequestId(requestId)
                .setClusterPrefix(prefix)
                .setRegion("us-south")
                .setRequestedBy("orchestrator")
                .setRequestedAt(START)
                .build();
    }

    static ClusterDeployRequested providerManaged(String requestId, String prefix) {
        return ClusterDeployRequested.newBuilder(deployRequested(requestId, prefix))
                .setKeyManagement(null)
                .build();
    }

    static ClusterControlRequested control(String controlId, ControlAction action, String requestId) {
        return ClusterControlRequested.newBuilder()
                .setControlId(controlId)
                .setClusterId(CLUSTER)
                .setAction(action)
                .setRequestId(requestId)
                .setRequestedBy("operator")
                .setRequestedAt(START)
                .build();
    }

    /// The import of what was deployed with these inputs by other means.
    static ClusterControlRequested imported(String requestId, ClusterDeployRequested inputs) {
        return ClusterControlRequested.newBuilder(control("import-" + requestId, ControlAction.IMPORT, requestId))
                .setInputs(inputs)
                .build();
    }

    /// The worker's answer that what the command wants has been made or found, or is gone.
    static SpecificRecord done(SpecificRecord command) {
        return switch (command) {
            case KmsInstanceCommand instance -> done(instance);
            case RootKeyCommand key -> done(key);
            case AuthorizationCommand authorization -> done(authorization);
            default -> throw new IllegalArgumentException("No command: " + command);
        };
    }

    static KmsInstanceEvent done(KmsInstanceCommand command) {
        boolean undo = command.getAction() == CommandAction.COMPENSATE;
        return KmsInstanceEvent.newBuilder()
                .setCommandId(command.getCommandId())
                .setClusterId(command.getClusterId())
                .setRun(command.getRun())
                .setStep(command.getStep())
                .setAction(command.getAction())
                .setType(undo ? StepEventType.COMPENSATED : StepEventType.COMPLETED)
                .setFinding(undo ? Finding.UNKNOWN : command.getAdoptOnly() ? Finding.ADOPTED : Finding.CREATED)
                .setResource(resource("instance-1", "instance-1", "crn:instance-1", command.getInstanceName()))
                .setVisibleSince(START)
                .setWorker("instance-worker")
                .setOccurredAt(START)
                .build();
    }

    static RootKeyEvent done(RootKeyCommand command) {
        boolean undo = command.getAction() == CommandAction.COMPENSATE;
        return RootKeyEvent.newBuilder()
                .setCommandId(command.getCommandId())
                .setClusterId(command.getClusterId())
                .setRun(command.getRun())
                .setStep(command.getStep())
                .setAction(command.getAction())
                .setType(undo ? StepEventType.COMPENSATED : StepEventType.COMPLETED)
                .setFinding(undo ? Finding.UNKNOWN : command.getAdoptOnly() ? Finding.ADOPTED : Finding.CREATED)
                .setResource(resource("key-1", command.getInstanceId(), "crn:key-1", command.getKeyName()))
                .setVisibleSince(START)
                .setWorker("key-worker")
                .setOccurredAt(START)
                .build();
    }

    static AuthorizationEvent done(AuthorizationCommand command) {
        boolean undo = command.getAction() == CommandAction.COMPENSATE;
        return AuthorizationEvent.newBuilder()
                .setCommandId(command.getCommandId())
                .setClusterId(command.getClusterId())
                .setRun(command.getRun())
                .setStep(command.getStep())
                .setAction(command.getAction())
                .setType(undo ? StepEventType.COMPENSATED : StepEventType.COMPLETED)
                .setFinding(undo ? Finding.UNKNOWN : command.getAdoptOnly() ? Finding.ADOPTED : Finding.CREATED)
                .setResource(resource(
                        "policy-" + command.getStorageService(), command.getTargetInstanceId(), "", command.getMark()))
                .setVisibleSince(START)
                .setWorker("authorization-worker")
                .setOccurredAt(START)
                .build();
    }

    static KmsInstanceEvent deferred(KmsInstanceCommand command, Instant until) {
        return KmsInstanceEvent.newBuilder(done(command))
                .setType(StepEventType.DEFERRED)
                .setFinding(Finding.UNKNOWN)
                .setResource(null)
                .setDeferredUntil(until)
                .setWhy("the instance is being provisioned")
                .build();
    }

    static ResourceRef resource(String id, String instanceId, String crn, String name) {
        return ResourceRef.newBuilder()
                .setId(id)
                .setInstanceId(instanceId)
                .setCrn(crn)
                .setName(name)
                .setRegion("us-south")
                .setCreatedAt(START)
                .build();
    }
}
