package io.keyfold.cli;

import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// The same control for every cluster of a [Selection]: shown first, then done, and what could not be done is listed.
final class BulkControl {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Connection connection;
    private final Duration answerWithin;

    /// @param answerWithin when nothing has been answered for so long, the rest is taken for unanswered
    BulkControl(Connection connection, Duration answerWithin) {
        this.connection = connection;
        this.answerWithin = answerWithin;
    }

    int run(Selection selection, Function<ClusterEncryptionStatus, ClusterControlRequested> control) {
        List<ClusterEncryptionStatus> selected = selected(selection);
        if (selected.isEmpty()) {
            System.out.println("No cluster is like that; nothing was asked for. All clusters: keyfold status");
            return ExitCode.OK;
        }
        System.out.println(new StatusReport(Terminal.ofThisProcess()).fleet(selected));
        if (!selection.isMeant()) {
            System.out.println();
            System.out.println("Nothing was asked for yet. To do it to these " + selected.size() + ": add --yes");
            return ExitCode.OK;
        }
        return ask(selected.stream().map(control).toList());
    }

    private List<ClusterEncryptionStatus> selected(Selection selection) {
        try (var topics = new TopicReader(connection)) {
            return topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS).values().stream()
                    .filter(selection::contains)
                    .filter(status -> status.getLastRun() != null)
                    .toList();
        }
    }

    private int ask(List<ClusterControlRequested> controls) {
        Map<Published, String> unanswered = new LinkedHashMap<>();
        Map<String, String> notDone = new TreeMap<>();
        try (var feed = StatusFeed.fromNow(connection, Optional.empty());
                var publisher = new RequestPublisher(connection)) {
            controls.forEach(control -> unanswered.put(publisher.publish(control), control.getClusterId()));
            var lastAnswer = Instant.now();
            while (!unanswered.isEmpty() && Instant.now().isBefore(lastAnswer.plus(answerWithin))) {
                var left = unanswered.size();
                feed.next(POLL).audit().forEach(audit -> answered(unanswered, audit, notDone));
                lastAnswer = unanswered.size() < left ? Instant.now() : lastAnswer;
            }
        }
        unanswered.values().forEach(cluster -> notDone.put(cluster, "the workflow has not answered within "
                + answerWithin.toSeconds() + " s; it is taken up once the workflow runs: keyfold doctor"));
        System.out.println();
        System.out.println("Asked for " + controls.size() + ", not done for " + notDone.size()
                + ". Follow it: keyfold watch");
        if (!notDone.isEmpty()) {
            var table = new Table("NOT DONE FOR", "WHY");
            notDone.forEach(table::row);
            System.out.println(table);
        }
        return !unanswered.isEmpty() ? ExitCode.TIMED_OUT : notDone.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static void answered(
            Map<Published, String> unanswered, ClusterEncryptionAudit audit, Map<String, String> notDone) {
        unanswered.keySet().stream().filter(published -> published.isCauseOf(audit)).findFirst()
                .ifPresent(published -> {
                    unanswered.remove(published);
                    if (Verdict.isWithoutEffect(audit)) {
                        notDone.put(audit.getClusterId(), Verdict.inARow(audit));
                    }
                });
    }
}
