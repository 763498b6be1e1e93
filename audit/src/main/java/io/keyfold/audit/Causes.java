package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.audit.TopicEvidence.Partition;
import io.keyfold.audit.TopicEvidence.Request;
import io.keyfold.audit.TopicEvidence.RequestsRead;
import io.keyfold.audit.TopicEvidence.Span;
import io.keyfold.audit.TopicEvidence.Unreadable;
import io.keyfold.schemas.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether what the audit tells of was asked for: an audit that somebody invents seals itself like any other.
///
/// A request may rightly be missing: deleted by its topic's retention, or with its topic, or read after the requests were.
final class Causes {
    private static final Set<String> OF_REQUESTS =
            Topics.REQUESTS.stream().map(topic -> topic.name()).collect(Collectors.toUnmodifiableSet());

    private final TopicEvidence topics;
    private final RequestsRead read;
    private final Moment moment;
    private final Findings findings;
    private final Map<Place, String> keys = new HashMap<>();
    private final Set<String> ofReplacedTopics = new HashSet<>();
    private long causesInReplacedTopics;

    private Causes(TopicEvidence topics, Moment moment, Findings findings) {
        this.topics = topics;
        this.read = topics.requestsRead();
        this.moment = moment;
        this.findings = findings;
        for (Request request : topics.requests()) {
            keys.put(request.place(), request.cluster());
        }
        for (Unreadable record : topics.unreadable()) {
            keys.put(record.place(), record.cluster());
        }
    }

    static void check(TopicEvidence topics, Moment moment, Findings findings) {
        var causes = new Causes(topics, moment, findings);
        topics.audit().forEach(causes::check);
        if (causes.causesInReplacedTopics > 0) {
            findings.told(
                    causes.causesInReplacedTopics + " records of the audits of " + causes.ofReplacedTopics.size()
                            + " clusters have causes in topics that have been deleted and made again since: whether those"
                            + " were there nobody can tell");
        }
    }

    private void check(String cluster, List<Line> lines) {
        for (int at = 0; at < lines.size(); at++) {
            Line line = lines.get(at);
            boolean isBegin = at == 0 && !topics.isCut(line.place());
            if (isOfARequest(line)) {
                findings.checked(Invariant.AUDIT_NAMES_ITS_CAUSE);
                look(cluster, line, line.cause().orElseThrow());
            } else if ((isBegin && line.cause().isEmpty()) || answersARequest(line)) {
                findings.checked(Invariant.AUDIT_NAMES_ITS_CAUSE);
                violated(
                        cluster, line,
                        line.cause().map(cause -> "names " + cause + " as its cause, which is no request")
                                .orElse("names no cause"));
            }
        }
    }

    private static boolean isOfARequest(Line line) {
        return line.cause().filter(cause -> OF_REQUESTS.contains(cause.topic())).isPresent();
    }

    /// What is to be removed once a run has been undone is begun by the answer that ends it; a first run never is.
    private static boolean answersARequest(Line line) {
        return switch (line.event()) {
            case REQUEST_ACCEPTED -> line.run() <= 1;
            case REQUEST_REFUSED, CONTROL_ACCEPTED, CONTROL_REFUSED -> true;
            default -> false;
        };
    }

    private void look(String cluster, Line line, Place cause) {
        String key = keys.get(cause);
        Span span = read.spans().get(Partition.of(cause));
        if (isOfAnotherTopic(line, cause)) {
            causesInReplacedTopics++;
            ofReplacedTopics.add(cluster);
        } else if (key != null) {
            if (!key.equals(cluster)) {
                violated(cluster, line, "names " + cause + " as its cause, which is about " + key);
            }
        } else if (span == null
                || cause.offset() >= span.begin() && (cause.offset() < span.end() || wasThereBefore(line))) {
            violated(cluster, line, "names " + cause + " as its cause, where no request of the cluster lies");
        }
    }

    private boolean isOfAnotherTopic(Line line, Place cause) {
        String now = read.topicIds().getOrDefault(cause.topic(), "");
        return !now.isEmpty() && !line.causeTopicId().isEmpty() && !line.causeTopicId().equals(now);
    }

    /// Whether the line was written before the requests were read, so that its cause was.
    private boolean wasThereBefore(Line line) {
        return moment != Moment.LIVE
                || line.place().offset() < read.auditBefore().getOrDefault(Partition.of(line.place()), 0L);
    }

    private void violated(String cluster, Line line, String what) {
        findings.violated(
                Invariant.AUDIT_NAMES_ITS_CAUSE, cluster,
                "record " + line.sequence() + " (" + line.event() + ") " + what,
                line.place());
    }
}
