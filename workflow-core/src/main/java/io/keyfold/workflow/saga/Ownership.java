package io.keyfold.workflow.saga;

/// Whose a resource is, and so who may delete it.
public enum Ownership {
    /// Made by this cluster's saga and in use: ours to delete.
    CREATED,
    /// Somebody else's: used, never deleted.
    ADOPTED,
    /// Made by this saga, no longer wanted, kept because something still needs it.
    RETAINED,
    /// Made by this saga and no longer wanted; removed only by a request of its own.
    UNUSED
}
