package io.keyfold.workers.rootkey;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A key as it is, a destroyed one too, with what a VERIFY and a REPAIR ask beyond [RootKey].
///
/// @param dualAuthorization whether deleting it takes two identities
/// @param destruction  empty for a living key
/// @param deletionMark empty where nobody has agreed to its deletion
/// @param expiresAt    after that Key Protect deactivates it
public record SeenKey(
        RootKey key, boolean dualAuthorization, Optional<Destruction> destruction,
        Optional<DeletionMark> deletionMark, Optional<Instant> expiresAt) {
    // Key Protect docs, "Restoring keys": within 30 days of the deletion.
    static final Duration RESTORABLE = Duration.ofDays(30);

    /// Deleted, and not purged yet.
    ///
    /// @param restorableUntil empty where Key Protect does not say
    /// @param restorable      what Key Protect says itself; empty where it does not
    public record Destruction(
            Optional<Instant> at, Optional<Instant> restorableUntil, Optional<Boolean> restorable) {
        boolean isFinal(Instant now) {
            return restorableUntil.filter(until -> !now.isBefore(until)).isPresent();
        }

        /// Until when a person can bring it back; empty if nobody can any more, or that is not known.
        Optional<Instant> restorableAt(Instant now) {
            return restorableUntil.or(() -> at.map(deleted -> deleted.plus(RESTORABLE)))
                    .filter(until -> restorable.orElse(true) && now.isBefore(until));
        }
    }

    /// One of the two that a deletion under dual authorization needs has agreed to it.
    ///
    /// @param until after that it means nothing any more
    public record DeletionMark(Optional<Instant> until) {
        boolean holds(Instant now) {
            return until.filter(end -> !now.isBefore(end)).isEmpty();
        }
    }
}
