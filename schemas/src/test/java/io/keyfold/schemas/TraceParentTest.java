package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TraceParentTest {
    private static final String TEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void it_is_read_and_written_alike() {
        assertThat(TraceParent.parse(TEXT)).hasValueSatisfying(named -> {
            assertThat(named.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(named.spanId()).isEqualTo("b7ad6b7169203331");
            assertThat(named.flags()).isEqualTo("01");
            assertThat(named).hasToString(TEXT);
        });
        assertThat(TraceParent.parse("00-nonsense")).isEmpty();
    }

    @Test
    void another_span_of_the_trace_is_the_same_for_the_same_name() {
        var named = TraceParent.parse(TEXT).orElseThrow();

        assertThat(named.span("command/1")).isEqualTo(named.span("command/1")).isNotEqualTo(named.span("command/2"));
        assertThat(named.span("command/1").toString()).matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01");
    }

    @Test
    void only_a_record_that_was_written_without_a_cause_begins_its_trace() {
        Headers begun = written(new RecordHeaders());
        Headers passedOn =
                written(new RecordHeaders().add("traceparent", TEXT.getBytes(StandardCharsets.UTF_8)));

        assertThat(CloudEventHeaders.beginsTrace(begun)).isTrue();
        assertThat(CloudEventHeaders.beginsTrace(passedOn)).isFalse();
        assertThat(CloudEventHeaders.beginsTrace(written(begun))).as("the same id and source").isTrue();
        assertThat(CloudEventHeaders.beginsTrace(new RecordHeaders())).isFalse();
    }

    private static Headers written(Headers cause) {
        Headers target = new RecordHeaders();
        CloudEventHeaders.write(target, Topics.CLUSTER_DEPLOY_REQUESTED, "r-1", "/keyfold/cli", Instant.EPOCH, cause);
        return target;
    }
}
