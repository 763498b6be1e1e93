package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.acceptance.SpanReceiver.Span;
import io.keyfold.contract.RunState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/// What a receiver of spans is told of clusters, from the orchestrator's request to the run's end.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class EveryHopIsTracedIT {
    private static final int INSTANCE_AND_AUTHORIZATIONS = 4;
    private static final String ORCHESTRATOR = "b7ad6b7169203331";
    private static final String TRANSACTION = "ibm.transaction.id";

    private final SpanReceiver receiver = new SpanReceiver();
    private final HttpClient http = HttpClient.newHttpClient();
    private Site site;
    private Part gateway;

    @BeforeAll
    void start() {
        site = Site.ofItsOwn(Map.of("KEYFOLD_TRACES_ENDPOINT", receiver.url()));
        gateway = site.gateway();
    }

    @AfterAll
    void close() {
        gateway.close();
        site.close();
        receiver.close();
        http.close();
    }

    @Test
    @Order(1)
    void a_deploy_is_one_trace_through_every_hop_and_call() throws Exception {
        String trace = "00000000000000000000000000000001";
        deploy("traced", trace);

        assertThat(site.awaitEnd("default/traced").getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        List<Span> spans = whole(trace);

        assertThat(spans).extracting(Span::service).containsOnly(
                "keyfold-gateway", "keyfold-workflow", "keyfold-worker-kms-instance", "keyfold-worker-root-key",
                "keyfold-worker-authorization");
        Span http = only(spans, "POST /api/v1/clusters");
        Span sent = only(spans, "send cluster-deploy-requested");
        Span run = only(spans, "run deploy");
        assertThat(http.parentId()).isEqualTo(ORCHESTRATOR);
        assertThat(http.attribute("http.response.status_code")).isEqualTo("202");
        assertThat(sent.parentId()).isEqualTo(http.spanId());
        assertThat(run.parentId()).isEqualTo(sent.spanId());
        assertThat(run.attributes()).containsEntry("keyfold.cluster.id", "default/traced")
                .containsEntry("keyfold.request.id", "r-traced").containsEntry("keyfold.outcome", "completed");
        assertThat(only(spans, "process cluster-deploy-requested").parentId()).isEqualTo(run.spanId());
        for (var step : List.of(
                "KMS instance", "root key", "authorization of block storage", "authorization of file storage",
                "authorization of object storage")) {
            Span command = only(spans, "provision " + step);
            assertThat(command.parentId()).isEqualTo(run.spanId());
            Span worked = only(below(spans, command).stream(), "process ");
            assertThat(worked.kind()).isEqualTo("CONSUMER");
            assertThat(worked.attribute("keyfold.command.id")).isEqualTo(command.attribute("keyfold.command.id"));
            assertThat(below(spans, worked)).as("calls of " + step).isNotEmpty().allSatisfy(call -> {
                assertThat(call.kind()).isEqualTo("CLIENT");
                assertThat(call.attributes()).containsKeys(
                        "keyfold.cloud.api", "keyfold.cloud.operation", "keyfold.attempt", "http.request.method",
                        "http.response.status_code", "server.address", "keyfold.outcome");
            });
        }
        assertThat(spans).extracting(Span::name).contains("Key Protect: create root key", "ledger created");
        assertThat(spans).filteredOn(span -> span.name().startsWith("Key Protect: ")).isNotEmpty()
                .allSatisfy(call -> assertThat(call.attribute(TRANSACTION)).isNotEmpty());
    }

    @Test
    @Order(2)
    void a_deploy_that_fails_is_undone_in_the_same_trace() throws Exception {
        String trace = "00000000000000000000000000000002";
        site.cloud().fault("""
                {"name": "no", "operation": "key-protect.create_key", "count": 1,
                 "fault": {"type": "status", "status": 403}}""");
        deploy("refused", trace);

        assertThat(site.awaitEnd("default/refused").getLastRun().getState()).isEqualTo(RunState.FAILED);
        List<Span> spans = whole(trace);

        Span run = only(spans, "run deploy");
        assertThat(run.hasFailed()).isTrue();
        assertThat(run.attribute("keyfold.outcome")).isEqualTo("failed");
        assertThat(only(spans, "provision root key").hasFailed()).isTrue();
        Span refused = only(spans, "Key Protect: create root key");
        assertThat(refused.hasFailed()).isTrue();
        assertThat(refused.attribute("http.response.status_code")).isEqualTo("403");
        Span undo = only(spans, "compensate KMS instance");
        assertThat(undo.parentId()).isEqualTo(run.spanId());
        assertThat(undo.attribute("keyfold.outcome")).isEqualTo("compensated");
        assertThat(below(spans, only(below(spans, undo).stream(), "process kms-instance-commands")))
                .extracting(Span::name).anyMatch(name -> name.startsWith("Resource Controller: "));
        assertThat(spans).extracting(Span::name).contains("ledger delete");
    }

    @Test
    @Order(3)
    void a_workflow_that_is_killed_on_the_way_tells_the_same_spans() throws Exception {
        String trace = "00000000000000000000000000000003";
        site.worker("root-key").pause();
        deploy("killed", trace);
        // What a process has not sent yet when it is killed is lost: so all is awaited but what waits for the paused worker.
        await().atMost(Site.SOON).until(
                () -> receiver.ofTrace(trace).stream().filter(span -> span.name().startsWith("provision "))
                        .count() >= INSTANCE_AND_AUTHORIZATIONS);
        site.workflow().kill();
        site.workflow().restart();
        site.worker("root-key").resume();

        assertThat(site.awaitEnd("default/killed").getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        List<Span> spans = whole(trace);

        only(spans, "run deploy");
        only(spans, "provision root key");
        only(spans, "process cluster-deploy-requested");
    }

    @Test
    @Order(4)
    void where_it_is_off_nothing_is_told_and_the_trace_is_passed_on_unchanged() throws Exception {
        String trace = "00000000000000000000000000000004";
        try (Part silent = site.gatewayWith(Map.of("KEYFOLD_TRACES_ENDPOINT", ""))) {
            deploy(silent, "unseen", trace);

            assertThat(site.awaitEnd("default/unseen").getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        }
        List<Span> spans = whole(trace);

        assertThat(spans).extracting(Span::service).isNotEmpty().doesNotContain("keyfold-gateway");
        assertThat(only(spans, "run deploy").parentId()).isEqualTo(ORCHESTRATOR);
    }

    @Test
    @Order(5)
    void a_receiver_that_is_away_keeps_nothing_waiting() throws Exception {
        receiver.close();
        deploy("away", "00000000000000000000000000000005");

        assertThat(site.awaitEnd("default/away").getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        await().atMost(Site.SOON).until(() -> spans(site.workflow(), "failed") > 0);
        assertThat(site.workflow().linesWith("Spans are not taken by")).isEqualTo(1);
    }

    /// Waits until all of a trace has come: its run, a parent to everything, and of each command what a worker did. Of what was
    /// told twice, the first.
    private List<Span> whole(String trace) {
        await("all spans of " + trace).atMost(Site.SOON).until(() -> {
            List<Span> spans = receiver.ofTrace(trace);
            Set<String> ids = spans.stream().map(Span::spanId).collect(Collectors.toSet());
            return spans.stream().anyMatch(span -> span.name().startsWith("run "))
                    && spans.stream().allMatch(
                            span -> span.parentId().equals(ORCHESTRATOR) || ids.contains(span.parentId()))
                    && spans.stream().filter(span -> span.attributes().containsKey("keyfold.command.id"))
                            .filter(span -> span.kind().equals("PRODUCER"))
                            .noneMatch(command -> below(spans, command).isEmpty());
        });
        return receiver.ofTrace(trace).stream()
                .collect(Collectors.toMap(Span::spanId, span -> span, (first, _) -> first)).values().stream().toList();
    }

    private static List<Span> below(List<Span> spans, Span parent) {
        return spans.stream().filter(span -> span.parentId().equals(parent.spanId())).toList();
    }

    private static Span only(List<Span> spans, String name) {
        List<Span> named = spans.stream().filter(span -> span.name().equals(name)).toList();
        assertThat(named).as(name + " among " + spans.stream().map(Span::name).toList()).hasSize(1);
        return named.getFirst();
    }

    private static Span only(Stream<Span> spans, String begin) {
        List<Span> named = spans.filter(span -> span.name().startsWith(begin)).toList();
        assertThat(named).as(begin).hasSize(1);
        return named.getFirst();
    }

    private void deploy(String prefix, String trace) throws IOException, InterruptedException {
        deploy(gateway, prefix, trace);
    }

    private void deploy(Part gateway, String prefix, String trace) throws IOException, InterruptedException {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(gateway.address() + "/api/v1/clusters"))
                        .header("Content-Type", "application/json")
                        .header("traceparent", "00-" + trace + "-" + ORCHESTRATOR + "-01")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"request_id\": \"r-" + prefix + "\", \"cluster_prefix\": \"" + prefix
                                                + "\", \"region\": \"us-south\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    private String metrics(Part process) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(process.monitored() + "/metrics")).build(), BodyHandlers.ofString())
                .body();
    }

    private double spans(Part process, String outcome) throws IOException, InterruptedException {
        String begin = "keyfold_traces_spans_total{outcome=\"" + outcome + "\"} ";
        return metrics(process).lines().filter(line -> line.startsWith(begin))
                .mapToDouble(line -> Double.parseDouble(line.substring(begin.length()))).sum();
    }
}
