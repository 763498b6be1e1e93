package io.keyfold.cli;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import java.time.Instant;
import java.util.UUID;

/// Controls as the command line asks for them.
final class Controls {
    private Controls() {}

    /// A control of a new id, asked for now by whoever runs this process.
    ///
    /// @param requestId the deploy that it is about
    /// @param reason    empty if nobody said
    static ClusterControlRequested.Builder of(
            ControlAction action, String clusterId, String requestId, String reason) {
        return ClusterControlRequested.newBuilder()
                .setControlId("cli-" + UUID.randomUUID())
                .setClusterId(clusterId)
                .setAction(action)
                .setRequestId(requestId)
                .setReason(reason)
                .setRequestedBy(System.getProperty("user.name"))
                .setRequestedAt(Instant.now());
    }

    /// The deploy that a control is about where none is named: the cluster's latest; empty if it has none.
    static String latestRequest(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        return run == null ? "" : run.getRequestId();
    }
}
