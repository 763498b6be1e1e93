package io.keyfold.workflow.stream;

import io.keyfold.workflow.saga.Saga;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Looks once at every saga of a partition that this process has taken over, some at each tick, so that nothing waits for
/// it however many there are.
///
/// The schedule of the looks may have been set since the sagas were last woken, and an earlier version may have left a
/// saga for good that this one wakes. This is the only time that all sagas are walked.
final class TakeOver {
    private static final int AT_ONCE = 100;

    private final SagaStore sagas;
    private final DeadlineStore deadlines;
    private final Duration verifyInterval;

    /// Where the next look begins; empty once all have been looked at.
    private Optional<String> next = Optional.of("");

    TakeOver(SagaStore sagas, DeadlineStore deadlines, Duration verifyInterval) {
        this.sagas = sagas;
        this.deadlines = deadlines;
        this.verifyInterval = verifyInterval;
    }

    void goOn(Instant now) {
        next = next.flatMap(from -> sagas.forSome(from, AT_ONCE, saga -> lookAt(saga, now)));
    }

    private void lookAt(Saga saga, Instant now) {
        saga.nextWakeUp().ifPresent(at -> deadlines.add(new DeadlineStore.WakeUp(saga.cluster(), at)));
        if (!verifyInterval.isZero() && saga.isScheduledOtherwise(verifyInterval, now)) {
            deadlines.add(new DeadlineStore.WakeUp(saga.cluster(), now));
        }
    }
}
