package io.keyfold.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MonitorTest {
    private final Monitor monitor = Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", 0)));
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        monitor.close();
        http.close();
    }

    @Test
    void what_is_measured_is_shown_in_prometheus_text_format() throws Exception {
        Counter.builder("keyfold.test").tag("kind", "a").register(monitor.meters()).increment();
        Timer.builder("keyfold.test.duration").register(monitor.meters()).record(Duration.ofMillis(1500));

        var answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains(
                "keyfold_test_total{kind=\"a\"} 1.0\n", "keyfold_test_duration_seconds_sum 1.5\n",
                "# TYPE keyfold_test_total counter\n");
    }

    @Test
    void the_jvm_is_measured() throws Exception {
        assertThat(get("/metrics").body()).contains(
                "\njvm_memory_used_bytes{", "\njvm_threads_live_threads ", "\nprocess_uptime_seconds ",
                "\nprocess_files_open_files ");
    }

    @Test
    void before_a_process_has_begun_it_lives_and_is_not_ready() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/metrics").body()).contains(
                "keyfold_health{probe=\"live\"} 1.0\n", "keyfold_health{probe=\"ready\"} 0.0\n");
    }

    @Test
    void a_process_says_how_it_is_check_by_check() throws Exception {
        monitor.watch(
                vitals(
                        Health.of(new Health.Check("threads", true, "2 of 2 turn")),
                        Health.of(
                                new Health.Check("partitions", true, "all 12"),
                                new Health.Check("registry", false, "it does not answer"))));

        assertThat(get("/health/live").body()).isEqualTo(
                """
                        {"status":"UP","checks":[{"name":"threads","status":"UP","data":{"words":"2 of 2 turn"}}]}
                        """);
        var ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(ready.body()).isEqualTo(
                """
                        {"status":"DOWN","checks":[{"name":"partitions","status":"UP","data":{"words":"all 12"}},\
                        {"name":"registry","status":"DOWN","data":{"words":"it does not answer"}}]}
                        """);
    }

    @Test
    void several_services_in_one_process_are_as_well_as_the_least_of_them() throws Exception {
        var first = monitor.part("first");
        var second = monitor.part("second");
        first.watch(vitals(
                Health.of(new Health.Check("threads", true, "2 of 2 turn")),
                Health.of(new Health.Check("partitions", true, "all 12"))));
        assertThat(get("/health/ready").statusCode()).as("the second has not begun").isEqualTo(503);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);

        second.watch(vitals(Health.of(), Health.of(new Health.Check("partitions", true, "none"))));
        first.meters().counter("keyfold.test.first").increment();
        second.meters().counter("keyfold.test.second").increment();

        var ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).contains("\"first partitions\"", "\"second partitions\"");
        assertThat(get("/metrics").body()).contains("keyfold_test_first_total 1.0", "keyfold_test_second_total 1.0");
        second.close();
        assertThat(get("/metrics").statusCode()).as("a part is closed with the whole").isEqualTo(200);
    }

    @Test
    void one_that_cannot_say_how_it_is_is_not_well() throws Exception {
        monitor.watch(new Vitals() {
            @Override
            public Health live() {
                throw new IllegalStateException("secret words");
            }

            @Override
            public Health ready() {
                throw new IllegalStateException("secret words");
            }
        });

        var answer = get("/health/live");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("secret").contains("\"DOWN\"");
        assertThat(get("/metrics").body()).contains("keyfold_health{probe=\"live\"} 0.0\n");
    }

    @Test
    void nothing_else_is_answered() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/x").statusCode()).isEqualTo(404);
        assertThat(send(request("/metrics").POST(BodyPublishers.ofString("x"))).statusCode()).isEqualTo(405);
        assertThat(send(request("/health/live").HEAD()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_port_that_is_taken_is_said() {
        var port = monitor.address().orElseThrow().getPort();

        assertThatThrownBy(() -> Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", port))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("metrics cannot be shown on 127.0.0.1:" + port)
                .hasMessageContaining("metrics.port");
    }

    @Test
    void without_a_port_nothing_is_shown_and_measuring_goes_nowhere() {
        try (var off = Monitor.start(MonitoringSettings.of(Map.of()))) {
            assertThat(off.address()).isEmpty();
            var counter = Counter.builder("keyfold.test").register(off.meters());
            counter.increment();
            assertThat(counter.count()).isZero();
            try (var consumer = new MockConsumer<>("earliest"); var _ = off.follow(consumer)) {
                assertThat(off.meters().getMeters()).hasSize(1);
            }
        }
    }

    @Test
    void settings_are_read_and_held_to_what_a_port_is() {
        assertThat(MonitoringSettings.of(Map.of("metrics.port", "9464", "another", "x")))
                .hasValue(new MonitoringSettings("127.0.0.1", 9464));
        assertThatThrownBy(() -> MonitoringSettings.of(Map.of("metrics.port", "65536")))
                .isInstanceOf(ConfigException.class).hasMessageContaining("metrics.port");
    }

    private static Vitals vitals(Health live, Health ready) {
        return new Vitals() {
            @Override
            public Health live() {
                return live;
            }

            @Override
            public Health ready() {
                return ready;
            }
        };
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(monitor.address().orElseThrow() + path));
    }
}
