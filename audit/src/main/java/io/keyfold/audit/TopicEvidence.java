package io.keyfold.audit;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StepName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// The topics as an audit consumer reads them: committed records only, in the order of each key. What there may be very
/// many of is kept short; [TopicRecords] makes it of records.
///
/// @param audit          by cluster
/// @param statuses       by cluster, as far as compaction has left them
/// @param latest         the latest status of each cluster, whole
/// @param ledgerRequests in the order in which the ledger has read them, for each instance
/// @param cut            the partitions whose first records have been deleted
/// @param requestsRead   how much of the topics of requests was read
public record TopicEvidence(
        List<Request> requests,
        List<Letter> deadLetters,
        Map<String, List<Line>> audit,
        Map<String, List<Status>> statuses,
        Map<String, ClusterEncryptionStatus> latest,
        List<Command> commands,
        List<Answer> answers,
        List<LedgerRequest> ledgerRequests,
        List<LedgerReply> ledgerReplies,
        List<Unreadable> unreadable,
        Set<Partition> cut,
        RequestsRead requestsRead) {

    public record Partition(String topic, int number) {
        static Partition of(Place place) {
            return new Partition(place.topic(), place.partition());
        }
    }

    /// How much of the topics of requests was read: what may rightly be missing among the requests.
    ///
    /// @param spans       by partition
    /// @param topicIds    by topic; a topic that was deleted and made again has another than before
    /// @param auditBefore where the audit's partitions ended before the first request was read: what lies there was caused
    ///                    by something that has been read. None if nothing was written meanwhile.
    public record RequestsRead(
            Map<Partition, Span> spans, Map<String, String> topicIds, Map<Partition, Long> auditBefore) {
        public RequestsRead {
            spans = Map.copyOf(spans);
            topicIds = Map.copyOf(topicIds);
            auditBefore = Map.copyOf(auditBefore);
        }
    }

    /// The offsets from `begin` on, before `end`.
    public record Span(long begin, long end) {}

    /// A deploy or a control request.
    ///
    /// @param id the deploy's request_id or the control's control_id
    public record Request(Place place, String cluster, boolean isDeploy, String id, String words, Instant at) {}

    /// A dead letter.
    ///
    /// @param origin where its record lay
    public record Letter(Place place, Place origin) {}

    /// A record of the audit.
    ///
    /// @param cause        the record that caused it; empty if time did
    /// @param causeTopicId the id that the cause's topic had; empty if that is not known
    /// @param previousHash what it says of the record before, in hexadecimal; empty if nothing
    /// @param hash         its own, in hexadecimal
    /// @param words        empty if they are not kept
    public record Line(Place place, long sequence, long revision, int run, String requestId, AuditEvent event,
            String from, String to, Optional<Place> cause, String causeTopicId, String previousHash, String hash,
            Instant at, String words) {}

    /// @param run the latest run's number; 0 if there is none
    public record Status(Place place, long revision, int run, RunState state) {}

    /// @param expectedId the id to delete or to look at
    /// @param name       the name of the instance or key to make; of an authorization, its mark
    /// @param isDone     the worker has said that it is through with it
    public record Command(Place place, UUID id, String cluster, int run, StepName step, CommandAction action,
            Optional<String> expectedId, String mark, String name, Instant issuedAt, boolean isDone) {}

    /// @param told the ids of all resources that it tells of
    public record Answer(UUID command, String cluster, int run, StepName step, String words, List<String> told,
            Instant at) {}

    /// A record that its schema does not read.
    public record Unreadable(Place place, String cluster, String why) {}

    /// All clusters that anything is known of.
    Set<String> clusters() {
        var clusters = new TreeSet<>(audit.keySet());
        clusters.addAll(statuses.keySet());
        return clusters;
    }

    /// The latest status of a cluster, if it has any.
    Optional<ClusterEncryptionStatus> latest(String cluster) {
        return Optional.ofNullable(latest.get(cluster));
    }

    boolean isCut(Place place) {
        return cut.contains(Partition.of(place));
    }
}
