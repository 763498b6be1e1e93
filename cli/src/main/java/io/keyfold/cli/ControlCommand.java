package io.keyfold.cli;

import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ControlAction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the commands share that ask for something to be done with a cluster's latest deploy.
abstract class ControlCommand extends ClientCommand implements Callable<Integer> {
    /// The workflow answers in milliseconds; after this it is taken not to run.
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    @Parameters(
            arity = "1",
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default.")
    private String cluster = "";

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "The deploy that this is about. Default: the cluster's latest.")
    private @Nullable String requestId;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason = "";

    abstract ControlAction action();

    /// Adds what only this action has.
    void complete(ClusterControlRequested.Builder control) {}

    @Override
    public Integer call() {
        var connection = connection();
        var control = ClusterControlRequested.newBuilder()
                .setControlId("cli-" + UUID.randomUUID())
                .setClusterId(clusterId(cluster))
                .setAction(action())
                .setRequestId(requestId == null ? latestRequest(connection) : requestId)
                .setReason(reason)
                .setRequestedBy(System.getProperty("user.name"))
                .setRequestedAt(Instant.now());
        complete(control);
        return ask(connection, control.build());
    }

    private int ask(Connection connection, ClusterControlRequested control) {
        try (var feed = StatusFeed.fromNow(connection, Optional.of(control.getClusterId()));
                var publisher = new RequestPublisher(connection)) {
            var published = publisher.publish(control);
            var report = new StatusReport(Terminal.ofThisProcess());
            var answer = new Verdict(feed, report, ANSWER_WITHIN)
                    .of(published)
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
            System.out.println(answer.getMessage());
            System.out.println("Follow it: keyfold watch " + control.getClusterId());
            return ExitCode.OK;
        }
    }

    private String latestRequest(Connection connection) {
        try (var topics = new TopicReader(connection)) {
            var run = StatusCommand.find(topics, cluster).getLastRun();
            if (run == null || run.getRequestId().isEmpty()) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "cluster " + clusterId(cluster) + " has no request yet",
                        "Name the deploy: --request-id ID");
            }
            return run.getRequestId();
        }
    }
}
