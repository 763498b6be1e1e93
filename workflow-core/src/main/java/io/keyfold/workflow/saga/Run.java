package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One saga of an accepted request; or, with number 0 and state REJECTED, the record of a refused one.
///
/// @param fault      why it is undone, failed, cancelled or parked
/// @param deadline   after which a deploy is undone; a removal has none and never reads it
/// @param violations REJECTED: every rule the request broke
/// @param removal    a run that deprovisions: who asked for it; empty for a deploy
/// @param repair     a run that repairs: who asked for it
/// @param clockStoppedUntil up to when its deadline was moved for workers that are paused or cut off; empty if it never was
/// @param imported   a run that takes over what was deployed by other means: who asked for it
public record Run(
        int number,
        DeployRequest request,
        RunState state,
        Instant startedAt,
        Instant deadline,
        Optional<Instant> endedAt,
        Optional<Fault> fault,
        List<Violation> violations,
        List<Step> steps,
        Optional<Removal> removal,
        Optional<Repair> repair,
        Optional<Instant> clockStoppedUntil,
        Optional<Import> imported) {
    /// A worker answers within this, even if all its calls are in vain.
    private static final Duration ONE_TRY = Duration.ofMinutes(1);

    public Run {
        violations = List.copyOf(violations);
        steps = List.copyOf(steps);
    }

    public RunKind kind() {
        return removal.map(asked -> asked.onlyUnused() ? RunKind.REMOVE : RunKind.DEPROVISION)
                .orElse(isRepair() ? RunKind.REPAIR : isImport() ? RunKind.IMPORT : RunKind.DEPLOY);
    }

    /// What it is to bring about, step by step.
    public Plan plan() {
        return isImport() ? Plan.ofImport(request) : Plan.of(request);
    }

    /// Whether it removes what earlier runs have made.
    public boolean isRemoval() {
        return removal.isPresent();
    }

    /// Whether it brings back what the last completed deploy made.
    public boolean isRepair() {
        return repair.isPresent();
    }

    /// Whether it takes over what was deployed by other means, and so makes nothing.
    public boolean isImport() {
        return imported.isPresent();
    }

    /// Whether it is at deleting things, and not parked.
    public boolean isDeleting() {
        return state == RunState.COMPENSATING || (isRemoval() && state == RunState.IN_PROGRESS);
    }

    /// Whether it removes a cluster of which there is only what others have made: then nothing is deleted.
    public boolean letsGoOnly() {
        return isRemoval() && !steps.isEmpty()
                && steps.stream().allMatch(step -> step.state() instanceof StepState.Adopted);
    }

    /// Whether it still makes and finds things.
    public boolean isBringingUp() {
        return state == RunState.IN_PROGRESS && !isRemoval();
    }

    public Optional<Step> step(StepName name) {
        return steps.stream().filter(step -> step.name() == name).findFirst();
    }

    Run become(RunState next) {
        return new Run(number, request, next, startedAt, deadline, endedAt, fault, violations, steps, removal, repair,
                clockStoppedUntil, imported);
    }

    Run ended(RunState next, Instant now) {
        return new Run(number, request, next, startedAt, deadline, Optional.of(now), fault, violations, steps, removal,
                repair, clockStoppedUntil, imported);
    }

    Run resumed() {
        return new Run(
                number,
                request,
                isRemoval() ? RunState.IN_PROGRESS : RunState.COMPENSATING,
                startedAt,
                deadline,
                Optional.empty(),
                isRemoval() ? Optional.empty() : fault,
                violations,
                steps,
                removal,
                repair, clockStoppedUntil, imported);
    }

    /// With so much more time.
    Run delayed(Duration time) {
        return new Run(number, request, state, startedAt, deadline.plus(time), endedAt, fault, violations, steps,
                removal, repair, clockStoppedUntil, imported);
    }

    /// A worker that it waits for is paused or cut off: so long its clock stands still. Time that several wait at once
    /// counts once, and the try in vain that lies between two such waits is a part of them.
    Run stopped(Instant now, Instant until) {
        Instant from = clockStoppedUntil.filter(counted -> counted.isAfter(now.minus(ONE_TRY))).orElse(now);
        if (!until.isAfter(from)) {
            return this;
        }
        return new Run(number, request, state, startedAt, deadline.plus(Duration.between(from, until)), endedAt, fault,
                violations, steps, removal, repair, Optional.of(until), imported);
    }

    Run because(Fault why) {
        return new Run(number, request, state, startedAt, deadline, endedAt, Optional.of(why), violations, steps,
                removal, repair, clockStoppedUntil, imported);
    }

    Run with(Step changed) {
        return with(steps.stream().map(step -> step.name() == changed.name() ? changed : step).toList());
    }

    Run with(List<Step> next) {
        return new Run(number, request, state, startedAt, deadline, endedAt, fault, violations, next, removal, repair,
                clockStoppedUntil, imported);
    }
}
