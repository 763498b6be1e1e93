package io.keyfold.workflow.report;

import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.Condition;
import io.keyfold.workflow.saga.Finding;
import io.keyfold.workflow.saga.Ownership;
import io.keyfold.workflow.saga.RepairWay;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.VerificationOutcome;
import io.keyfold.workflow.saga.Verified;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How the latest verification of what is in force ended.
///
/// @param requestedBy who asked for it; `schedule` if nobody did
public record VerificationReport(
        VerificationOutcome outcome, Instant at, String requestedBy, List<FindingReport> findings) {
    public VerificationReport {
        findings = List.copyOf(findings);
    }

    /// One thing that is not as it should be, or could not be looked at.
    ///
    /// @param message what differs, and what to do next
    public record FindingReport(
            StepName step, ResourceKind kind, String id, Condition condition, String message) {}

    static Optional<VerificationReport> of(Saga saga) {
        return saga.verification().last().map(verified -> of(saga, verified));
    }

    private static VerificationReport of(Saga saga, Verified verified) {
        return new VerificationReport(
                verified.outcome(),
                verified.at(),
                verified.requestedBy(),
                verified.findings().stream().map(finding -> of(saga, finding)).toList());
    }

    private static FindingReport of(Saga saga, Finding finding) {
        return new FindingReport(
                finding.step(),
                finding.step().kind(),
                finding.id(),
                finding.condition(),
                sentence(finding.differences()) + " " + next(saga, finding));
    }

    private static String sentence(String differences) {
        String said = differences.isEmpty() ? "The worker did not say what differs" : differences;
        return Character.toUpperCase(said.charAt(0)) + said.substring(1) + (said.endsWith(".") ? "" : ".");
    }

    private static String next(Saga saga, Finding finding) {
        boolean isAnothers = saga.resource(finding.id()).map(Resource::ownership)
                .filter(Ownership.ADOPTED::equals).isPresent();
        return switch (finding.condition()) {
            case INTACT -> "";
            case UNSEEN -> "Mend that, then: keyfold verify " + saga.cluster();
            case CHANGED, MISSING -> isAnothers
                    ? "It is somebody else's and never touched: whoever it belongs to has to bring it back. Then: keyfold verify "
                            + saga.cluster()
                    : Remedy.drift(saga.cluster(), finding, RepairWay.of(saga, finding));
        };
    }
}
