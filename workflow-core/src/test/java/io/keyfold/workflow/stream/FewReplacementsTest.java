package io.keyfold.workflow.stream;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FewReplacementsTest {
    private static final IllegalStateException BUG = new IllegalStateException("a bug");

    private final List<String> said = new ArrayList<>();
    private final FewReplacements replacements = new FewReplacements(2, "/var/lib/keyfold", said::add);

    @Test
    @Tag("case-71")
    void a_thread_that_dies_is_replaced_three_times_for_each_that_there_is_and_then_the_process_ends() {
        for (int death = 1; death <= 6; death++) {
            assertThat(replacements.handle(BUG)).as("death " + death).isEqualTo(REPLACE_THREAD);
        }
        assertThat(replacements.handle(BUG)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(said).isEmpty();
    }

    @Test
    @Tag("case-66")
    void on_a_full_disk_no_thread_is_replaced_and_it_is_said_what_to_do() {
        var full = new RocksDBException(
                "While appending to file: /var/lib/keyfold/0_0/000011.sst: Kein Platz",
                new Status(Status.Code.IOError, Status.SubCode.NoSpace, null));

        assertThat(replacements.handle(new StreamsException(new ProcessorStateException("put", full))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertThat(said).containsExactly(
                "The state directory /var/lib/keyfold takes no more (No space left on device). Make room there, or give"
                        + " the workflow another one with state.dir, and start it again: nothing is lost, what is not"
                        + " there is restored from Kafka.");
    }

    @Test
    @Tag("case-66")
    void nor_on_one_that_has_become_read_only() {
        var readOnly = new IOException("/var/lib/keyfold/0_0/.checkpoint.tmp: Read-only file system");

        assertThat(replacements.handle(new StreamsException(readOnly))).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(said).singleElement().asString().contains("(Read-only file system)");
    }
}
