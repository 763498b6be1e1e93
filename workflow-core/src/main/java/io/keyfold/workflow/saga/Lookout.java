package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Something that a run may have made without anybody having seen it: the worker that sent the create told too late, when
/// nobody waited for it any more, that it does not know what came of it. So it is looked for, beside whatever run is going.
///
/// @param what     where it would be: its id is not known
/// @param since    it was not made before
/// @param attempts how often it was looked for
/// @param dueAt    when it is looked for, or looked for again if there was no answer
/// @param command  the question that was asked last
public record Lookout(
        StepName step,
        int run,
        CloudResource what,
        Instant since,
        int attempts,
        Instant dueAt,
        Optional<UUID> command) {

    Lookout due(Instant at) {
        return new Lookout(step, run, what, since, attempts, at, command);
    }

    Lookout attempted() {
        return new Lookout(step, run, what, since, attempts + 1, dueAt, command);
    }

    Lookout asking(UUID question, Instant askedAgainAt) {
        return new Lookout(step, run, what, since, attempts, askedAgainAt, Optional.of(question));
    }

    boolean isOf(int otherRun, StepName otherStep) {
        return run == otherRun && step == otherStep;
    }
}
