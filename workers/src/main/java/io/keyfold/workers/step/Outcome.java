package io.keyfold.workers.step;

import java.time.Duration;
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

    /// @param made what this run has made before, and nobody was told of yet; the saga deletes it
    record Failed(FaultReport fault, Optional<Resource> made) implements Outcome {
        public Failed(FaultReport fault) {
            this(fault, Optional.empty());
        }
    }

    /// Neither done nor failed: ask again then. Says nothing about what exists beside `made`.
    ///
    /// @param fault what is waited out, if it was one
    /// @param made  what this run has made and cannot be shown ready yet; the next command names it
    /// @param stopsClock it is for a pause or an open circuit, so the run's clock stands still meanwhile
    record Deferred(
            Instant until, String why, Optional<FaultReport> fault, Optional<Resource> made, boolean stopsClock)
            implements Outcome {
        private static final Duration ASKED_ANEW_AFTER = Duration.ofSeconds(1);

        public Deferred(Instant until, String why, Optional<FaultReport> fault) {
            this(until, why, fault, Optional.empty(), false);
        }

        static Deferred stoppingTheClock(Instant until, String why, Optional<FaultReport> fault) {
            return new Deferred(until, why, fault, Optional.empty(), true);
        }

        /// What another process may have begun, and may have answered: whoever still wants it asks anew.
        public static Deferred askedAnew(Instant now) {
            return new Deferred(
                    now.plus(ASKED_ANEW_AFTER),
                    "Another process may have begun with this command and answered it: it is not begun again, but asked"
                            + " for anew.",
                    Optional.empty());
        }

        Deferred having(Optional<Resource> made) {
            return new Deferred(until, why, fault, made, stopsClock);
        }
    }

    /// Seen to be gone.
    ///
    /// @param restorableUntil until when a person can bring it back; empty where it cannot be, or that is not known
    /// @param instead         what was found, in a clause, where there was nothing to delete; else empty
    record Compensated(Resource resource, Optional<Instant> restorableUntil, String instead) implements Outcome {
        public Compensated(Resource resource) {
            this(resource, Optional.empty(), "");
        }
    }

    record CompensationFailed(Resource resource, FaultReport fault) implements Outcome {}

    /// Looked at, whatever was seen.
    ///
    /// @param resource what was seen, or where nothing was only its id
    record Verified(Resource resource, Inspection inspection) implements Outcome {}

    /// Too old to act on. Says nothing about what exists.
    record Expired(String why) implements Outcome {}
}
