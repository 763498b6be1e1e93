package io.keyfold.workflow.saga;

import java.time.Instant;

/// What a step does next.
sealed interface Next {

    record Become(StepState state) implements Next {}

    /// Send this to the worker and wait for the answer.
    record Send(Ask ask) implements Next {}

    /// Ask the ledger for a hold on the id that the name resolved to.
    record Hold(CloudResource candidate) implements Next {}

    /// Ask the ledger whether somebody else's resource may be used.
    record Claim(CloudResource found, Instant since) implements Next {}

    /// It is ours: list it as created.
    record TakeAsCreated(CloudResource resource, Instant since) implements Next {}

    /// It is somebody else's and granted: list it as adopted.
    record TakeAsAdopted(CloudResource resource, Instant since) implements Next {}

    /// The cluster has it already: go on using it as what it is.
    record Keep(Resource resource) implements Next {}

    /// Ours, but too late or one too many: delete it.
    record Remove(CloudResource surplus) implements Next {}

    /// Changes nothing.
    record Ignore(String why) implements Next {}
}
