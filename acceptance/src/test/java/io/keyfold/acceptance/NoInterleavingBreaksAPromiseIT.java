package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.RunState;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random histories of clusters that share what they use, fifty at a time, while the processes are killed and stopped and
/// everything is read once more. A build lives through twenty, `-Pthorough` through 3,000, `-Dkeyfold.interleavings=N` through N, from
/// `-Dkeyfold.seed=SEED` on.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(1)
class NoInterleavingBreaksAPromiseIT {
    private static final int AT_A_TIME = 50;
    private static final int HISTORIES = Integer.getInteger("keyfold.interleavings", 20);

    /// With it, it is the KMS-instance worker that stands still in the middle of its creates: names of instances are not
    /// unique, so nothing but Keyfold keeps it from making a second one.
    private static final long FIRST = Long.getLong("keyfold.seed", 3);

    @Test
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    @Tag("case-58")
    @Tag("case-59")
    @Tag("case-64")
    @Tag("case-80")
    @Tag("case-98")
    void each_run_has_one_end_nothing_held_is_deleted_and_nothing_is_left_behind() {
        int accounts = Math.min(AT_A_TIME, HISTORIES);
        try (Site site = Site.ofItsOwn(accounts(accounts))) {
            for (int number = 1; number <= accounts; number++) {
                site.cloud().addApiKey(
                        "key-of-" + account(number), account(number), History.accountId(account(number)));
            }
            for (long from = FIRST; from < FIRST + HISTORIES; from += AT_A_TIME) {
                List<History> histories = LongStream.range(from, Math.min(from + AT_A_TIME, FIRST + HISTORIES))
                        .mapToObj(seed -> History.drawn(seed, account((int) ((seed - FIRST) % AT_A_TIME) + 1)))
                        .toList();
                var lived = new Interleavings(site, from, histories);
                lived.live();
                if (histories.size() == AT_A_TIME) { // else they may be too few to have come to all of these
                    assertThat(lived.ends()).containsKeys(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED);
                }
            }
        }
    }

    @Test
    void the_same_seed_draws_the_same_history_and_another_seed_another() {
        assertThat(History.drawn(7, "acc1")).isEqualTo(History.drawn(7, "acc1"));
        assertThat(History.drawn(7, "acc1").plan()).isNotEqualTo(History.drawn(8, "acc1").plan());
    }

    private static Map<String, String> accounts(int count) {
        var settings = new HashMap<String, String>();
        settings.put("KEYFOLD_STEP_TIME_MS", "5000"); // what a call has not brought about is soon tried again
        for (int number = 1; number <= count; number++) {
            String prefix = "KEYFOLD_ACCOUNT_" + account(number).toUpperCase(Locale.ROOT) + "_IBM_";
            settings.put(prefix + "API_KEY", "key-of-" + account(number));
            settings.put(prefix + "ACCOUNT_ID", History.accountId(account(number)));
        }
        return settings;
    }

    private static String account(int number) {
        return "acc" + number;
    }
}
