package io.keyfold.cli;

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
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Waits for what the workflow makes of a record that was just published.
final class Verdict {
    private static final Duration POLL = Duration.ofMillis(200);

    /// The events by which the workflow says no, or that it has had this before.
    private static final Set<AuditEvent> WITHOUT_EFFECT =
            Set.of(AuditEvent.REQUEST_REFUSED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);

    private final StatusFeed feed;
    private final Instant until;
    private final Consumer<ClusterEncryptionStatus> progress;
    private final List<ClusterEncryptionStatus> seen = new ArrayList<>();

    /// @param progress gets every change of a run that is followed
    Verdict(StatusFeed feed, Duration limit, Consumer<ClusterEncryptionStatus> progress) {
        this.feed = feed;
        this.until = Instant.now().plus(limit);
        this.progress = progress;
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
        return (mend(audit) + " What holds and what goes on: keyfold status " + audit.getClusterId()).strip();
    }

    /// What was said no to, why and what to do about it, for a row of a list.
    static String inARow(ClusterEncryptionAudit audit) {
        return (audit.getCode() + " " + audit.getMessage() + " " + mend(audit)).strip();
    }

    private static String mend(ClusterEncryptionAudit audit) {
        return Arrays.stream(RefusalCode.values())
                .filter(code -> code.name().equals(audit.getCode()))
                .map(code -> Remedy.mend(code).replace("CLUSTER", audit.getClusterId()))
                .findFirst()
                .orElse("");
    }

    /// Follows the run of `requestId` until it ends, is parked, or the request proves to have none.
    Optional<ClusterEncryptionStatus> follow(String requestId, Published published) {
        return follow(
                until,
                (_, run) -> run.getRequestId().equals(requestId),
                _ -> true,
                audit -> refuse(requestId, published, audit));
    }

    /// Follows the run that a control has set going until it ends or is parked. A control's runs have the request id of
    /// the deploy that they are about, so what was published before `answer` is told by its revision.
    ///
    /// @param before  the status before the control, which holds on if the control changes nothing in it
    /// @param isMeant whether a run is the one to follow to its end
    Optional<ClusterEncryptionStatus> follow(
            ClusterEncryptionAudit answer,
            ClusterEncryptionStatus before,
            Predicate<RunStatus> isMeant,
            Duration limit) {
        seen.addFirst(before);
        return follow(
                Instant.now().plus(limit),
                (status, _) -> status.getClusterId().equals(answer.getClusterId())
                        && status.getRevision() >= answer.getRevision(),
                isMeant,
                _ -> {});
    }

    /// Begins with what was read while the answer was waited for.
    ///
    /// @param isOfIt whether a status tells of what is followed
    /// @param heed   hears what the workflow says meanwhile
    private Optional<ClusterEncryptionStatus> follow(
            Instant end,
            BiPredicate<ClusterEncryptionStatus, RunStatus> isOfIt,
            Predicate<RunStatus> isMeant,
            Consumer<ClusterEncryptionAudit> heed) {
        for (var news = new StatusFeed.News(seen, List.of());; news = feed.next(POLL)) {
            for (var status : news.statuses()) {
                var run = status.getLastRun();
                if (run != null && isOfIt.test(status, run)) {
                    progress.accept(status);
                    if (!Outcome.isGoing(status) && isMeant.test(run)) {
                        return Optional.of(status);
                    }
                }
            }
            news.audit().forEach(heed);
            if (!Instant.now().isBefore(end)) {
                return Optional.empty();
            }
        }
    }

    private static void refuse(String requestId, Published published, ClusterEncryptionAudit audit) {
        if (published.isCauseOf(audit) && isWithoutEffect(audit)) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "the workflow did not take up request " + requestId + ": " + audit.getCode() + " "
                            + audit.getMessage(),
                    whatNext(audit));
        }
    }
}
