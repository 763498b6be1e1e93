package io.keyfold.acceptance.audit;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Whether the statuses and the audit of each cluster tell one story, in which each run has one end.
final class Runs {
    private static final Set<RunState> ENDS = EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED);

    private final Evidence evidence;
    private final List<Violation> found = new ArrayList<>();

    private Runs(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Violation> of(Evidence evidence) {
        var runs = new Runs(evidence);
        evidence.clusters().forEach(runs::check);
        return runs.found;
    }

    private void check(String cluster) {
        List<ClusterEncryptionAudit> lines = evidence.audit().getOrDefault(cluster, List.of());
        List<ClusterEncryptionStatus> statuses = evidence.statuses().getOrDefault(cluster, List.of());
        hasNoGap(cluster, lines);
        grow(cluster, lines, statuses);
        haveOneEnd(cluster, lines, statuses);
        evidence.latest(cluster).map(ClusterEncryptionStatus::getLastRun).map(RunStatus::getState)
                .filter(state -> !ENDS.contains(state) && state != RunState.REJECTED)
                .ifPresent(state -> violated(Invariant.ALL_IS_AT_REST, cluster, "its run is " + state));
    }

    private void hasNoGap(String cluster, List<ClusterEncryptionAudit> lines) {
        for (int at = 0; at < lines.size(); at++) {
            if (lines.get(at).getSequence() != at + 1) {
                violated(
                        Invariant.AUDIT_HAS_NO_GAP, cluster,
                        "record " + (at + 1) + " of its audit has the number " + lines.get(at).getSequence());
                return;
            }
        }
    }

    private void grow(
            String cluster, List<ClusterEncryptionAudit> lines, List<ClusterEncryptionStatus> statuses) {
        long last = 0;
        for (ClusterEncryptionStatus status : statuses) {
            if (status.getRevision() <= last) {
                violated(Invariant.REVISIONS_GROW, cluster, "revision " + status.getRevision() + " follows " + last);
            }
            last = status.getRevision();
        }
        if (!lines.isEmpty() && lines.getLast().getRevision() != last) {
            violated(
                    Invariant.REVISIONS_GROW, cluster,
                    "its audit ends at revision " + lines.getLast().getRevision() + ", its statuses at " + last);
        }
    }

    private void haveOneEnd(
            String cluster, List<ClusterEncryptionAudit> lines, List<ClusterEncryptionStatus> statuses) {
        Map<Integer, Integer> begun = new TreeMap<>();
        Map<Integer, List<String>> ended = new TreeMap<>();
        for (ClusterEncryptionAudit line : lines) {
            if (line.getEvent() == AuditEvent.REQUEST_ACCEPTED) {
                begun.merge(line.getRun(), 1, Integer::sum);
            }
            if (line.getEvent() == AuditEvent.RUN_ENDED || isCancelledInAdvance(line)) {
                ended.computeIfAbsent(line.getRun(), _ -> new ArrayList<>()).add(line.getToState());
            }
        }
        begun.forEach((run, times) -> {
            if (times != 1 || ended.getOrDefault(run, List.of()).size() != 1) {
                violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster,
                        "run " + run + " began " + times + " times and ended as "
                                + ended.getOrDefault(run, List.of()));
            }
        });
        ended.keySet().stream().filter(run -> !begun.containsKey(run))
                .forEach(run -> violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster, "run " + run + " ended and had not begun"));
        doNotComeBack(cluster, statuses);
    }

    private static boolean isCancelledInAdvance(ClusterEncryptionAudit line) {
        return line.getEvent() == AuditEvent.REQUEST_ACCEPTED && line.getToState().equals(RunState.CANCELLED.name());
    }

    private void doNotComeBack(String cluster, List<ClusterEncryptionStatus> statuses) {
        Map<Integer, RunState> ended = new HashMap<>();
        for (ClusterEncryptionStatus status : statuses) {
            RunStatus run = status.getLastRun();
            if (run == null || run.getRun() == 0) {
                continue;
            }
            RunState before = ended.get(run.getRun());
            if (before != null && before != run.getState()) {
                violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster,
                        "run " + run.getRun() + " was " + before + " and became " + run.getState());
            }
            if (ENDS.contains(run.getState())) {
                ended.put(run.getRun(), run.getState());
            }
        }
    }

    private void violated(Invariant invariant, String cluster, String what) {
        found.add(Violation.of(invariant, cluster, what));
    }
}
