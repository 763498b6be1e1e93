package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.acceptance.monitoring.Expressions;
import io.keyfold.cli.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus scrapes a site, has the rules, and answers what the dashboard asks: `-Pprometheus`.
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
class PrometheusAnswersIT {
    /// Nothing of this has happened at a site that is well, so that there is nothing to show.
    private static final List<String> SHOWN_WHEN_IT_HAPPENS =
            List.of("Put aside, lost, read again A", "Calls that came to nothing A");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = FreePorts.find(1).getFirst();

    @TempDir
    private static Path directory = Path.of("");

    @BeforeAll
    void a_site_that_is_scraped() throws IOException {
        assumeThat(System.getProperty("keyfold.prometheus")).as("mvn verify -Pprometheus").isNotNull();
        assumeThat(program("prometheus")).as("prometheus on the PATH: apt-get install prometheus").isPresent();
        assumeThat(program("promtool")).as("promtool on the PATH: apt-get install prometheus").isPresent();
        opened.add(http);
        Site site = Site.shared();
        Part gateway = site.gateway();
        opened.add(gateway);
        Files.copy(Expressions.ALERTS, directory.resolve("alerts.yml"));
        Files.writeString(directory.resolve("prometheus.yml"), configuration(site, gateway));
        var prometheus = new ProcessBuilder(
                program("prometheus").orElseThrow().toString(),
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        opened.add(() -> {
            prometheus.destroy();
            prometheus.waitFor();
        });
        awaitTargets(5);
        // Deployed in front of its eyes: a series that is new shows no rise.
        site.awaitEnd(site.deploy(Site.request("first")));
        site.awaitEnd(site.deploy(Site.request("second")));
    }

    @AfterAll
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void promtool_takes_the_rules() throws Exception {
        var promtool = new ProcessBuilder(
                program("promtool").orElseThrow().toString(), "check", "config",
                Expressions.ROOT.resolve("monitoring/prometheus/prometheus.yml").toString())
                .redirectErrorStream(true).start();
        var said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).contains("SUCCESS: " + Expressions.alerts().size() + " rules found");
    }

    @Test
    void every_expression_of_the_dashboard_has_an_answer() {
        Map<String, String> unanswered = new LinkedHashMap<>(Expressions.ofDashboard());
        unanswered.keySet().removeAll(SHOWN_WHEN_IT_HAPPENS);
        assertThat(unanswered).hasSizeGreaterThan(40);
        await().atMost(Site.SOON).untilAsserted(() -> {
            unanswered.values().removeIf(expression -> !query(expression).isEmpty());
            assertThat(unanswered).isEmpty();
        });
        SHOWN_WHEN_IT_HAPPENS.forEach(panel -> query(Expressions.ofDashboard().getOrDefault(panel, "")));
    }

    @Test
    void no_alert_is_raised_for_a_site_that_is_well_and_every_rule_can_be_asked() {
        await().atMost(Site.SOON).untilAsserted(() -> {
            var rules = new ArrayList<JsonNode>();
            get("/api/v1/rules").path("data").path("groups")
                    .forEach(group -> group.path("rules").forEach(rules::add));
            assertThat(rules).hasSize(Expressions.alerts().size()).allSatisfy(
                    rule -> assertThat(rule.path("health").asText()).as(rule.toString()).isEqualTo("ok"));
            assertThat(rules.stream().filter(rule -> rule.path("state").asText().equals("firing"))
                    .map(rule -> rule.path("name").asText())).isEmpty();
        });
    }

    private void awaitTargets(int count) {
        await("targets are scraped").atMost(Site.SOON).ignoreExceptions()
                .until(() -> query("up == 1").size() == count);
    }

    private JsonNode query(String expression) {
        var answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(answer.path("status").asText()).as("%s: %s", expression, answer).isEqualTo("success");
        return answer.path("data").path("result");
    }

    private JsonNode get(String path) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError("Prometheus does not answer: " + directory.resolve("prometheus.log"), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private String configuration(Site site, Part gateway) {
        Map<String, List<Part>> jobs = new LinkedHashMap<>();
        jobs.put("keyfold-workflow", List.of(site.workflow()));
        jobs.put("keyfold-worker", Site.KINDS.stream().map(site::worker).toList());
        jobs.put("keyfold-gateway", List.of(gateway));
        var text = new StringBuilder("""
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files:
                  - alerts.yml
                scrape_configs:
                """);
        jobs.forEach((job, parts) -> text.append("  - job_name: ").append(job).append("\n    static_configs:\n")
                .append("      - targets: [")
                .append(String.join(", ",
                        parts.stream().map(part -> "\"" + part.monitored().getAuthority() + "\"").toList()))
                .append("]\n"));
        return text.toString();
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(each -> Path.of(each, name)).filter(Files::isExecutable).findFirst();
    }
}
