package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Crn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A key as Key Protect describes it, never its material.
///
/// @param extractable true for a standard key, which cannot protect storage
/// @param generated   Key Protect says that it has made the material itself
public record RootKey(
        Crn crn,
        String id,
        String name,
        List<String> aliases,
        State state,
        boolean extractable,
        boolean generated,
        Optional<Instant> createdAt,
        Optional<String> createdBy) {
    public RootKey {
        aliases = List.copyOf(aliases);
    }

    /// A root key, and active.
    public boolean isUsable() {
        return state == State.ACTIVE && !extractable;
    }

    /// NIST's states by Key Protect's numbers.
    public enum State {
        PRE_ACTIVE,
        ACTIVE,
        SUSPENDED,
        DEACTIVATED,
        /// Only ever of a [SeenKey].
        DESTROYED,
        /// A number that this version does not know.
        UNKNOWN
    }
}
