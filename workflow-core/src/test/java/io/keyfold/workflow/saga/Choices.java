package io.keyfold.workflow.saga;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/// All that is left to chance in a history, as a list of numbers: drawn from a seed, or read back from an earlier
/// history. 0 is always the tame choice, so that a history gets tamer as its numbers get smaller and fewer.
final class Choices {
    private final SplittableRandom random;
    private final int[] script;
    private final boolean scripted;
    private int[] made = new int[256];
    private int count;

    private Choices(SplittableRandom random, int[] script, boolean scripted) {
        this.random = random;
        this.script = script;
        this.scripted = scripted;
    }

    static Choices drawnFrom(long seed) {
        return new Choices(new SplittableRandom(seed), new int[0], false);
    }

    /// After the script's end every choice is the tame one.
    static Choices asIn(int[] script) {
        return new Choices(new SplittableRandom(0), script, true);
    }

    /// A number from 0 to `bound - 1`.
    int below(int bound) {
        int choice = !scripted ? random.nextInt(bound) : count < script.length ? script[count] % bound : 0;
        if (count == made.length) {
            made = Arrays.copyOf(made, made.length * 2);
        }
        made[count++] = choice;
        return choice;
    }

    boolean chance(int percent) {
        return below(100) >= 100 - percent;
    }

    /// From almost nothing to what somebody waits for in vain.
    Duration latency() {
        int kind = below(100);
        if (kind < 80) {
            return Duration.ofMillis(5 + below(50));
        }
        if (kind < 95) {
            return Duration.ofMillis(below(5_000));
        }
        return Duration.ofSeconds(below(kind < 99 ? 90 : 2_400));
    }

    int[] made() {
        return Arrays.copyOf(made, count);
    }
}
