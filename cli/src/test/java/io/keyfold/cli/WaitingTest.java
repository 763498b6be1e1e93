package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WaitingTest {
    private final ArrayList<String> log = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(-5);
    private final Waiting waiting = new Waiting(Duration.ofSeconds(30), log::add, now::get);

    @Test
    void the_same_is_said_once_in_half_a_minute_in_whatever_words() {
        waiting.say("Kafka", "first");
        now.addAndGet(Duration.ofSeconds(29).toNanos());
        waiting.say("Kafka", "too early");
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        waiting.say("Kafka", "again");

        assertThat(log).containsExactly("first", "again");
    }

    @Test
    void something_else_is_said_at_once() {
        waiting.say("Kafka", "first");
        waiting.say("the registry", "next");

        assertThat(log).containsExactly("first", "next");
    }
}
