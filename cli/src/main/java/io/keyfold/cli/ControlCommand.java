package io.keyfold.cli;

import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the commands share that ask for something to be done with a cluster's latest deploy, or with those of all clusters
/// of a selection.
abstract class ControlCommand extends ClientCommand implements Callable<Integer> {
    /// The workflow answers in milliseconds; after this it is taken not to run.
    static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    @Parameters(
            arity = "0..1",
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default. Or a selection, see below.")
    private @Nullable String cluster;

    @Mixin
    private final Selection selection = new Selection();

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "The deploy that this is about. Default: the cluster's latest.")
    private @Nullable String requestId;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason = "";

    @Mixin
    private final FollowOptions following = new FollowOptions();

    abstract ControlAction action();

    /// Why it is asked for; empty if nobody said.
    final String reason() {
        return reason;
    }

    /// Whether it is to be done at once, to more than one named cluster.
    final boolean isMeant() {
        return selection.isMeant();
    }

    /// The account that was named.
    final Optional<String> account() {
        return selection.account();
    }

    final void requireNoCluster(String why) {
        if (cluster != null || requestId != null || selection.isNarrowerThanAnAccount() || following.isMeant()) {
            throw new CommandFailure(ExitCode.USAGE, why, "Ask for one, then for the other");
        }
    }

    /// Adds what only this action has.
    void complete(ClusterControlRequested.Builder control) {}

    /// Says no, before anything is published, to what would not have the effect that was meant.
    ///
    /// @param requestId the deploy that was named
    void check(Connection connection, String clusterId, String requestId) {}

    @Override
    public Integer call() {
        if ((cluster == null) != selection.isGiven() || (requestId != null && selection.isGiven())) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "either one cluster is named, or clusters are selected by what their status says",
                    "keyfold " + action().name().toLowerCase(Locale.ROOT)
                            + " CLUSTER, or for example: --last-run FAILED"
                            + " --failed-with FORBIDDEN");
        }
        if (cluster == null && following.isMeant()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--wait follows one cluster, not a selection",
                    "Leave it out and follow them all: keyfold watch");
        }
        var connection = connection();
        if (cluster != null && requestId != null) {
            check(connection, clusterId(cluster), requestId);
        }
        if (cluster == null) {
            return new BulkControl(connection, ANSWER_WITHIN)
                    .run(selection, status -> control(status.getClusterId(), Controls.latestRequest(status)));
        }
        var status = requestId == null || following.isMeant() ? Optional.of(status(connection, cluster))
                : Optional.<ClusterEncryptionStatus>empty();
        var request = requestId == null ? latestRequest(status.orElseThrow()) : requestId;
        return ask(connection, control(clusterId(cluster), request), status.filter(_ -> following.isMeant()));
    }

    private static ClusterEncryptionStatus status(Connection connection, String cluster) {
        try (var topics = new TopicReader(connection)) {
            return StatusCommand.find(topics, cluster);
        }
    }

    private ClusterControlRequested control(String clusterId, String request) {
        var control = Controls.of(action(), clusterId, request, reason);
        complete(control);
        return control.build();
    }

    private int ask(Connection connection, ClusterControlRequested control, Optional<ClusterEncryptionStatus> before) {
        try (var feed = StatusFeed.fromNow(connection, Optional.of(control.getClusterId()));
                var publisher = new RequestPublisher(connection)) {
            var published = publisher.publish(control);
            var report = new StatusReport(Terminal.ofThisProcess());
            var verdict =
                    new Verdict(feed, ANSWER_WITHIN, status -> System.err.println(report.line(status, false)));
            var answer = verdict.of(published)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.TIMED_OUT,
                            "the request is published, but the workflow has not answered within "
                                    + ANSWER_WITHIN.toSeconds() + " s",
                            "It will be taken up once the workflow runs: keyfold doctor, then keyfold watch "
                                    + control.getClusterId()));
            if (Verdict.isWithoutEffect(answer)) {
                throw new CommandFailure(
                        ExitCode.REFUSED,
                        "the workflow refused: " + answer.getCode() + " " + answer.getMessage(),
                        Verdict.whatNext(answer));
            }
            if (before.isPresent()) {
                System.err.println(answer.getMessage());
                return follow(verdict, answer, before.get(), control, report);
            }
            System.out.println(answer.getMessage());
            System.out.println("Follow it: keyfold watch " + control.getClusterId());
            return ExitCode.OK;
        }
    }

    private int follow(
            Verdict verdict,
            ClusterEncryptionAudit answer,
            ClusterEncryptionStatus before,
            ClusterControlRequested control,
            StatusReport report) {
        var last = verdict
                .follow(answer, before, run -> isEndOf(control, run), following.limit())
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TIMED_OUT,
                        "what was asked for " + control.getClusterId() + " has not ended within "
                                + following.limit().toSeconds() + " s",
                        "It goes on without us: keyfold watch " + control.getClusterId()));
        StatusCommand.print(last, Format.TABLE, report);
        var run = last.getLastRun();
        var isCancelled = action() == ControlAction.CANCEL && run != null && run.getState() == RunState.CANCELLED;
        return isCancelled ? ExitCode.OK : Outcome.exitCode(last);
    }

    /// Whether a run that goes on no more is the end of what was asked for. A removal has a run of its own; before it, a
    /// run that is going is undone, and may wait for a person meanwhile.
    private static boolean isEndOf(ClusterControlRequested control, RunStatus run) {
        return switch (control.getAction()) {
            case DEPROVISION -> run.getKind() == RunKind.DEPROVISION || Outcome.isParked(run);
            case REMOVE -> run.getKind() == RunKind.REMOVE;
            default -> run.getRequestId().equals(control.getRequestId());
        };
    }

    private static String latestRequest(ClusterEncryptionStatus status) {
        var request = Controls.latestRequest(status);
        if (request.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "cluster " + status.getClusterId() + " has no request yet",
                    "Name the deploy: --request-id ID");
        }
        return request;
    }
}
