package io.keyfold.acceptance.audit;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.StepName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// All that there is to judge by. Topics as an audit consumer reads them, committed records only, in the order of each
/// key; the cloud as it is now, with the calls that have changed it.
///
/// @param deadLetters    the places of the records that became dead letters
/// @param audit          by cluster
/// @param statuses       by cluster
/// @param ledgerRequests in the order in which the ledger has read them, for each instance
public record Evidence(List<Request> requests, Set<Place> deadLetters, Map<String, List<ClusterEncryptionAudit>> audit,
        Map<String, List<ClusterEncryptionStatus>> statuses, List<Command> commands, List<Answer> answers,
        List<LedgerRequest> ledgerRequests, List<LedgerReply> ledgerReplies, List<Effect> effects,
        List<Thing> things) {

    /// Where a record lies.
    public record Place(String topic, int partition, long offset) {}

    /// A deploy or a control request.
    ///
    /// @param id the deploy's request_id or the control's control_id
    public record Request(Place place, String cluster, boolean isDeploy, String id, String words, Instant at) {}

    /// @param expectedId the id to delete or to look at
    /// @param name       the name of the instance or key to make; of an authorization, its mark
    public record Command(UUID id, String cluster, int run, StepName step, CommandAction action,
            Optional<String> expectedId, String mark, String name, Instant issuedAt) {}

    /// @param told the ids of all resources that it tells of
    public record Answer(UUID command, String cluster, int run, StepName step, String words, List<String> told,
            Instant at) {}

    /// A mutating call that took effect, of an operation that makes or deletes something.
    ///
    /// @param by whose it was: an IAM id
    public record Effect(long number, Instant at, String account, String by, boolean isDeletion, String operation,
            String resource, String instance, String fault) {}

    /// An instance, a key or an authorization, whether it is there or has been deleted.
    ///
    /// @param marks aliases of a key, description of an authorization; an instance has none
    /// @param by    who made it: an IAM id
    public record Thing(ResourceKind kind, String id, String name, List<String> marks, String account, String by,
            boolean isThere) {
        boolean isOurs() {
            return isServiceId(by);
        }
    }

    static boolean isServiceId(String iamId) {
        return iamId.startsWith("iam-ServiceId-");
    }

    /// All clusters that anything is known of.
    Set<String> clusters() {
        var clusters = new TreeSet<>(audit.keySet());
        clusters.addAll(statuses.keySet());
        requests.forEach(request -> clusters.add(request.cluster()));
        return clusters;
    }

    /// The latest status of a cluster, if it has any.
    Optional<ClusterEncryptionStatus> latest(String cluster) {
        return Optional.ofNullable(statuses.get(cluster)).filter(all -> !all.isEmpty()).map(List::getLast);
    }
}
