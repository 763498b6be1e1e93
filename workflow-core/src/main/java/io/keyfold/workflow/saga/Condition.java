package io.keyfold.workflow.saga;

/// What a VERIFY saw of a resource; the same as on the wire (`ResourceCondition.avsc`).
public enum Condition {
    /// As the status says.
    INTACT,
    /// There, but not as it should be.
    CHANGED,
    /// Gone, or being deleted.
    MISSING,
    /// It could not be looked at.
    UNSEEN;

    /// Whether it is known not to be as the status says.
    boolean isDrift() {
        return this == CHANGED || this == MISSING;
    }
}
