package io.keyfold.workflow.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `-Pthorough` lives through 100,000, `-Dkeyfold.histories=N` through N histories, from `-Dkeyfold.histories.from=SEED` on;
/// `-Dkeyfold.history=SEED` through that one only.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RandomHistoriesTest {
    private static final boolean ONE_ONLY = System.getProperty("keyfold.history") != null;
    private static final long HISTORIES = ONE_ONLY ? 1 : Long.getLong("keyfold.histories", 5_000);
    private static final long FIRST = Long.getLong(ONE_ONLY ? "keyfold.history" : "keyfold.histories.from", 1);

    @Test
    @Tag("case-11")
    @Tag("case-14")
    @Tag("case-58")
    @Tag("case-59")
    @Tag("case-94")
    @Tag("case-95")
    @Tag("case-97")
    @Tag("case-99")
    void whatever_is_duplicated_delayed_reordered_or_killed_each_run_has_one_end_and_nothing_is_left_behind() {
        LongStream.range(FIRST, FIRST + HISTORIES).parallel().mapToObj(RandomHistories::failureOf)
                .flatMap(Optional::stream).findFirst().ifPresent(failure -> fail(failure.told()));
        System.out.printf("%,d histories from %,d on are clean%n", HISTORIES, FIRST);
    }

    @Test
    void the_same_choices_make_the_same_history() {
        var drawn = new History(Choices.drawnFrom(7), true);
        var choices = Choices.drawnFrom(7);
        drawn.live();
        new History(choices, false).live();
        var again = new History(Choices.asIn(choices.made()), true);
        again.live();

        assertThat(drawn.story()).isNotEmpty().isEqualTo(again.story());
    }

    /// By the thread's own time, and far below what is usual (millions): a busy machine's processor does less in the same time.
    @Test
    void histories_are_cheap() {
        var threads = ManagementFactory.getThreadMXBean();
        long steps = 0;
        long start = 0;
        for (long seed = 1; seed <= 100; seed++) {
            if (seed == 41) { // compiled by now
                start = threads.getCurrentThreadCpuTime();
                steps = 0;
            }
            var history = new History(Choices.drawnFrom(seed), false);
            history.live();
            steps += history.steps();
        }
        long perMinute = steps * 60_000_000_000L / (threads.getCurrentThreadCpuTime() - start);
        System.out.printf("%,d steps of histories a minute on one core%n", perMinute);
        assertThat(perMinute).isGreaterThan(50_000);
    }
}
