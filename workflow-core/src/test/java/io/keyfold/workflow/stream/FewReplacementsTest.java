package io.keyfold.workflow.stream;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FewReplacementsTest {
    private static final IllegalStateException BUG = new IllegalStateException("a bug");

    @Test
    @Tag("case-71")
    void a_thread_that_dies_is_replaced_three_times_for_each_that_there_is_and_then_the_process_ends() {
        var replacements = new FewReplacements(2);

        for (int death = 1; death <= 6; death++) {
            assertThat(replacements.handle(BUG)).as("death " + death).isEqualTo(REPLACE_THREAD);
        }
        assertThat(replacements.handle(BUG)).isEqualTo(SHUTDOWN_CLIENT);
    }
}
