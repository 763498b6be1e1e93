package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CloudEventHeadersTest {
    private static final String TRACE_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.006Z");

    @Test
    void a_record_says_what_it_is_and_passes_its_causes_trace_on() {
        Headers cause = headers(Map.of("traceparent", TRACE_PARENT, "tracestate", "vendor=1", "ce_id", "another"));

        assertThat(written(cause))
                .isEqualTo(Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "event-1",
                        "ce_type", "io.keyfold.contract.RootKeyEvent",
                        "ce_source", "/keyfold/default/root-key",
                        "ce_time", "2026-01-02T03:04:05.006Z",
                        "content-type", "application/avro",
                        "traceparent", TRACE_PARENT,
                        "tracestate", "vendor=1"));
    }

    @Test
    void without_a_trace_one_begins_and_it_is_the_same_after_a_replay() {
        Map<String, String> first = written(new RecordHeaders());

        assertThat(first.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(first).doesNotContainKey("tracestate").isEqualTo(written(new RecordHeaders()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
            })
    void a_trace_that_is_none_is_not_passed_on(String invalid) {
        Headers cause = headers(Map.of("traceparent", invalid, "tracestate", "vendor=1"));

        assertThat(written(cause).get("traceparent"))
                .isNotEqualTo(invalid)
                .isEqualTo(written(new RecordHeaders()).get("traceparent"));
    }

    @Test
    void headers_that_stand_there_already_are_replaced() {
        Headers target = headers(Map.of("ce_id", "old"));

        CloudEventHeaders.write(target, Topics.ROOT_KEY_EVENTS, "new", "/keyfold", TIME, new RecordHeaders());

        assertThat(target.headers("ce_id")).hasSize(1);
        assertThat(CloudEventHeaders.text(target, "ce_id")).contains("new");
    }

    private static Map<String, String> written(Headers cause) {
        Headers target = new RecordHeaders();
        CloudEventHeaders.write(
                target, Topics.ROOT_KEY_EVENTS, "event-1", "/keyfold/default/root-key", TIME, cause);
        Map<String, String> texts = new TreeMap<>();
        Arrays.stream(target.toArray())
                .forEach(header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }

    private static Headers headers(Map<String, String> texts) {
        Headers headers = new RecordHeaders();
        texts.forEach((name, text) -> headers.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return headers;
    }
}
