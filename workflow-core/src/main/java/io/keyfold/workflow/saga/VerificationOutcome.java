package io.keyfold.workflow.saga;

import java.util.List;

/// How a verification ended; the same as on the wire.
public enum VerificationOutcome {
    /// All is as the status says.
    INTACT,
    /// Something is missing or changed.
    DRIFTED,
    /// Nothing of that was seen, but not all could be looked at.
    INCOMPLETE;

    static VerificationOutcome of(List<Finding> findings) {
        return findings.isEmpty() ? INTACT
                : findings.stream().anyMatch(finding -> finding.condition().isDrift()) ? DRIFTED : INCOMPLETE;
    }
}
