package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DenialTest {
    @Test
    @Tag("case-16")
    void a_record_of_a_time_that_kafka_does_not_take_is_a_clock_that_is_to_be_set() {
        var refused = new ExecutionException(new InvalidTimestampException("Timestamp 7 is out of range"));

        assertThat(Denial.explained(refused)).isEqualTo(
                "Kafka takes no record of a time so far from its own clock's: Timestamp 7 is out of range."
                        + " Set the clock of this machine right, or that of the brokers, and start it again");
    }

    @Test
    void what_kafka_does_not_say_no_to_is_told_as_it_is() {
        assertThat(Denial.of(new IllegalStateException("full"))).isEmpty();
        assertThat(Denial.explained(new IllegalStateException("full")))
                .isEqualTo("java.lang.IllegalStateException: full");
    }
}
