package io.keyfold.workers.step;

/// What a command asks for. The symbols are those of the contract's `CommandAction`.
public enum Action {
    UNKNOWN,
    /// Look, and change nothing.
    RESOLVE,
    /// Make it exist, or take the named one.
    PROVISION,
    /// Delete the one that the command names by id.
    COMPENSATE,
    /// Compare the one that the command names by id with what it should be, and change nothing.
    VERIFY,
    /// Make the one root key that the command names by id usable again. Never make another.
    REPAIR,
    /// Delete the one that the command names by id, if it is seen to carry the command's mark.
    SWEEP;

    /// Whether it asks for something to be deleted.
    public boolean isDeletion() {
        return this == COMPENSATE || this == SWEEP;
    }
}
