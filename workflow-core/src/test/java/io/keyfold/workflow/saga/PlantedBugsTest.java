package io.keyfold.workflow.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// What is planted in the folds, the random histories find.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PlantedBugsTest {
    private static final long MOST = Long.getLong("keyfold.planted", 1_000);

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void what_is_planted_is_found(PlantedBug bug) {
        OptionalLong found =
                LongStream.range(bug.from(), bug.from() + MOST).filter(seed -> isFound(bug, seed)).findFirst();

        System.out.printf("%s: found by history %s%n", bug, found);
        assertThat(found).isPresent();
    }

    private static boolean isFound(PlantedBug bug, long seed) {
        try {
            new History(Choices.drawnFrom(seed), false, bug).live();
            return false;
        } catch (AssertionError | RuntimeException found) {
            return true;
        }
    }
}
