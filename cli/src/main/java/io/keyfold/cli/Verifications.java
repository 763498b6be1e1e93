package io.keyfold.cli;

import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.VerificationOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Asks for verifications, or repairs, of many clusters at once and, where that is wanted, waits for the end of each: a
/// completed repair ends with the verification that follows it.
final class Verifications {
    /// The workflow answers in milliseconds; when nothing has been answered for so long, it is taken not to run.
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    private static final Duration POLL = Duration.ofMillis(200);

    private final Connection connection;
    private final Duration limit;
    private final boolean isWaitedFor;

    /// What has become of what was asked for, by cluster.
    ///
    /// @param ended   the status that tells how it ended
    /// @param refused what the workflow said no to
    /// @param failed  why it did not come to its end: a verification that a run has overtaken, a repair that was undone
    /// @param open    what has not ended, or was not answered, in time
    record Results(
            Map<String, ClusterEncryptionStatus> ended,
            Map<String, String> refused,
            Map<String, String> failed,
            Map<String, String> open) {
        static Results none() {
            return new Results(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }

        Map<String, String> notDone() {
            var all = new TreeMap<>(refused);
            all.putAll(failed);
            all.putAll(open);
            return all;
        }

        int exitCode() {
            if (are(VerificationOutcome.DRIFTED)) {
                return ExitCode.DRIFTED;
            } else if (!open.isEmpty()) {
                return ExitCode.TIMED_OUT;
            }
            return !refused.isEmpty() ? ExitCode.REFUSED
                    : !failed.isEmpty() || are(VerificationOutcome.INCOMPLETE) ? ExitCode.NOT_COMPLETED : ExitCode.OK;
        }

        List<ClusterEncryptionStatus> drifted() {
            return ended.values().stream().filter(status -> outcomeOf(status) == VerificationOutcome.DRIFTED).toList();
        }

        /// What is left once all that had drifted is repaired.
        Results withoutDrift() {
            var others = new TreeMap<>(ended);
            others.values().removeIf(status -> outcomeOf(status) == VerificationOutcome.DRIFTED);
            return new Results(others, refused, failed, open);
        }

        private boolean are(VerificationOutcome outcome) {
            return ended.values().stream().anyMatch(status -> outcomeOf(status) == outcome);
        }
    }

    /// How far one of them has come: the record that is to be answered, then the revision that tells of its end.
    private static final class Progress {
        private final Published published;
        private boolean isAnswered;
        private boolean isUndone;
        private Optional<Long> endsWith = Optional.empty();

        private Progress(Published published) {
            this.published = published;
        }
    }

    /// @param limit when what has not ended is no longer waited for
    Verifications(Connection connection, Duration limit, boolean isWaitedFor) {
        this.connection = connection;
        this.limit = limit;
        this.isWaitedFor = isWaitedFor;
    }

    static boolean isVerifiable(ClusterEncryptionStatus status) {
        return status.getLastRun() != null
                && (status.getStanding() == Standing.CUSTOMER_MANAGED || status.getStanding() == Standing.DRIFTED);
    }

    static VerificationOutcome outcomeOf(ClusterEncryptionStatus status) {
        var verification = status.getVerification();
        return verification == null ? VerificationOutcome.UNKNOWN : verification.getOutcome();
    }

    Results ask(List<ClusterControlRequested> controls) {
        var going = new TreeMap<String, Progress>();
        var results = Results.none();
        // The feed first: nothing that the workflow says of it may be missed.
        try (var feed = StatusFeed.fromNow(connection, Optional.empty());
                var publisher = new RequestPublisher(connection)) {
            controls.forEach(
                    control -> going.put(control.getClusterId(), new Progress(publisher.publish(control))));
            var latest = new HashMap<String, ClusterEncryptionStatus>();
            var end = Instant.now().plus(limit);
            var lastNews = Instant.now();
            while (!going.isEmpty() && Instant.now().isBefore(end)
                    && (allAnswered(going.values()) || Instant.now().isBefore(lastNews.plus(ANSWER_WITHIN)))) {
                var news = feed.next(POLL);
                news.statuses().forEach(status -> latest.put(status.getClusterId(), status));
                for (var audit : news.audit()) {
                    var progress = going.get(audit.getClusterId());
                    if (progress != null && heard(audit, progress, results)) {
                        lastNews = Instant.now();
                    }
                }
                going.entrySet().removeIf(entry -> isOver(entry.getKey(), entry.getValue(), latest, results));
            }
        }
        going.forEach((cluster, progress) -> results.open().put(cluster, progress.isAnswered
                ? "it goes on: keyfold status " + cluster + " will tell"
                : "the workflow has not answered; it is taken up once the workflow runs: keyfold doctor"));
        return results;
    }

    private static boolean allAnswered(Collection<Progress> going) {
        return going.stream().allMatch(progress -> progress.isAnswered);
    }

    /// Whether the record tells of it at all.
    private static boolean heard(ClusterEncryptionAudit audit, Progress progress, Results results) {
        if (!progress.isAnswered && progress.published.isCauseOf(audit)) {
            progress.isAnswered = true;
            if (Verdict.isWithoutEffect(audit)) {
                results.refused().put(audit.getClusterId(), Verdict.inARow(audit));
            }
            return true;
        }
        if (progress.isAnswered && isEndOfARepair(audit)) {
            progress.isUndone = true;
            progress.endsWith = Optional.of(audit.getRevision());
            return true;
        }
        if (progress.isAnswered && audit.getEvent() == AuditEvent.VERIFICATION_ENDED) {
            if (audit.getCode().isEmpty()) { // dropped
                results.failed().put(audit.getClusterId(), audit.getMessage());
            } else {
                progress.endsWith = Optional.of(audit.getRevision());
            }
            return true;
        }
        return false;
    }

    /// A repair that does not come to its verification.
    private static boolean isEndOfARepair(ClusterEncryptionAudit audit) {
        return audit.getEvent() == AuditEvent.RUN_PARKED
                || audit.getEvent() == AuditEvent.RUN_ENDED && !audit.getToState().equals(RunState.COMPLETED.name());
    }

    private boolean isOver(
            String cluster,
            Progress progress,
            Map<String, ClusterEncryptionStatus> latest,
            Results results) {
        if (results.refused().containsKey(cluster) || results.failed().containsKey(cluster)
                || progress.isAnswered && !isWaitedFor) {
            return true;
        }
        var status = Optional.ofNullable(latest.get(cluster))
                .filter(read -> progress.endsWith.filter(revision -> read.getRevision() >= revision).isPresent());
        status.ifPresent(read -> {
            var run = read.getLastRun();
            if (progress.isUndone && run != null) {
                results.failed().put(cluster, run.getState() + ": " + StatusReport.why(run) + " " + run.getRemedy());
            } else {
                results.ended().put(cluster, read);
            }
        });
        return status.isPresent();
    }
}
