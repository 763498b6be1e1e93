package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a command ended, in a worker's words.
public sealed interface Answer {

    /// Found or made, and read back.
    ///
    /// @param ours    true if it is this very run's, by its mark: ours to delete
    /// @param surplus further ones of this run, made by accident
    record Completed(CloudResource resource, boolean ours, Instant visibleSince, List<CloudResource> surplus)
            implements Answer {
        public Completed {
            surplus = List.copyOf(surplus);
        }
    }

    /// A RESOLVE by mark found nothing.
    record NothingFound() implements Answer {}

    /// @param made what the command has made before it failed, if it knows
    record Failed(Fault fault, Optional<CloudResource> made) implements Answer {
        public Failed(Fault fault) {
            this(fault, Optional.empty());
        }
    }

    /// Neither done nor failed: ask again then.
    ///
    /// @param made       what the command has made, if it cannot be shown ready yet
    /// @param stopsClock the worker is paused or cut off, so the run's clock stands still meanwhile
    record Deferred(
            Instant until, String why, Optional<Fault> fault, Optional<CloudResource> made, boolean stopsClock)
            implements Answer {
        public Deferred(Instant until, String why, Optional<Fault> fault, Optional<CloudResource> made) {
            this(until, why, fault, made, false);
        }
    }

    /// The id is gone.
    ///
    /// @param restorableUntil until when a person can bring it back, where the worker knows that
    /// @param instead         what was found, where there was nothing to delete; else empty
    record Compensated(String id, Optional<Instant> restorableUntil, String instead) implements Answer {}

    /// The id is not gone.
    record CompensationFailed(String id, Fault fault) implements Answer {}

    /// The answer to a VERIFY.
    record Verified(Inspection inspection) implements Answer {}

    /// The command was too old to act on; says nothing about what exists.
    record Expired(String why) implements Answer {}
}
