package io.keyfold.workflow.saga;

/// What a worker is asked to do.
public enum Action {
    /// Look only: by name where the name was given, else by this run's mark.
    RESOLVE,
    /// Make it exist, or adopt the named one.
    PROVISION,
    /// Delete the one id that the command names.
    COMPENSATE,
    /// Compare what is with what the status says.
    VERIFY,
    /// Make the one root key that the command names usable again; never make another.
    REPAIR,
    /// Delete the one id that the command names, if it carries the command's mark.
    SWEEP;

    /// Whether it asks for something to be deleted.
    public boolean isDeletion() {
        return this == COMPENSATE || this == SWEEP;
    }
}
