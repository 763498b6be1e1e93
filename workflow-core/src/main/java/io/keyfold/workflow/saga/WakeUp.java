package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// When a saga next wants to be woken.
final class WakeUp {
    private WakeUp() {}

    /// When a deletion is gone on with. What is parked waits for the end of a deploy: it may want the same thing again.
    static Optional<Instant> dueAt(Saga saga, Undo undo) {
        boolean waits = undo.isParked() && saga.goingRun().filter(Run::isBringingUp).isPresent();
        return undo.state().dueAt().filter(_ -> !waits);
    }

    static Optional<Instant> next(Saga saga) {
        if (saga.isPaused()) {
            return Optional.empty(); // its clock stands still
        }
        Stream<Instant> deadline = saga.lastRun().filter(Run::isBringingUp).map(Run::deadline)
                .stream();
        Stream<Instant> steps = saga.goingRun().stream().flatMap(run -> run.steps().stream()).map(Step::state)
                .filter(StepState.Deferred.class::isInstance).map(state -> ((StepState.Deferred) state).until());
        Stream<Instant> undos = saga.undos().stream().flatMap(undo -> dueAt(saga, undo).stream());
        Stream<Instant> retained = saga.goingRun().filter(run -> !run.isRemoval()).isPresent() ? Stream.of()
                : saga.resources().stream().filter(saga::isAskedAgain)
                        .map(Resource::dueAt);
        // One that is due waits for the end of the run or the check that is going.
        boolean isBusy = saga.goingRun().isPresent() || saga.verification().going().isPresent();
        Stream<Instant> looks = isBusy ? Stream.of()
                : saga.verification().nextLook().stream();
        Stream<Instant> lookouts = saga.lookouts().stream().map(Lookout::dueAt);
        return Stream.of(deadline, steps, undos, retained, saga.verification().wakeUps(), looks, lookouts)
                .flatMap(times -> times).min(Comparator.naturalOrder());
    }
}
