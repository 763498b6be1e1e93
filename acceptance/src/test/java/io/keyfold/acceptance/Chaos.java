package io.keyfold.acceptance;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// How long something is done to a site under load, and in which order: again and again for `-Dkeyfold.chaos.seconds=N`, each
/// time something else. `-Dkeyfold.seed=SEED` draws it. Only `-Pthorough` runs what uses it; without `-Dkeyfold.thorough` it
/// is done once.
final class Chaos {
    static final boolean IS_LONG = Boolean.getBoolean("keyfold.thorough");

    private static final long SEED = Long.getLong("keyfold.seed", 1);
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("keyfold.chaos.seconds", IS_LONG ? 120 : 1));

    private Chaos() {}

    /// @param disturbance begins, and is over, again and again; what it is comes from the generator
    static void reign(Consumer<RandomGenerator> disturbance) {
        RandomGenerator random = new Random(SEED);
        long end = System.nanoTime() + LENGTH.toNanos();
        do {
            disturbance.accept(random);
        } while (System.nanoTime() < end);
    }

    /// How to have the same again.
    static String again() {
        return "again with -Dkeyfold.seed=" + SEED + " -Dkeyfold.chaos.seconds=" + LENGTH.toSeconds();
    }
}
