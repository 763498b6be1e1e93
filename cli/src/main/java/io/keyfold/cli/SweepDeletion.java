package io.keyfold.cli;

import io.keyfold.cli.sweep.Judgement;
import io.keyfold.cli.sweep.SagaView;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.FoundResource;
import io.keyfold.workflow.saga.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Asks the workflow to delete orphans, one control a cluster, and hears what becomes of each.
final class SweepDeletion {
    private static final Duration POLL = Duration.ofMillis(200);

    /// Refusals that are told of each thing, besides of all.
    private static final Set<String> OF_EACH = Set.of("NOT_AN_ORPHAN", "DELETION_PROTECTED");

    /// A control takes no more; the rest is found by the next sweep.
    private static final int MOST = 100;

    private final Connection connection;
    private final String reason;
    private final String approvedBy;
    private final Duration limit;

    /// What became of an orphan.
    sealed interface End {
        /// In the workflow's words.
        String words();

        record Deleted(String words) implements End {}

        record NotDeleted(String words) implements End {}

        /// The time is up.
        record Open(String words) implements End {}
    }

    /// @param limit how long the end is waited for
    SweepDeletion(Connection connection, String reason, String approvedBy, Duration limit) {
        this.connection = connection;
        this.reason = reason;
        this.approvedBy = approvedBy;
        this.limit = limit;
    }

    static int exitCode(Collection<End> ends, boolean isClean) {
        if (ends.stream().anyMatch(End.Open.class::isInstance)) {
            return ExitCode.TIMED_OUT;
        }
        return isClean ? ExitCode.OK : ExitCode.ORPHANS;
    }

    /// What was asked for in one control, and has no end yet.
    private record Asked(String cluster, Set<String> open) {}

    /// @return by id
    Map<String, End> of(List<Judgement.Orphan> orphans, SagaView view) {
        Map<String, End> ends = new HashMap<>();
        Map<Published, Asked> asked = new LinkedHashMap<>();
        Set<Published> answered = new HashSet<>();
        // The feed first: nothing that the workflow says of it may be missed.
        try (var feed = StatusFeed.fromNow(connection, Optional.empty());
                var publisher = new RequestPublisher(connection)) {
            byCluster(orphans).forEach((cluster, found) -> {
                List<Judgement.Orphan> now = found.subList(0, Math.min(MOST, found.size()));
                found.subList(now.size(), found.size()).forEach(
                        later -> ends.put(later.seen().id(), new End.NotDeleted("one of too many: sweep again")));
                asked.put(
                        publisher.publish(control(cluster, now, view)),
                        new Asked(
                                cluster,
                                now.stream().map(one -> one.seen().id())
                                        .collect(Collectors.toCollection(HashSet::new))));
            });
            var end = Instant.now().plus(limit);
            var answerBy = Instant.now().plus(ControlCommand.ANSWER_WITHIN);
            while (asked.values().stream().anyMatch(one -> !one.open().isEmpty()) && Instant.now().isBefore(end)
                    && (answered.size() == asked.size() || Instant.now().isBefore(answerBy))) {
                feed.next(POLL).audit().forEach(line -> asked.forEach((published, one) -> {
                    if (published.isCauseOf(line)) {
                        answered.add(published);
                    }
                    hear(line, published, one, ends);
                }));
            }
        }
        asked.forEach((published, one) -> one.open().forEach(
                id -> ends.put(id, new End.Open(
                        answered.contains(published)
                                ? "it goes on: keyfold status " + one.cluster() + " will tell"
                                : "the workflow has not answered; it is taken up once the workflow runs: keyfold doctor"))));
        return ends;
    }

    private static Map<String, List<Judgement.Orphan>> byCluster(List<Judgement.Orphan> orphans) {
        return orphans.stream()
                .collect(Collectors.groupingBy(Judgement.Orphan::cluster, TreeMap::new, Collectors.toList()));
    }

    private static void hear(ClusterEncryptionAudit line, Published published, Asked asked, Map<String, End> ends) {
        if (!line.getClusterId().equals(asked.cluster())) {
            return;
        }
        boolean refusesAll = line.getEvent() == AuditEvent.CONTROL_REFUSED && published.isCauseOf(line)
                && line.getResourceId().isEmpty() && !OF_EACH.contains(line.getCode());
        if (refusesAll) {
            asked.open().forEach(id -> ends.put(id, new End.NotDeleted(Verdict.inARow(line))));
            asked.open().clear();
        } else if (asked.open().contains(line.getResourceId())) {
            end(line).ifPresent(end -> {
                ends.put(line.getResourceId(), end);
                asked.open().remove(line.getResourceId());
            });
        }
    }

    private static Optional<End> end(ClusterEncryptionAudit line) {
        return switch (line.getEvent()) {
            case STEP_COMPENSATED -> Optional.of(new End.Deleted(line.getMessage()));
            case STEP_RETAINED, COMPENSATION_FAILED, CONTROL_REFUSED ->
                Optional.of(new End.NotDeleted((line.getCode() + " " + line.getMessage()).strip()));
            default -> Optional.empty();
        };
    }

    private ClusterControlRequested control(String cluster, List<Judgement.Orphan> orphans, SagaView view) {
        return Controls.of(ControlAction.SWEEP, cluster, view.requestOf(cluster), reason)
                .setApprovedBy(approvedBy)
                .setFound(orphans.stream().map(SweepDeletion::found).toList())
                .build();
    }

    private static FoundResource found(Judgement.Orphan orphan) {
        var seen = orphan.seen();
        return FoundResource.newBuilder()
                .setStep(orphan.step())
                .setRun(orphan.run())
                .setMark(seen.mark().map(Mark::text).orElse(""))
                .setId(seen.id())
                .setCrn(seen.crn())
                .setName(seen.name())
                .setInstanceId(seen.instanceId())
                .setRegion(seen.region())
                .setCreatedAt(seen.createdAt().map(made -> made.truncatedTo(ChronoUnit.MILLIS)).orElse(null))
                .build();
    }
}
