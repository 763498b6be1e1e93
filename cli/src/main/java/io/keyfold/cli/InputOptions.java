package io.keyfold.cli;

import io.keyfold.cli.input.DeployInputs;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.workflow.wire.RequestFields;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options by which `plan`, `deploy` and `import` take a request.
final class InputOptions {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = {
                "Request as JSON, or the deployment's own variables: *.tfvars.json, *.tfvars. - reads standard input.",
                "Of a variable file only the inputs of the encryption are looked at."
            })
    private @Nullable String file;

    @Option(
            names = "--set",
            paramLabel = "INPUT=VALUE",
            description = "One input by its official name; wins over the file. Example: --set kms_region=eu-de")
    private Map<String, String> given = new LinkedHashMap<>();

    /// What was asked for, complete: who asks and when is filled in, and an id where none was given.
    Asked read(Instant now) {
        if (file == null && given.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "no request was given",
                    "Give a file (-f FILE) or inputs (--set cluster_prefix=hpc-1 --set region=us-south). Inputs: "
                            + String.join(", ", RequestFields.sortedNames()));
        }
        var inputs = Optional.ofNullable(file).map(DeployInputs::read).orElse(DeployInputs.none()).with(given);
        var values = new HashMap<>(inputs.values());
        values.putIfAbsent("request_id", "cli-" + UUID.randomUUID());
        values.putIfAbsent("requested_by", System.getProperty("user.name"));
        values.putIfAbsent("requested_at", now.toString());
        return new Asked(RequestFields.toRecord(values), inputs.passedOver());
    }

    /// @param passedOver inputs of a variable file that have nothing to do with encryption
    record Asked(ClusterDeployRequested request, List<String> passedOver) {
        String clusterId() {
            return request.getAccount() + "/" + request.getClusterPrefix();
        }
    }
}
