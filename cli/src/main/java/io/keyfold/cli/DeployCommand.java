package io.keyfold.cli;

import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.Violation;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;

/// `keyfold deploy`: asks for a cluster's encryption, as an orchestrator would.
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        description = "Asks for a cluster's encryption; with --wait, follows it to its end.")
final class DeployCommand extends InputsCommand {
    @Override
    List<Violation> violations(DeployRequest request, Instant now) {
        return RequestRules.check(request, now);
    }

    @Override
    Published publish(RequestPublisher publisher, InputOptions.Asked asked) {
        return publisher.publish(asked.request());
    }
}
