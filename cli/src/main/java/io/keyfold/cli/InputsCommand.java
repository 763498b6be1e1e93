package io.keyfold.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.wire.DeployRequests;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What the commands share that publish the deployment inputs of one cluster and may follow the run that comes of it.
abstract class InputsCommand extends ClientCommand implements Callable<Integer> {
    @Mixin
    private InputOptions input = new InputOptions();

    @Mixin
    private FollowOptions following = new FollowOptions();

    @Option(
            names = "--unchecked",
            description = "Publish even what the rules refuse here; the workflow will say what it thinks of it.")
    private boolean unchecked;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table (default), json, or, with --wait, tfvars.")
    private Format format = Format.TABLE;

    /// The rules that the request breaks.
    abstract List<Violation> violations(DeployRequest request, Instant now);

    abstract Published publish(RequestPublisher publisher, InputOptions.Asked asked);

    @Override
    public final Integer call() {
        if (format == Format.TFVARS && !following.isMeant()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--output tfvars needs the final status", "Add --wait");
        }
        var now = Instant.now();
        var asked = input.read(now);
        if (!asked.passedOver().isEmpty()) {
            System.err.println("keyfold: passed over, as they have nothing to do with encryption: "
                    + String.join(", ", asked.passedOver()));
        }
        if (!unchecked) {
            PlanCommand.refuse(violations(DeployRequests.of(asked.request()), now));
        }
        var connection = connection();
        return following.isMeant() ? publishAndFollow(connection, asked) : publish(connection, asked);
    }

    private int publish(Connection connection, InputOptions.Asked asked) {
        try (var publisher = new RequestPublisher(connection)) {
            publish(publisher, asked);
        }
        var requestId = asked.request().getRequestId();
        System.out.println(
                format.isData()
                        ? format.of(JsonNodeFactory.instance.objectNode()
                                .put("cluster_id", asked.clusterId())
                                .put("request_id", requestId))
                        : "Request " + requestId + " for " + asked.clusterId()
                                + " is published. Follow it: keyfold watch "
                                + asked.clusterId());
        return ExitCode.OK;
    }

    private int publishAndFollow(Connection connection, InputOptions.Asked asked) {
        var report = new StatusReport(Terminal.ofThisProcess());
        var limit = following.limit();
        var requestId = asked.request().getRequestId();
        // The feed first: nothing that the workflow says of the request may be missed.
        try (var feed = StatusFeed.fromNow(connection, Optional.of(asked.clusterId()));
                var publisher = new RequestPublisher(connection)) {
            var published = publish(publisher, asked);
            System.err.println("Request " + requestId + " for " + asked.clusterId() + " is published");
            var last = new Verdict(feed, limit, status -> System.err.println(report.line(status, false)))
                    .follow(requestId, published)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.TIMED_OUT,
                            "request " + requestId + " for " + asked.clusterId() + " has not ended within "
                                    + limit.toSeconds() + " s",
                            "It goes on without us: keyfold watch " + asked.clusterId()
                                    + ". If nothing at all was shown, the workflow may not be running: keyfold doctor"));
            var exitCode = Outcome.exitCode(last);
            if (format != Format.TFVARS || exitCode == ExitCode.OK) {
                StatusCommand.print(last, format, report);
            }
            return exitCode;
        }
    }
}
