package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OneLifeTest {
    private static final TaskId TASK = new TaskId(0, 3);

    @Test
    @Tag("case-62")
    @Tag("case-71")
    void a_task_is_started_once_and_never_started_over() {
        var life = new OneLife();

        assertThatCode(() -> life.begin(TASK)).doesNotThrowAnyException();
        assertThatThrownBy(() -> life.begin(TASK)).isInstanceOf(StreamsException.class).hasMessageContaining("0_3");
    }
}
