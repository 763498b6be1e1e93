package io.keyfold.workflow.saga;

/// What a run is to bring about.
public enum RunKind {
    DEPLOY, DEPROVISION,
    /// Only what is no longer used is removed.
    REMOVE,
    /// What was found missing or changed is brought back.
    REPAIR,
    /// What was deployed by other means is looked up and taken over.
    IMPORT
}
