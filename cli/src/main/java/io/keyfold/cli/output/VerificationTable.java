package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// How verifications of clusters have ended: a row each with the proof, and whatever is not as it should be.
public final class VerificationTable {
    private final StatusReport report;
    private final Table outcomes = new Table("CLUSTER", "OUTCOME", "STANDING", "REGISTERED WITH ITS KEYS");
    private final Table notDone = new Table("NOT DONE FOR", "WHY");
    private final List<String> findings = new ArrayList<>();

    public VerificationTable(StatusReport report) {
        this.report = report;
    }

    public void add(String cluster, ClusterEncryptionStatus status) {
        var verification = status.getVerification();
        outcomes.row(
                cluster,
                report.outcome(verification == null ? VerificationOutcome.UNKNOWN : verification.getOutcome()),
                report.standing(status.getStanding()),
                proof(status.getStorage()));
        if (verification != null) {
            verification.getFindings().forEach(finding -> findings.add(cluster + "  " + line(finding)));
        }
    }

    public void notDone(String cluster, String why) {
        notDone.row(cluster, why);
    }

    public boolean isEmpty() {
        return outcomes.isEmpty() && notDone.isEmpty();
    }

    /// `BLOCK_STORAGE 12, FILE_STORAGE 2, OBJECT_STORAGE not counted`
    static String proof(List<StorageStatus> storage) {
        return storage.stream()
                .map(service -> service.getStorageService() + " "
                        + (service.getRegistrations() == null ? "not counted" : service.getRegistrations()))
                .collect(Collectors.joining(", "));
    }

    static String line(VerificationFinding finding) {
        return Text.harmless(
                finding.getStep() + " " + finding.getId() + " " + finding.getCondition() + ": " + finding.getMessage());
    }

    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        if (!outcomes.isEmpty()) {
            parts.add(outcomes.toString());
        }
        if (!findings.isEmpty()) {
            parts.add(String.join("\n", findings));
        }
        if (!notDone.isEmpty()) {
            parts.add(notDone.toString());
        }
        return String.join("\n\n", parts);
    }
}
