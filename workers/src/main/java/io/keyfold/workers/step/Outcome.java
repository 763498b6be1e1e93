package io.keyfold.workers.step;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a command ended.
public sealed interface Outcome {

    /// This very run's, by its mark, and read back.
    ///
    /// @param surplus further ones of this run, created by accident, for the saga to remove
    record Created(Resource resource, List<Resource> surplus, Instant visibleSince) implements Outcome {
        public Created {
            surplus = List.copyOf(surplus);
        }
    }

    /// Somebody else's: used, never deleted.
    record Adopted(Resource resource, Instant visibleSince) implements Outcome {}

    /// A look for this run's own found nothing.
    record NotFound() implements Outcome {}

    record Failed(FaultReport fault) implements Outcome {}

    /// Neither done nor failed: ask again then. Says nothing about what exists.
    ///
    /// @param fault what is waited out, if it was one
    record Deferred(Instant until, String why, Optional<FaultReport> fault) implements Outcome {}

    /// Seen to be gone.
    record Compensated(Resource resource) implements Outcome {}

    record CompensationFailed(Resource resource, FaultReport fault) implements Outcome {}

    /// Too old to act on. Says nothing about what exists.
    record Expired(String why) implements Outcome {}
}
