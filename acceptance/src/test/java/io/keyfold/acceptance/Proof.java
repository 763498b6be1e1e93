package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.Invariant;
import io.keyfold.audit.Report;
import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a storm has come to, as a table for people. What it says of orphans, duplicates and lost requests is what the
/// auditor has found; beside each stands how many things were looked at.
final class Proof {
    private final Instant begin = Instant.now();
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, Share> shares = new TreeMap<>();
    private long answeredRequests;
    private long askedRequests;
    private long runsWithoutOneEnd;

    /// @param faults how many of them got another answer than the service's own, or none
    record Share(long calls, long faults) {
        Share and(Share other) {
            return new Share(calls + other.calls, faults + other.faults);
        }

        double percent() {
            return calls == 0 ? 0 : 100.0 * faults / calls;
        }
    }

    Proof(long seed, int workflows, int kills, double faultPercent) {
        lines.put("seed", Long.toString(seed));
        lines.put(
                "asked for", String.format(
                        Locale.ROOT, "%d workflows, %d kills, faults on %.1f %% of all calls", workflows, kills,
                        faultPercent));
    }

    /// @param counts as the emulator counts calls: `GET /emulator/counts`
    void calls(JsonNode counts) {
        counts.properties().forEach(
                entry -> shares.put(
                        entry.getKey(),
                        new Share(entry.getValue().path("calls").asLong(), entry.getValue().path("faults").asLong())));
    }

    /// By operation, while there were faults.
    Map<String, Share> shares() {
        return shares;
    }

    Share share() {
        return shares.values().stream().reduce(new Share(0, 0), Share::and);
    }

    void tell(
            Killer killer, Collection<Workload.Workflow> asked, Map<String, RunState> firstEnds, Evidence evidence,
            Report report, int retries, int repeatedWrites) {
        var ends = new EnumMap<RunState, Integer>(RunState.class);
        firstEnds.values().forEach(end -> ends.merge(end, 1, Integer::sum));
        lines.put("workflows", asked.size() + ": " + ends);
        count(asked, evidence);
        lines.put(
                "requests",
                evidence.topics().requests().size() + " records (" + repeatedWrites
                        + " writes were tried again by their orchestrator, " + retries
                        + " retries of parked runs by an operator)");
        lines.put(
                "calls", String.format(
                        Locale.ROOT, "%d, of which %d met a fault (%.2f %%); %d had an effect", share().calls(),
                        share().faults(), share().percent(),
                        evidence.cloud().map(CloudEvidence::calls).flatMap(it -> it).orElseThrow().effects().size()));
        shares.forEach(
                (operation, share) -> lines.put(
                        "  " + operation,
                        String.format(
                                Locale.ROOT, "%d calls, %d faults (%.2f %%)", share.calls(), share.faults(),
                                share.percent())));
        lines.put("killed and stopped", killer.killed() + " kills in all");
        killer.table().forEach((process, counts) -> lines.put("  " + process, counts));
        lines.put("ended by themselves", killer.endedByThemselves().toString());
        found(report, "orphans", Set.of(Invariant.STATUS_AND_CLOUD_AGREE, Invariant.WHAT_IS_MADE_IS_TOLD));
        found(report, "duplicates", Set.of(
                Invariant.NOTHING_IS_DOUBLED, Invariant.NO_COMMAND_TWICE, Invariant.NO_REQUEST_RUNS_TWICE));
        found(report, "lost requests", Set.of(Invariant.EACH_REQUEST_IS_ANSWERED_ONCE));
        found(report, "runs without exactly one end", Set.of(
                Invariant.EACH_RUN_HAS_ONE_END, Invariant.ALL_IS_AT_REST));
        found(report, "all that the auditor looks for", Set.of(Invariant.values()));
        lines.put("dead letters", Integer.toString(evidence.topics().deadLetters().size()));
        lines.put("counted beside the auditor", (askedRequests - answeredRequests) + " of " + askedRequests
                + " workflows lost, " + runsWithoutOneEnd + " runs without exactly one end");
        lines.put("took", Duration.between(begin, Instant.now()).toSeconds() + " s");
    }

    /// Once more and without the auditor.
    private void count(Collection<Workload.Workflow> asked, Evidence evidence) {
        Map<String, List<Line>> audit = evidence.topics().audit();
        askedRequests = asked.size();
        answeredRequests = asked.stream().filter(
                it -> audit.getOrDefault(it.cluster(), List.of()).stream().anyMatch(
                        line -> line.event() == AuditEvent.REQUEST_ACCEPTED
                                || line.event() == AuditEvent.REQUEST_REFUSED))
                .count();
        for (Workload.Workflow workflow : asked) {
            Map<Integer, Long> ends = audit.getOrDefault(workflow.cluster(), List.of()).stream()
                    .filter(Proof::isAnEnd)
                    .collect(Collectors.groupingBy(Line::run, Collectors.counting()));
            Set<Integer> begun = audit.getOrDefault(workflow.cluster(), List.of()).stream()
                    .filter(line -> line.event() == AuditEvent.REQUEST_ACCEPTED).map(Line::run)
                    .collect(Collectors.toSet());
            runsWithoutOneEnd += begun.stream().filter(run -> ends.getOrDefault(run, 0L) != 1).count();
        }
    }

    /// What was cancelled before it was read has ended as soon as it was accepted.
    private static boolean isAnEnd(Line line) {
        return line.event() == AuditEvent.RUN_ENDED
                || line.event() == AuditEvent.REQUEST_ACCEPTED && line.to().equals(RunState.CANCELLED.name());
    }

    long lost() {
        return askedRequests - answeredRequests;
    }

    long runsWithoutOneEnd() {
        return runsWithoutOneEnd;
    }

    private void found(Report report, String what, Set<Invariant> invariants) {
        long violations = invariants.stream().mapToLong(report::violations).sum();
        long checked = invariants.stream().mapToLong(it -> report.checked(it).orElse(0L)).sum();
        lines.put(what, violations + " (looked at: " + checked + ")");
    }

    @Override
    public String toString() {
        var text = new StringBuilder("\n");
        lines.forEach((what, value) -> text.append(String.format(Locale.ROOT, "%-42s %s%n", what, value)));
        return text.toString();
    }
}
