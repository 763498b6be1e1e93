package io.keyfold.audit;

/// When the evidence was gathered: what may still go on.
public enum Moment {
    /// Runs may be going; what goes on is no violation.
    LIVE,
    /// Nothing goes on any more, nothing is parked; clusters may be in use.
    AT_REST,
    /// The same, and all clusters have been removed.
    AT_THE_END
}
