package io.keyfold.cli;

import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunStatus;
import io.keyfold.workflow.report.Remedy;
import io.keyfold.workflow.request.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Waits for what the workflow makes of a record that was just published.
final class Verdict {
    private static final Duration POLL = Duration.ofMillis(200);

    /// The events by which the workflow says no, or that it has had this before.
    private static final Set<AuditEvent> WITHOUT_EFFECT =
            Set.of(AuditEvent.REQUEST_REFUSED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);

    private final StatusFeed feed;
    private final StatusReport report;
    private final Instant until;
    private final List<ClusterEncryptionStatus> seen = new ArrayList<>();

    Verdict(StatusFeed feed, StatusReport report, Duration limit) {
        this.feed = feed;
        this.report = report;
        this.until = Instant.now().plus(limit);
    }

    /// The first audit record that names `published` as its cause; empty if none came in time.
    Optional<ClusterEncryptionAudit> of(Published published) {
        while (Instant.now().isBefore(until)) {
            var news = feed.next(POLL);
            seen.addAll(news.statuses());
            for (var audit : news.audit()) {
                if (published.isCauseOf(audit)) {
                    return Optional.of(audit);
                }
            }
        }
        return Optional.empty();
    }

    static boolean isWithoutEffect(ClusterEncryptionAudit audit) {
        return WITHOUT_EFFECT.contains(audit.getEvent());
    }

    /// What to do about a request that had no effect.
    static String whatNext(ClusterEncryptionAudit audit) {
        var mend = Arrays.stream(RefusalCode.values())
                .filter(code -> code.name().equals(audit.getCode()))
                .map(code -> Remedy.mend(code).replace("CLUSTER", audit.getClusterId()) + " ")
                .findFirst()
                .orElse("");
        return mend + "What holds and what goes on: keyfold status " + audit.getClusterId();
    }

    /// Follows the run of `requestId`, a line a change, until it ends, is parked, or the request proves to have none.
    ///
    /// @param progress where the lines go
    Optional<ClusterEncryptionStatus> follow(
            String requestId, Published published, Consumer<String> progress) {
        while (Instant.now().isBefore(until)) {
            var news = feed.next(POLL);
            for (var status : news.statuses()) {
                if (isOf(requestId, status.getLastRun())) {
                    progress.accept(report.line(status, false));
                    if (!Outcome.isGoing(status)) {
                        return Optional.of(status);
                    }
                }
            }
            for (var audit : news.audit()) {
                if (published.isCauseOf(audit) && isWithoutEffect(audit)) {
                    throw new CommandFailure(
                            ExitCode.REFUSED,
                            "the workflow did not take up request " + requestId + ": " + audit.getCode() + " "
                                    + audit.getMessage(),
                            whatNext(audit));
                }
            }
        }
        return Optional.empty();
    }

    /// Follows the run that a control has set going, a line a change, until it ends or is parked. A control's runs have the
    /// request id of the deploy that they are about, so what was published before `answer` is told by its revision.
    ///
    /// @param before  the status before the control, which holds on if the control changes nothing in it
    /// @param isMeant whether a run is the one to follow to its end
    Optional<ClusterEncryptionStatus> follow(
            ClusterEncryptionAudit answer,
            ClusterEncryptionStatus before,
            Predicate<RunStatus> isMeant,
            Duration limit,
            Consumer<String> progress) {
        var end = Instant.now().plus(limit);
        seen.addFirst(before);
        while (true) {
            for (var status : seen) {
                var run = status.getLastRun();
                if (run == null || status.getRevision() < answer.getRevision()) {
                    continue;
                }
                progress.accept(report.line(status, false));
                if (!Outcome.isGoing(status) && isMeant.test(run)) {
                    return Optional.of(status);
                }
            }
            seen.clear();
            if (!Instant.now().isBefore(end)) {
                return Optional.empty();
            }
            seen.addAll(feed.next(POLL).statuses().stream()
                    .filter(status -> status.getClusterId().equals(answer.getClusterId())).toList());
        }
    }

    private static boolean isOf(String requestId, @Nullable RunStatus run) {
        return run != null && run.getRequestId().equals(requestId);
    }
}
