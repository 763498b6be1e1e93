package io.keyfold.workflow.stream;

import static java.util.Optional.ofNullable;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.FoundResource;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.CloudResource;
import io.keyfold.workflow.saga.ControlAction;
import io.keyfold.workflow.saga.Found;
import io.keyfold.workflow.saga.SagaEvent;
import io.keyfold.workflow.wire.DeployRequests;
import java.util.Optional;

/// Requests as they came, in the domain's words.
final class RequestMapping {
    private RequestMapping() {}

    static String cluster(ClusterDeployRequested record) {
        return record.getAccount() + "/" + record.getClusterPrefix();
    }

    static Mapped deploy(ClusterDeployRequested record) {
        return new Mapped.Event(new SagaEvent.DeployRequested(DeployRequests.of(record)));
    }

    /// The cluster that a control is about. One that names another in its inputs is about none.
    static String cluster(ClusterControlRequested record) {
        var inputs = record.getInputs();
        return inputs == null || cluster(inputs).equals(record.getClusterId()) ? record.getClusterId()
                : record.getClusterId() + " and " + cluster(inputs);
    }

    /// An action that this version does not know is given to the saga as UNKNOWN, which refuses it by name.
    static Mapped control(ClusterControlRequested record) {
        return new Mapped.Event(new SagaEvent.ControlRequested(
                record.getControlId(),
                WireEnums.toDomain(record.getAction(), ControlAction.class).orElse(ControlAction.UNKNOWN),
                record.getRequestId(),
                record.getReason(),
                record.getRequestedBy(),
                record.getApprovedBy(),
                record.getFound().stream().flatMap(found -> found(found).stream()).toList(),
                ofNullable(record.getInputs()).map(
                        inputs -> DeployRequests.of(inputs).withRequestedBy(record.getRequestedBy())
                                .withRequestedAt(record.getRequestedAt()))));
    }

    /// Of a step that this version does not know nothing can be found.
    private static Optional<Found> found(FoundResource found) {
        return WireEnums.toDomain(found.getStep(), StepName.class).map(step -> new Found(
                step,
                found.getRun(),
                found.getMark(),
                new CloudResource(
                        found.getId(),
                        found.getCrn(),
                        found.getName(),
                        found.getInstanceId(),
                        found.getRegion(),
                        ofNullable(found.getCreatedAt()))));
    }
}
