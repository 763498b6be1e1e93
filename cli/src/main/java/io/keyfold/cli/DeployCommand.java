package io.keyfold.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.AvroJson;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold deploy`: asks for a cluster's encryption, as an orchestrator would.
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        description = "Asks for a cluster's encryption; with --wait, follows it to its end.")
final class DeployCommand extends ClientCommand implements Callable<Integer> {
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

    @Override
    public Integer call() {
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
            PlanCommand.refuse(asked.request(), now);
        }
        var connection = connection();
        return following.isMeant() ? publishAndFollow(connection, asked) : publish(connection, asked);
    }

    private int publish(Connection connection, InputOptions.Asked asked) {
        try (var publisher = new RequestPublisher(connection)) {
            publisher.publish(asked.request());
        }
        var requestId = asked.request().getRequestId();
        System.out.println(
                format == Format.JSON
                        ? AvroJson.pretty(JsonNodeFactory.instance.objectNode()
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
            var published = publisher.publish(asked.request());
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
