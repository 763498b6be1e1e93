package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.Optional;

/// One step of a run.
///
/// @param attempts     commands sent for it in this run
/// @param lastError    the last fault a worker told of
/// @param firstIssuedAt when the run first asked for the thing to be made
public record Step(
        StepName name, StepState state, int attempts, Optional<Fault> lastError, Optional<Instant> firstIssuedAt) {

    static Step in(StepName name, StepState state) {
        return new Step(name, state, 0, Optional.empty(), Optional.empty());
    }

    Step become(StepState next) {
        return new Step(name, next, attempts, lastError, firstIssuedAt);
    }

    Step withError(Fault fault) {
        return new Step(name, state, attempts, Optional.of(fault), firstIssuedAt);
    }
}
