package io.keyfold.cli;

import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.contract.ControlAction;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.Violation;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold import`: takes over a cluster's encryption that was set up by other means.
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Takes over a cluster that was deployed by other means, such as Terraform: looks its instance, root keys"
                + " and authorizations up by the inputs that it was deployed with, and uses them from now on. Makes, changes"
                + " and deletes nothing; what is taken over stays somebody else's. With --wait, follows it to its end.")
final class ImportCommand extends InputsCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason = "";

    @Override
    List<Violation> violations(DeployRequest request, Instant now) {
        return RequestRules.checkImport(request, now);
    }

    @Override
    Published publish(RequestPublisher publisher, InputOptions.Asked asked) {
        var inputs = asked.request();
        return publisher.publish(Controls.of(ControlAction.IMPORT, asked.clusterId(), inputs.getRequestId(), reason)
                .setRequestedBy(inputs.getRequestedBy())
                .setInputs(inputs)
                .build());
    }
}
