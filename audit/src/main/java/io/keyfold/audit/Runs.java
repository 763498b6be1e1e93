package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.audit.TopicEvidence.Status;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Whether the statuses and the audit of each cluster tell one story, in which each run has one end.
final class Runs {
    private static final Set<RunState> ENDS = EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED);

    /// The saga's timers come every second; a workflow that is being taken over takes longer.
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final Evidence evidence;
    private final Moment moment;
    private final Findings findings;

    private Runs(Evidence evidence, Moment moment, Findings findings) {
        this.evidence = evidence;
        this.moment = moment;
        this.findings = findings;
    }

    static void check(Evidence evidence, Moment moment, Findings findings) {
        var runs = new Runs(evidence, moment, findings);
        evidence.topics().clusters().forEach(runs::check);
    }

    private void check(String cluster) {
        List<Line> lines = evidence.topics().audit().getOrDefault(cluster, List.of());
        List<Status> statuses = evidence.topics().statuses().getOrDefault(cluster, List.of());
        grow(cluster, lines, statuses);
        haveOneEnd(cluster, lines);
        doNotComeBack(cluster, statuses);
        doNotMix(cluster, statuses);
        evidence.topics().latest(cluster).ifPresent(latest -> check(cluster, lines, latest));
    }

    private void check(String cluster, List<Line> lines, ClusterEncryptionStatus latest) {
        RunStatus run = latest.getLastRun();
        if (run == null) {
            return;
        }
        if (moment != Moment.LIVE) {
            findings.checked(Invariant.ALL_IS_AT_REST);
            if (!ENDS.contains(run.getState()) && run.getState() != RunState.REJECTED) {
                findings.violated(Invariant.ALL_IS_AT_REST, cluster, "its run is " + run.getState());
            }
        }
        tellsTheAudit(cluster, lines, run);
        isInTime(cluster, latest, run);
        leavesNothing(cluster, latest, run);
    }

    private void grow(String cluster, List<Line> lines, List<Status> statuses) {
        findings.checked(Invariant.REVISIONS_GROW, statuses.size());
        for (int at = 1; at < statuses.size(); at++) {
            Status before = statuses.get(at - 1);
            Status status = statuses.get(at);
            if (status.revision() <= before.revision()) {
                findings.violated(
                        Invariant.REVISIONS_GROW, cluster,
                        "revision " + status.revision() + " follows " + before.revision(), before.place(),
                        status.place());
            }
        }
        for (int at = 1; at < lines.size(); at++) {
            Line before = lines.get(at - 1);
            Line line = lines.get(at);
            if (line.revision() < before.revision()) {
                findings.violated(
                        Invariant.REVISIONS_GROW, cluster,
                        "its audit tells of revision " + line.revision() + " after " + before.revision(),
                        before.place(), line.place());
            }
        }
        long last = statuses.isEmpty() ? 0 : statuses.getLast().revision();
        if (!lines.isEmpty() && lines.getLast().revision() != last) {
            findings.violated(
                    Invariant.REVISIONS_GROW, cluster,
                    "its audit ends at revision " + lines.getLast().revision() + ", its statuses at " + last,
                    lines.getLast().place());
        }
    }

    private void haveOneEnd(String cluster, List<Line> lines) {
        Map<Integer, List<Line>> begun = new TreeMap<>();
        Map<Integer, List<Line>> ended = new TreeMap<>();
        for (Line line : lines) {
            if (line.event() == AuditEvent.REQUEST_ACCEPTED) {
                begun.computeIfAbsent(line.run(), _ -> new ArrayList<>()).add(line);
            }
            if (isEnd(line)) {
                ended.computeIfAbsent(line.run(), _ -> new ArrayList<>()).add(line);
            } else if (line.event() == AuditEvent.STEP_STARTED && ended.containsKey(line.run())) {
                findings.violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster,
                        "run " + line.run() + " begins a step after its end", line.place());
            }
        }
        int latest = begun.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        begun.forEach((run, begins) -> {
            findings.checked(Invariant.EACH_RUN_HAS_ONE_END);
            List<Line> ends = ended.getOrDefault(run, List.of());
            boolean mayGoOn = moment == Moment.LIVE && run == latest && ends.isEmpty();
            if (begins.size() != 1 || ends.size() != 1 && !mayGoOn) {
                findings.violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster,
                        "run " + run + " began " + begins.size() + " times and ended as "
                                + ends.stream().map(Line::to).toList(),
                        begins.getLast().place());
            }
        });
        if (!lines.isEmpty() && !evidence.topics().isCut(lines.getFirst().place())) {
            ended.forEach((run, ends) -> {
                if (!begun.containsKey(run)) {
                    findings.violated(
                            Invariant.EACH_RUN_HAS_ONE_END, cluster, "run " + run + " ended and had not begun",
                            ends.getFirst().place());
                }
            });
        }
    }

    private static boolean isEnd(Line line) {
        return line.event() == AuditEvent.RUN_ENDED
                || line.event() == AuditEvent.REQUEST_ACCEPTED && line.to().equals(RunState.CANCELLED.name());
    }

    private void doNotComeBack(String cluster, List<Status> statuses) {
        Map<Integer, RunState> ended = new HashMap<>();
        for (Status status : statuses) {
            if (status.run() == 0) {
                continue;
            }
            RunState before = ended.get(status.run());
            if (before != null && before != status.state()) {
                findings.violated(
                        Invariant.EACH_RUN_HAS_ONE_END, cluster,
                        "run " + status.run() + " was " + before + " and became " + status.state(), status.place());
            }
            if (ENDS.contains(status.state())) {
                ended.put(status.run(), status.state());
            }
        }
    }

    private void doNotMix(String cluster, List<Status> statuses) {
        int highest = 0;
        for (Status status : statuses) {
            findings.checked(Invariant.RUNS_DO_NOT_MIX);
            if (status.run() != 0 && status.run() < highest) {
                findings.violated(
                        Invariant.RUNS_DO_NOT_MIX, cluster,
                        "run " + status.run() + " is told of as the latest after run " + highest, status.place());
            }
            highest = Math.max(highest, status.run());
        }
    }

    private void tellsTheAudit(String cluster, List<Line> lines, RunStatus run) {
        Optional<Line> last = lines.stream().filter(line -> line.run() == run.getRun())
                .filter(line -> isEnd(line) || isTurn(line)).reduce((_, later) -> later);
        if (run.getRun() == 0 || last.isEmpty()) {
            return;
        }
        findings.checked(Invariant.STATUS_TELLS_WHAT_THE_AUDIT_TELLS);
        if (!last.get().to().equals(run.getState().name())) {
            findings.violated(
                    Invariant.STATUS_TELLS_WHAT_THE_AUDIT_TELLS, cluster,
                    "run " + run.getRun() + " is " + run.getState() + " in its status, and " + last.get().to()
                            + " by its audit",
                    last.get().place());
        }
    }

    private static boolean isTurn(Line line) {
        return switch (line.event()) {
            case REQUEST_ACCEPTED, COMPENSATION_STARTED, RUN_PARKED -> true;
            default -> false;
        };
    }

    private void isInTime(String cluster, ClusterEncryptionStatus latest, RunStatus run) {
        if (run.getState() != RunState.IN_PROGRESS || run.getDeadline() == null) {
            return;
        }
        findings.checked(Invariant.NO_RUN_OUTLIVES_ITS_DEADLINE);
        boolean standsStill = latest.getPaused() != null || run.getClockStoppedUntil() != null;
        Instant latestEnd = run.getDeadline().plus(GRACE);
        if (!standsStill && latestEnd.isBefore(evidence.now())) {
            findings.violated(
                    Invariant.NO_RUN_OUTLIVES_ITS_DEADLINE, cluster,
                    "run " + run.getRun() + " is IN_PROGRESS, and its deadline was " + run.getDeadline());
        }
    }

    private void leavesNothing(String cluster, ClusterEncryptionStatus latest, RunStatus run) {
        if (run.getState() != RunState.FAILED && run.getState() != RunState.CANCELLED || run.getRun() == 0) {
            return;
        }
        findings.checked(Invariant.A_FAILED_RUN_LEAVES_NOTHING);
        latest.getResources().stream()
                .filter(resource -> resource.getRun() == run.getRun() && resource.getOwnership() == Ownership.CREATED)
                .forEach(
                        resource -> findings.violated(
                                Invariant.A_FAILED_RUN_LEAVES_NOTHING, cluster,
                                "run " + run.getRun() + " is " + run.getState() + ", and " + resource.getId()
                                        + ", which it has made, is in use"));
    }
}
