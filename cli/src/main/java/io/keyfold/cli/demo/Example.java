package io.keyfold.cli.demo;

import io.keyfold.cli.input.DeployInputs;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.workflow.wire.RequestFields;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;

/// One example: a request, and how it must end.
///
/// @param file in `examples/`
/// @param title what it shows
record Example(String file, String title, RunState outcome, Standing standing) {
    /// The cloud refuses this key, so that a run fails when it is half done.
    static final String REFUSED_KEY = "hpc-fail-key";

    static final List<Example> ALL = List.of(
            new Example(
                    "new-instance-and-key.json",
                    "new instance, new key",
                    RunState.COMPLETED,
                    Standing.CUSTOMER_MANAGED),
            new Example(
                    "existing-instance-and-key.json",
                    "existing instance and key",
                    RunState.COMPLETED,
                    Standing.CUSTOMER_MANAGED),
            new Example(
                    "existing-instance-new-key.json",
                    "new key in an existing instance",
                    RunState.COMPLETED,
                    Standing.CUSTOMER_MANAGED),
            new Example("provider-managed.json", "provider-managed", RunState.COMPLETED, Standing.PROVIDER_MANAGED),
            new Example("bad-request.json", "bad request", RunState.REJECTED, Standing.NONE),
            new Example("fails-midway.json", "fails midway, is undone", RunState.FAILED, Standing.NONE));

    /// The request in its file, signed by the demo.
    ClusterDeployRequested request(Path examples, Instant now) {
        var values = new HashMap<>(DeployInputs.read(examples.resolve(file).toString()).values());
        values.put("request_id", "demo-" + (ALL.indexOf(this) + 1));
        values.put("requested_by", "demo");
        values.put("requested_at", now.toString());
        return RequestFields.toRecord(values);
    }

    boolean endedAsItMust(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        return run != null && run.getState() == outcome && status.getStanding() == standing;
    }
}
