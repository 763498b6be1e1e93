package io.keyfold.acceptance;

import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/// A history told for people: what was asked, what was ordered and done, what the saga made of it, and what was done to
/// the processes meanwhile, in the order in which it happened.
final class Tale {
    private record Line(Instant at, String words) {}

    private final History history;
    private final Instant begin;
    private final List<Line> lines = new ArrayList<>();

    Tale(History history, Instant begin, Evidence evidence, SortedMap<Instant, String> disturbances) {
        this.history = history;
        this.begin = begin;
        String account = history.account();
        String clusters = account + "/" + history.name();
        disturbances.forEach((at, what) -> lines.add(new Line(at, "======== " + what)));
        evidence.topics().requests().stream().filter(it -> it.cluster().startsWith(clusters))
                .forEach(it -> add(it.at(), ">", it.cluster(), it.words()));
        evidence.topics().commands().stream().filter(it -> it.cluster().startsWith(clusters)).forEach(
                it -> add(
                        it.issuedAt(), "  →", it.cluster(),
                        it.action() + " " + it.step() + it.expectedId().map(id -> " " + id).orElse("") + ", run "
                                + it.run() + " (" + it.id() + ")"));
        evidence.topics().answers().stream().filter(it -> it.cluster().startsWith(clusters)).forEach(
                it -> add(
                        it.at(), "  ←", it.cluster(),
                        it.step() + " " + it.words() + " " + it.told() + " (" + it.command() + ")"));
        evidence.cloud().flatMap(CloudEvidence::calls).map(CloudEvidence.Calls::effects).orElse(List.of()).stream()
                .filter(it -> it.account().equals(account)).forEach(
                        it -> add(
                                it.at(), "    !", it.operation(),
                                it.resource() + (it.fault().isEmpty() ? "" : ", struck by " + it.fault())));
        evidence.topics().audit().forEach((cluster, audit) -> {
            if (cluster.startsWith(clusters)) {
                audit.forEach(
                        it -> add(
                                it.at(), "    ·", cluster,
                                it.sequence() + " " + it.event() + " " + it.from() + "→"
                                        + it.to() + " " + it.words()));
            }
        });
        lines.sort(Comparator.comparing(Line::at));
    }

    private void add(Instant at, String sign, String who, String what) {
        lines.add(new Line(at, sign + " " + who + " " + what));
    }

    String of(List<Violation> violations) {
        var told = new StringBuilder("\nHistory " + history.seed() + ", in the account " + history.account() + ":");
        violations.forEach(violation -> told.append("\n  BROKEN ").append(violation));
        told.append("\nDrawn:").append(history.plan()).append("\nHappened:");
        lines.forEach(
                line -> told.append("\n  ").append(History.seconds(Duration.between(begin, line.at()))).append(' ')
                        .append(line.words()));
        return told.append("\nThis history alone: -Dkeyfold.seed=").append(history.seed())
                .append(" -Dkeyfold.interleavings=1\n").toString();
    }
}
