package io.keyfold.monitoring.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00.005Z");

    private final List<Span> received = Collections.synchronizedList(new ArrayList<>());
    private final List<String> shown = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch answers = new CountDownLatch(1);
    private HttpServer receiver;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/v1/traces", this::take);
        receiver.start();
    }

    @AfterEach
    void close() {
        answers.countDown();
        receiver.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            answers.await();
            shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            ExportTraceServiceRequest.parseFrom(new GZIPInputStream(exchange.getRequestBody())).getResourceSpansList()
                    .forEach(resource -> resource.getScopeSpansList().forEach(
                            scope -> received.addAll(scope.getSpansList())));
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void what_is_told_comes_with_its_own_ids_and_times() {
        answers.countDown();
        try (Traces traces = traces(Map.of("traces.headers", "authorization=Bearer abc"))) {
            traces.tell(span(1, Optional.of("00000000000000ff"), TraceFlags.getSampled()));
            traces.tell(span(2, Optional.empty(), TraceFlags.getSampled()));
            traces.tell(span(3, Optional.empty(), TraceFlags.getDefault()));
            await().until(() -> received.size() > 1);
        }

        assertThat(shown).containsOnly("Bearer abc");
        assertThat(received).extracting(span -> hex(span.getTraceId().toByteArray()))
                .containsExactly(TRACE, TRACE);
        assertThat(received).extracting(span -> hex(span.getSpanId().toByteArray()))
                .containsExactly("0000000000000001", "0000000000000002");
        assertThat(received).extracting(span -> hex(span.getParentSpanId().toByteArray()))
                .containsExactly("00000000000000ff", "");
        assertThat(received.getFirst().getStartTimeUnixNano()).isEqualTo(BEGIN.toEpochMilli() * 1_000_000);
        assertThat(received.getFirst().getEndTimeUnixNano()).isEqualTo((BEGIN.toEpochMilli() + 7) * 1_000_000);
        assertThat(received.getFirst().getStatus().getMessage()).isEqualTo("FORBIDDEN");
    }

    @Test
    void what_is_lived_through_draws_its_ids() {
        answers.countDown();
        try (Traces traces = traces(Map.of())) {
            traces.tell(span(1, Optional.empty(), TraceFlags.getSampled()));
            traces.tracer().spanBuilder("lived").startSpan().end();
            await().until(() -> received.size() > 1);
        }

        assertThat(received).hasSize(2).extracting(span -> hex(span.getTraceId().toByteArray()))
                .doesNotHaveDuplicates();
    }

    /// With a receiver that answers nothing, more is told than is kept; then it answers.
    @Test
    void what_a_receiver_does_not_take_is_lost_and_nobody_waits_for_it() {
        int told = 30_000;
        var meters = new SimpleMeterRegistry();
        Traces traces = traces(Map.of());
        traces.showOn(meters);
        for (int number = 1; number <= told; number++) {
            traces.tell(span(number, Optional.empty(), TraceFlags.getSampled()));
        }
        answers.countDown();
        await().until(() -> count(meters, "sent") > 0);
        traces.close();

        assertThat(count(meters, "made")).isEqualTo(told);
        assertThat(received).hasSizeLessThan(told / 2);
    }

    @Test
    void where_nobody_listens_it_ends_soon_and_has_failed() {
        receiver.stop(0);
        var meters = new SimpleMeterRegistry();
        Traces traces = traces(Map.of());
        traces.showOn(meters);
        traces.tell(span(1, Optional.empty(), TraceFlags.getSampled()));
        traces.close();

        assertThat(count(meters, "sent")).isZero();
        assertThat(count(meters, "made")).isOne();
    }

    @Test
    void a_file_has_an_export_on_each_line_and_is_its_owners_alone() throws IOException {
        Path file = directory.resolve("spans.jsonl");
        for (int number = 1; number <= 2; number++) {
            try (Traces traces = Traces.start(
                    TraceSettings.of(Map.of("traces.file", file.toString())), "keyfold-test")) {
                traces.tell(span(number, Optional.empty(), TraceFlags.getSampled()));
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(2).allMatch(line -> line.startsWith("{\"resourceSpans\":["))
                .anyMatch(line -> line.contains("\"spanId\":\"0000000000000002\""))
                .allMatch(line -> line.contains("\"stringValue\":\"keyfold-test\""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void a_file_that_is_full_stays_as_it_is() throws IOException {
        Path file = directory.resolve("spans.jsonl");
        var spans = SpanFile.open(file, 10);

        assertThat(spans.export(List.of()).isSuccess()).isFalse();
        assertThat(Files.size(file)).isZero();
        spans.shutdown();
    }

    @Test
    void a_file_that_cannot_be_written_is_said() {
        Path file = directory.resolve("none").resolve("spans.jsonl");

        assertThatThrownBy(
                () -> Traces.start(TraceSettings.of(Map.of("traces.file", file.toString())), "keyfold-test"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("traces.file")
                .hasMessageContaining(file.toString());
    }

    @Test
    void off_there_are_no_spans() {
        try (Traces traces = Traces.start(TraceSettings.of(Map.of("another", "x")), "keyfold-test")) {
            assertThat(traces.isOn()).isFalse();
            assertThat(traces.tracer().spanBuilder("lived").startSpan().isRecording()).isFalse();
        }
    }

    @Test
    void an_address_without_a_path_gets_the_usual_one() {
        assertThat(endpoint("http://collector:4318")).isEqualTo("http://collector:4318/v1/traces");
        assertThat(endpoint(" https://collector/ ")).isEqualTo("https://collector/v1/traces");
        assertThat(endpoint("https://collector/otlp/v1/traces")).isEqualTo("https://collector/otlp/v1/traces");
    }

    private static String endpoint(String given) {
        return TraceSettings.of(Map.of("traces.endpoint", given)).orElseThrow().endpoint().orElseThrow().toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"collector:4318", "ftp://collector", "http://", "http://me:secretword@collector",
        "ht tp:secretword"})
    void what_is_no_address_is_refused_without_being_repeated(String given) {
        assertThatThrownBy(() -> TraceSettings.of(Map.of("traces.endpoint", given)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("traces.endpoint")
                .hasMessageNotContaining("secretword");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secretword", "a b=secretword", "a=secretword\u0001x", "=secretword"})
    void what_are_no_headers_is_refused_without_being_repeated(String given) {
        assertThatThrownBy(
                () -> TraceSettings.of(Map.of("traces.endpoint", "http://collector", "traces.headers", given)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("traces.headers")
                .hasMessageNotContaining("secretword");
    }

    @Test
    void what_the_receiver_is_shown_is_not_said() {
        var settings = TraceSettings.of(
                Map.of("traces.endpoint", "http://collector", "traces.headers", "a=secretword, b=c=d")).orElseThrow();

        assertThat(settings.headers()).isEqualTo(Map.of("a", "secretword", "b", "c=d"));
        assertThat(settings).asString().doesNotContain("secretword");
    }

    private Traces traces(Map<String, String> otherwise) {
        var given = new HashMap<>(otherwise);
        given.put(
                "traces.endpoint",
                "http://127.0.0.1:" + receiver.getAddress().getPort());
        return Traces.start(TraceSettings.of(given), "keyfold-test");
    }

    private static double count(SimpleMeterRegistry meters, String outcome) {
        return meters.get("keyfold.traces.spans").tag("outcome", outcome).functionCounter().count();
    }

    private static PastSpan span(int number, Optional<String> parent, TraceFlags flags) {
        return new PastSpan(
                SpanContext.create(TRACE, "%016x".formatted(number), flags, TraceState.getDefault()), parent, "told",
                SpanKind.INTERNAL, BEGIN, BEGIN.plusMillis(7), Attributes.empty(), Optional.of("FORBIDDEN"),
                List.of());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
