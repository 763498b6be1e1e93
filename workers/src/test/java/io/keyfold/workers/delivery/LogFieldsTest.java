package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.StepName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogFieldsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @Test
    void while_a_command_is_carried_out_the_log_tells_what_it_is_about() {
        var id = UUID.randomUUID();
        var command = new Command(
                id, "default/hpc-1", "default", 3, StepName.ROOT_KEY, Action.PROVISION, 1, "mark", Instant.MAX,
                Optional.empty(), false);
        var record = new ConsumerRecord<>("root-key-commands", 0, 7, new byte[0], new byte[0]);
        record.headers()
                .add("traceparent", ("00-" + TRACE + "-b7ad6b7169203331-01").getBytes(StandardCharsets.UTF_8));
        var partition = new AssignedPartition(new TopicPartition("root-key-commands", 0), 7, 7);

        try (var _ = LogFields.of(command, new ReceivedRecord(record, partition))) {
            assertThat(MDC.getCopyOfContextMap())
                    .containsEntry("cluster", "default/hpc-1")
                    .containsEntry("run", "3")
                    .containsEntry("step", "ROOT_KEY")
                    .containsEntry("action", "PROVISION")
                    .containsEntry("command", id.toString())
                    .containsEntry("trace", TRACE);
        }
        assertThat(MDC.get("cluster")).isNull();
        assertThat(MDC.get("trace")).isNull();
    }
}
