package io.keyfold.workflow.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every build goes through each single thing that can go wrong, `-Pthorough`, or `-Dkeyfold.pairs=all`, through each pair.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EveryPairTest {
    private static final boolean ALL = "all".equals(System.getProperty("keyfold.pairs"))
            || Boolean.getBoolean("keyfold.thorough");

    @ParameterizedTest
    @EnumSource
    void whatever_goes_wrong_once_or_twice_anywhere_the_end_is_the_right_one(Scenario scenario) {
        var every = new EveryPair(scenario);
        every.firstFailure(ALL).ifPresent(failure -> fail(failure.told()));

        assertThat(every.points()).isGreaterThan(5);
        assertThat(every.singles()).isGreaterThan(every.points());
        System.out.printf(
                "%s: %,d points, %,d single faults, %,d pairs, %,d steps%n", scenario, every.points(),
                every.singles(), every.pairs(), every.steps());
    }
}
