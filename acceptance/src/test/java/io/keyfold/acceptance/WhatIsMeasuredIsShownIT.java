package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.acceptance.monitoring.Expressions;
import io.keyfold.acceptance.monitoring.MetricsPage;
import io.keyfold.acceptance.monitoring.Scrape;
import io.keyfold.contract.RunState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What the processes of a site show of themselves, once a cluster was deployed.
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatIsMeasuredIsShownIT {
    private final Site site = Site.shared();
    private final HttpClient http = HttpClient.newHttpClient();
    private Part gateway;

    @BeforeAll
    void a_cluster_is_deployed() {
        gateway = site.gateway();
        assertThat(site.awaitEnd(site.deploy(Site.request("measured"))).getLastRun().getState())
                .isEqualTo(RunState.COMPLETED);
    }

    @AfterAll
    void close() {
        gateway.close();
        http.close();
    }

    @Test
    void every_process_lives_and_is_ready() {
        processes().forEach((name, process) -> {
            assertThat(get(process, "/health/live").statusCode()).as(name).isEqualTo(200);
            await(name).atMost(Site.SOON).until(() -> get(process, "/health/ready").statusCode() == 200);
        });
    }

    @Test
    void every_expression_names_only_what_is_shown() {
        await().atMost(Site.SOON).untilAsserted(() -> {
            var shown = new TreeSet<String>();
            processes().values().forEach(process -> shown.addAll(scrape(process).samples()));
            assertThat(shown).containsAll(Expressions.allNames());
        });
    }

    @Test
    void the_page_of_metrics_is_what_they_show() throws IOException {
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            // Kafka's clients come to have some of theirs a little later.
            await().during(Duration.ofSeconds(15)).atMost(Site.SOON).until(() -> true);
            Files.writeString(MetricsPage.PAGE, MetricsPage.of(shown()));
        }
        await().atMost(Site.SOON).untilAsserted(
                () -> assertThat(MetricsPage.PAGE).as("stale: run with -Dkeyfold.docs=write")
                        .hasContent(MetricsPage.of(shown())));
    }

    @Test
    void no_series_tells_of_a_cluster_a_request_or_a_secret() {
        processes().forEach(
                (name, process) -> assertThat(get(process, "/metrics").body()).as(name)
                        .doesNotContain("measured", "acceptance test", "emulator-api-key", "prod-api-key", "crn:"));
    }

    @Test
    void what_a_process_shows_is_no_burden_to_look_at() {
        processes().forEach(
                (name, process) -> assertThat(
                        get(process, "/metrics").body().lines().filter(line -> !line.startsWith("#")))
                        .as("series of %s", name).hasSizeLessThan(2_000));
    }

    @Test
    @Tag("case-126")
    @EnabledOnOs(OS.LINUX)
    void no_process_listens_anywhere_but_where_it_says() {
        processes().forEach((name, process) -> {
            var said = new TreeSet<>(Set.of(process.monitored().getPort()));
            if (name.equals("gateway")) {
                said.add(URI.create(process.address()).getPort());
            }
            assertThat(Processes.listening(process.pid())).as(name).isEqualTo(said);
        });
    }

    private Map<String, Scrape> shown() {
        Map<String, Scrape> shown = new LinkedHashMap<>();
        shown.put("workflow", scrape(site.workflow()));
        Site.KINDS.forEach(
                kind -> shown.merge("worker", scrape(site.worker(kind)), WhatIsMeasuredIsShownIT::both));
        shown.put("gateway", scrape(gateway));
        return shown;
    }

    private static Scrape both(Scrape one, Scrape other) {
        return new Scrape(
                Stream.of(one, other).flatMap(each -> each.metrics().stream()).toList(),
                Stream.of(one, other).flatMap(each -> each.samples().stream())
                        .collect(Collectors.toSet()));
    }

    private Map<String, Part> processes() {
        Map<String, Part> processes = new LinkedHashMap<>();
        processes.put("workflow", site.workflow());
        Site.KINDS.forEach(kind -> processes.put(kind, site.worker(kind)));
        processes.put("gateway", gateway);
        return processes;
    }

    private Scrape scrape(Part process) {
        return Scrape.of(get(process, "/metrics").body());
    }

    private HttpResponse<String> get(Part process, String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(process.monitored() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(process.log() + ": its metrics cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
