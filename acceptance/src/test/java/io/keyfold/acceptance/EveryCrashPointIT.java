package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.acceptance.CrashCases.Case;
import io.keyfold.acceptance.CrashCases.Scenario;
import io.keyfold.acceptance.crash.CrashPoint;
import io.keyfold.audit.Auditor;
import io.keyfold.audit.Moment;
import io.keyfold.workers.WorkerKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every call that a worker makes to the cloud × every point around it at which it can die × deploy, undo and deprovision.
/// Which calls there are is seen in a run of each scenario in which nobody dies. Every build goes through some cases, drawn
/// anew from a seed that it prints, or from `-Dkeyfold.seed=SEED`; `-Pthorough` through all of them, `-Dkeyfold.crash.cases=19,20` through these.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(4)
class EveryCrashPointIT {
    private static final boolean ALL = Boolean.getBoolean("keyfold.thorough");
    private static final int OF_EVERY_BUILD = Integer.getInteger("keyfold.crashes", 12);
    /// Another one in each build, so that in time all are gone through.
    private static final long SEED = Long.getLong("keyfold.seed", new Random().nextInt(1_000_000));

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    @Tag("case-28")
    @Tag("case-29")
    @Tag("case-48")
    @Tag("case-58")
    void wherever_a_worker_dies_the_end_is_the_same() throws Exception {
        System.out.println("Crash points drawn with -Dkeyfold.seed=" + SEED);
        try (var crashes = new CrashCases()) {
            Map<Scenario, CrashCases.Course> usual = crashes.observe();
            assertThatEachWorkerIsSeen(usual);
            List<Case> all = all(usual);
            List<Case> chosen = chosen(all);

            List<CrashCases.Outcome> outcomes = crashes.live(chosen);
            System.out.println(new CrashMatrix(SEED, usual, all, outcomes));

            assertThat(outcomes).filteredOn(outcome -> outcome.struck().isEmpty()).as("never came to their crash")
                    .isEmpty();
            for (CrashCases.Outcome outcome : outcomes) {
                assertThat(outcome.end()).as("end of %s", outcome.of())
                        .isEqualTo(usual.get(outcome.of().scenario()).end());
            }
            assertThat(outcomes).hasSameSizeAs(chosen);
            assertThat(Auditor.audit(crashes.evidence(), Moment.AT_REST).violations()).isEmpty();
        }
    }

    private static void assertThatEachWorkerIsSeen(Map<Scenario, CrashCases.Course> usual) {
        for (Scenario scenario : Scenario.values()) {
            for (WorkerKind kind : WorkerKind.values()) {
                assertThat(usual.get(scenario).calls(kind)).as("calls of %s at %s", kind, scenario)
                        .anyMatch(call -> call.startsWith("GET"))
                        .anyMatch(
                                call -> call.startsWith(
                                        scenario == Scenario.DEPROVISION ? "DELETE" : "POST"));
            }
        }
    }

    private static List<Case> all(Map<Scenario, CrashCases.Course> usual) {
        var cases = new ArrayList<Case>();
        usual.forEach((scenario, course) -> {
            for (WorkerKind kind : WorkerKind.values()) {
                for (int call = 1; call <= course.calls(kind).size(); call++) {
                    for (CrashPoint point : EnumSet.allOf(CrashPoint.class)) {
                        // Between two calls of one command there is no event.
                        if (point != CrashPoint.AFTER_THE_EVENT || course.isFollowedByAnEvent(kind, call)) {
                            cases.add(new Case(cases.size(), scenario, kind, call, point));
                        }
                    }
                }
            }
        });
        return cases;
    }

    private static List<Case> chosen(List<Case> all) {
        String wanted = System.getProperty("keyfold.crash.cases", "");
        if (!wanted.isEmpty()) {
            return Arrays.stream(wanted.split(",")).map(number -> all.get(Integer.parseInt(number))).toList();
        }
        var drawn = new ArrayList<>(all);
        Collections.shuffle(drawn, new Random(SEED));
        return ALL ? all : List.copyOf(drawn.subList(0, Math.min(OF_EVERY_BUILD, drawn.size())));
    }
}
