package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/// `keyfold deprovision`: removes what the cluster's runs have made.
@Command(
        name = "deprovision",
        mixinStandardHelpOptions = true,
        description = "Removes what was made for a cluster: its root keys, then its authorizations, then its instance."
                + " Nothing is forced, and what was adopted stays. Without its root key, whatever it still protects is"
                + " unreadable for good: a protected cluster wants a --reason.")
final class DeprovisionCommand extends TwoPersonCommand {
    private static final Set<AuditEvent> CONTROLS = Set.of(AuditEvent.CONTROL_ACCEPTED, AuditEvent.CONTROL_REFUSED);

    @Override
    ControlAction action() {
        return ControlAction.DEPROVISION;
    }

    /// The workflow takes a deploy that it has never read for one that is still to come: it would cancel that and remove
    /// nothing.
    @Override
    void check(Connection connection, String clusterId, String requestId) {
        try (var topics = new TopicReader(connection)) {
            topics.latest(Topics.CLUSTER_ENCRYPTION_STATUS, clusterId).filter(status -> hasOther(status, requestId))
                    .ifPresent(
                            status -> requireKnown(
                                    status, requestId, topics.all(Topics.CLUSTER_ENCRYPTION_AUDIT, clusterId)));
        }
    }

    /// Whether there is something to remove, of another deploy.
    private static boolean hasOther(ClusterEncryptionStatus status, String requestId) {
        return !status.getResources().isEmpty() && !Controls.latestRequest(status).equals(requestId);
    }

    /// @param audit all of the cluster's; what it says of controls says nothing of deploys
    static void requireKnown(
            ClusterEncryptionStatus status, String requestId, List<ClusterEncryptionAudit> audit) {
        if (audit.stream().noneMatch(
                line -> line.getRequestId().equals(requestId) && !CONTROLS.contains(line.getEvent()))) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "cluster " + status.getClusterId() + " has had no deploy \"" + requestId
                            + "\", so nothing is removed, and nothing was published",
                    "Leave --request-id away, or name the latest: " + Controls.latestRequest(status)
                            + ". A deploy that is still to come is cancelled by: keyfold cancel "
                            + status.getClusterId() + " --request-id ID");
        }
    }
}
