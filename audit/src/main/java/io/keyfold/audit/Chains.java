package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Line;
import java.util.List;

/// Whether the audit of each cluster is whole: numbered without a gap, and each record sealed by the one after it.
final class Chains {
    private final Findings findings;
    private long unsealed;
    private long clustersWithUnsealed;

    private Chains(Findings findings) {
        this.findings = findings;
    }

    static void check(TopicEvidence topics, Findings findings) {
        var chains = new Chains(findings);
        topics.audit().forEach((cluster, lines) -> {
            if (!lines.isEmpty()) {
                chains.begin(topics, cluster, lines.getFirst());
                chains.check(cluster, lines);
            }
        });
        if (chains.unsealed > 0) {
            findings.told(
                    "the audit's first " + chains.unsealed + " records of " + chains.clustersWithUnsealed
                            + " clusters are not sealed: an earlier version of Keyfold wrote what follows them");
        }
    }

    private void begin(TopicEvidence topics, String cluster, Line first) {
        if (first.sequence() == 1) {
            return;
        }
        if (topics.isCut(first.place())) {
            findings.told(
                    "the audit of " + cluster + " begins with record " + first.sequence()
                            + ": those before have been deleted from the topic");
        } else {
            findings.violated(
                    Invariant.AUDIT_HAS_NO_GAP, cluster, "its audit begins with record " + first.sequence(),
                    first.place());
        }
    }

    private void check(String cluster, List<Line> lines) {
        findings.checked(Invariant.AUDIT_HAS_NO_GAP, lines.size());
        boolean isSealed = false;
        long before = unsealed;
        for (int at = 1; at < lines.size(); at++) {
            Line previous = lines.get(at - 1);
            Line line = lines.get(at);
            boolean hasSeal = !line.previousHash().isEmpty();
            if (line.sequence() != previous.sequence() + 1) {
                outOfOrder(cluster, previous, line);
            } else if (hasSeal) {
                sealed(cluster, previous, line);
            } else if (isSealed) {
                findings.violated(
                        Invariant.AUDIT_IS_SEALED, cluster,
                        "record " + line.sequence()
                                + " does not seal the one before it, though earlier ones do: it is forged,"
                                + " or an earlier version of Keyfold has written it since",
                        line.place());
            } else {
                unsealed++;
            }
            isSealed |= hasSeal;
        }
        clustersWithUnsealed += unsealed > before ? 1 : 0;
    }

    private void outOfOrder(String cluster, Line previous, Line line) {
        String what = line.sequence() == previous.sequence() ? "record " + line.sequence() + " is there twice"
                : line.sequence() > previous.sequence()
                        ? "record " + previous.sequence() + " is followed by " + line.sequence() + ": "
                                + (line.sequence() - previous.sequence() - 1) + " are missing"
                        : "record " + previous.sequence() + " is followed by " + line.sequence();
        findings.violated(Invariant.AUDIT_HAS_NO_GAP, cluster, what, previous.place(), line.place());
    }

    private void sealed(String cluster, Line previous, Line line) {
        findings.checked(Invariant.AUDIT_IS_SEALED);
        if (!line.previousHash().equals(previous.hash())) {
            findings.violated(
                    Invariant.AUDIT_IS_SEALED, cluster,
                    "record " + line.sequence() + " seals another record " + previous.sequence()
                            + " than the one that is there: one of the two is not what the workflow wrote",
                    previous.place(), line.place());
        }
    }
}
