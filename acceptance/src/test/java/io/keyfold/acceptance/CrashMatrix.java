package io.keyfold.acceptance;

import io.keyfold.acceptance.CrashCases.Case;
import io.keyfold.acceptance.CrashCases.Course;
import io.keyfold.acceptance.CrashCases.Outcome;
import io.keyfold.acceptance.CrashCases.Scenario;
import io.keyfold.acceptance.crash.CrashPoint;
import io.keyfold.workers.WorkerKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Calls × crash points × scenarios, as a table for people: how many died there, of how many there are.
record CrashMatrix(long seed, Map<Scenario, Course> usual, List<Case> all, List<Outcome> outcomes) {
    @Override
    public String toString() {
        var text = new StringBuilder("\nseed ").append(seed).append(": ").append(outcomes.size()).append(" of ")
                .append(all.size()).append(" cases\n");
        for (Scenario scenario : Scenario.values()) {
            for (WorkerKind kind : WorkerKind.values()) {
                text.append(String.format(
                        Locale.ROOT, "%-12s %-14s %s%n", scenario, kind.service(), usual.get(scenario).calls(kind)));
            }
        }
        text.append(String.format(Locale.ROOT, "%-58s", "died / cases"));
        for (Scenario scenario : Scenario.values()) {
            text.append(String.format(Locale.ROOT, "%14s", scenario));
        }
        for (CrashPoint point : CrashPoint.values()) {
            text.append(String.format(Locale.ROOT, "%n%-58s", point.words()));
            for (Scenario scenario : Scenario.values()) {
                long died = outcomes.stream().filter(it -> it.struck().isPresent()).map(Outcome::of)
                        .filter(it -> it.point() == point && it.scenario() == scenario).count();
                long cases = all.stream().filter(it -> it.point() == point && it.scenario() == scenario).count();
                text.append(String.format(Locale.ROOT, "%14s", died + " / " + cases));
            }
        }
        return text.append('\n').toString();
    }
}
