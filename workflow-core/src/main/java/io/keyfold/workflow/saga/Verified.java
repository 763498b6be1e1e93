package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.List;

/// How the latest verification of what is in force ended.
///
/// @param number      which of the cluster's verifications it was
/// @param requestedBy who asked for it, or `schedule`
/// @param findings    everything that is not as it should be, and still in force
public record Verified(
        int number, VerificationOutcome outcome, Instant at, String requestedBy, List<Finding> findings) {
    public Verified {
        findings = List.copyOf(findings);
    }

    Verified withFindings(List<Finding> findings) {
        return new Verified(number, outcome, at, requestedBy, findings);
    }

    List<Finding> drift() {
        return findings.stream().filter(finding -> finding.condition().isDrift()).toList();
    }
}
