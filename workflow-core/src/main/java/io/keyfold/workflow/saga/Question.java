package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.UUID;

/// What a check wants to know of one resource in force.
///
/// @param attempts VERIFY commands sent for it in this check
public record Question(StepName step, String id, int attempts, State state) {

    /// How far it is answered.
    public sealed interface State {
        /// A VERIFY is with the worker.
        record Asked(UUID command) implements State {}

        /// The worker cannot say yet: asked again by the timer.
        record Deferred(Instant until, String why) implements State {}

        record Answered(Inspection inspection) implements State {}
    }

    Question become(State next) {
        return new Question(step, id, attempts, next);
    }

    Question answered(Inspection inspection) {
        return become(new State.Answered(inspection));
    }

    boolean isAnswered() {
        return state instanceof State.Answered;
    }
}
