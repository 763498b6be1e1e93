package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Letter;
import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.audit.TopicEvidence.Request;
import io.keyfold.contract.AuditEvent;
import io.keyfold.schemas.Topics;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether each request was accounted for, and once.
final class Requests {
    private static final Set<AuditEvent> ANSWERS_TO_A_DEPLOY =
            EnumSet.of(AuditEvent.REQUEST_ACCEPTED, AuditEvent.REQUEST_REFUSED, AuditEvent.IGNORED);
    private static final Set<AuditEvent> ANSWERS_TO_A_CONTROL =
            EnumSet.of(AuditEvent.CONTROL_ACCEPTED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);
    /// A request under another cluster's key is a dead letter, and the cluster of the key is told that it was refused.
    private static final Set<AuditEvent> TELLS_OF_A_DEAD_LETTER =
            EnumSet.of(AuditEvent.REQUEST_REFUSED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);

    private Requests() {}

    static void check(TopicEvidence topics, Findings findings) {
        Map<Place, List<Line>> byCause = topics.audit().values().stream().flatMap(List::stream)
                .filter(line -> line.cause().isPresent())
                .collect(Collectors.groupingBy(line -> line.cause().orElseThrow()));
        Set<Place> dead = topics.deadLetters().stream().map(Letter::origin).collect(Collectors.toSet());
        for (Request request : topics.requests()) {
            if (mayHaveBeenAnsweredBeforeTheAuditBegins(topics, request)) {
                continue;
            }
            findings.checked(Invariant.EACH_REQUEST_IS_ANSWERED_ONCE);
            boolean isDead = dead.contains(request.place());
            List<Line> lines = byCause.getOrDefault(request.place(), List.of()).stream()
                    .filter(line -> answers(request).contains(line.event()))
                    .filter(line -> !isDead || !TELLS_OF_A_DEAD_LETTER.contains(line.event())).toList();
            if (lines.size() + (isDead ? 1 : 0) != 1) {
                findings.violated(
                        Invariant.EACH_REQUEST_IS_ANSWERED_ONCE, request.cluster(),
                        (request.isDeploy() ? "deploy " : "control request ") + request.id() + " was answered "
                                + lines.stream().map(line -> line.sequence() + " " + line.event()).toList()
                                + (isDead ? " and is a dead letter" : ""),
                        request.place());
            }
        }
        topics.audit().forEach((cluster, lines) -> runOnce(cluster, lines, findings));
    }

    /// What deletes the audit's beginning deletes answers to requests that are still there.
    private static boolean mayHaveBeenAnsweredBeforeTheAuditBegins(TopicEvidence topics, Request request) {
        List<Line> lines = topics.audit().getOrDefault(request.cluster(), List.of());
        return lines.isEmpty()
                ? topics.cut().stream().anyMatch(cut -> cut.topic().equals(Topics.CLUSTER_ENCRYPTION_AUDIT.name()))
                : topics.isCut(lines.getFirst().place()) && request.at().isBefore(begin(lines));
    }

    private static Instant begin(List<Line> lines) {
        return lines.getFirst().at();
    }

    private static void runOnce(String cluster, List<Line> lines, Findings findings) {
        Map<String, Line> begun = new HashMap<>();
        for (Line line : lines) {
            boolean isOfADeploy = line.cause().filter(
                    place -> place.topic().equals(Topics.CLUSTER_DEPLOY_REQUESTED.name())).isPresent();
            if (line.event() == AuditEvent.REQUEST_ACCEPTED && isOfADeploy) {
                findings.checked(Invariant.NO_REQUEST_RUNS_TWICE);
                Line other = begun.putIfAbsent(line.requestId(), line);
                if (other != null) {
                    findings.violated(
                            Invariant.NO_REQUEST_RUNS_TWICE, cluster,
                            "deploy " + line.requestId() + " began run " + other.run() + " and run " + line.run(),
                            other.place(), line.place());
                }
            }
        }
    }

    private static Set<AuditEvent> answers(Request request) {
        return request.isDeploy() ? ANSWERS_TO_A_DEPLOY : ANSWERS_TO_A_CONTROL;
    }
}
