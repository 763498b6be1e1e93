package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One saga of an accepted request; or, with number 0 and state REJECTED, the record of a refused one.
///
/// @param fault      why it is undone, failed, cancelled or parked
/// @param violations REJECTED: every rule the request broke
public record Run(
        int number,
        DeployRequest request,
        RunState state,
        Instant startedAt,
        Instant deadline,
        Optional<Instant> endedAt,
        Optional<Fault> fault,
        List<Violation> violations,
        List<Step> steps) {
    public Run {
        violations = List.copyOf(violations);
        steps = List.copyOf(steps);
    }

    public Optional<Step> step(StepName name) {
        return steps.stream().filter(step -> step.name() == name).findFirst();
    }

    Run become(RunState next) {
        return new Run(number, request, next, startedAt, deadline, endedAt, fault, violations, steps);
    }

    Run ended(RunState next, Instant now) {
        return new Run(number, request, next, startedAt, deadline, Optional.of(now), fault, violations, steps);
    }

    Run resumed() {
        return new Run(
                number,
                request,
                RunState.COMPENSATING,
                startedAt,
                deadline,
                Optional.empty(),
                fault,
                violations,
                steps);
    }

    Run because(Fault why) {
        return new Run(number, request, state, startedAt, deadline, endedAt, Optional.of(why), violations, steps);
    }

    Run with(Step changed) {
        List<Step> next = steps.stream().map(step -> step.name() == changed.name() ? changed : step).toList();
        return new Run(number, request, state, startedAt, deadline, endedAt, fault, violations, next);
    }
}
