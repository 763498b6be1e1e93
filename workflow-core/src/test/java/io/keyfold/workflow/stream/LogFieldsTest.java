package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Saga;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogFieldsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @Test
    void while_a_saga_is_folded_the_log_tells_its_cluster_and_trace() {
        Headers headers = new RecordHeaders()
                .add("traceparent", ("00-" + TRACE + "-b7ad6b7169203331-01").getBytes(StandardCharsets.UTF_8));

        try (var _ =
                LogFields.of(
                        Saga.unknown(new ClusterId("default", "hpc-1")),
                        new Cause(Optional.empty(), headers, Instant.EPOCH))) {
            assertThat(MDC.get("cluster")).isEqualTo("default/hpc-1");
            assertThat(MDC.get("trace")).isEqualTo(TRACE);
            assertThat(MDC.get("request")).as("it has had no run").isNull();
        }
        assertThat(MDC.get("cluster")).isNull();
        assertThat(MDC.get("trace")).isNull();
    }
}
