package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a cluster is looked at by itself: once in every interval, at a moment of the cluster's own. So the looks of a
/// fleet are spread evenly, also right after the schedule was set, and a moment once named stays until it is used.
final class Schedule {
    private Schedule() {}

    /// The next look, which may have come already; empty if there is nothing to look at or no schedule.
    static Optional<Instant> next(Saga saga, Duration interval, Instant now) {
        if (interval.isZero() || saga.verifiable().isEmpty()) {
            return Optional.empty();
        }
        return saga.verification().nextLook().filter(named -> isOf(saga.cluster(), interval, named))
                // One that a longer interval has named is too far.
                .filter(named -> !named.isAfter(after(saga.cluster(), interval, now)))
                .or(() -> Optional.of(after(saga.cluster(), interval, now)));
    }

    /// The cluster's first moment after this one.
    static Instant after(ClusterId cluster, Duration interval, Instant now) {
        long own = Math.floorMod(Ids.of(cluster).getMostSignificantBits(), interval.toMillis());
        long since = Math.floorMod(now.toEpochMilli() - own, interval.toMillis());
        return Instant.ofEpochMilli(now.toEpochMilli() - since + interval.toMillis());
    }

    private static boolean isOf(ClusterId cluster, Duration interval, Instant named) {
        return after(cluster, interval, named.minusMillis(1)).equals(named);
    }
}
