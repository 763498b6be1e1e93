package io.keyfold.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaMetersTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    KafkaMetersTest() {
        meters.config().meterFilter(new KafkaMeters());
    }

    @Test
    void of_kafkas_meters_those_are_shown_that_tell_of_trouble() {
        gauge("kafka.consumer.fetch.manager.records.lag", Tag.of("topic", "a"));
        gauge("kafka.consumer.fetch.manager.fetch.size.avg");
        gauge("keyfold.whatever");

        assertThat(meters.getMeters()).extracting(meter -> meter.getId().getName())
                .containsExactlyInAnyOrder("kafka.consumer.fetch.manager.records.lag", "keyfold.whatever");
    }

    @Test
    void what_is_told_of_each_topic_is_not_shown_of_a_client_as_a_whole() {
        gauge("kafka.consumer.fetch.manager.records.consumed.total", Tag.of("client.id", "c"));
        gauge("kafka.consumer.fetch.manager.records.consumed.total", Tag.of("client.id", "c"), Tag.of("topic", "a"));

        assertThat(meters.getMeters()).singleElement()
                .satisfies(meter -> assertThat(meter.getId().getTag("topic")).isEqualTo("a"));
    }

    @Test
    void a_name_that_is_drawn_at_each_start_is_not_shown() {
        gauge(
                "kafka.stream.thread.process.total",
                Tag.of("thread.id", "keyfold-workflow-default-0c7f57f3-9aba-4d05-a512-6d6be1a60bd4-StreamThread-1"));

        assertThat(meters.getMeters().getFirst().getId().getTag("thread.id"))
                .isEqualTo("keyfold-workflow-default-StreamThread-1");
    }

    private void gauge(String name, Tag... tags) {
        Gauge.builder(name, () -> 1).tags(List.of(tags)).register(meters);
    }
}
