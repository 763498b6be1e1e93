package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.CLUSTER;
import static io.keyfold.workflow.stream.Records.control;
import static io.keyfold.workflow.stream.Records.deployRequested;
import static io.keyfold.workflow.stream.Records.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.monitoring.traces.TraceSettings;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.TraceParent;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WorkflowTracesTest {
    private static final String REGISTRY = "mock://workflow-traces";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String ASKED = "b7ad6b7169203331";
    private static final String TRACE_PARENT = "00-" + TRACE + "-" + ASKED + "-01";

    @TempDir
    private Path directory;

    private Path file;
    private Traces traces;
    private WorkflowDriver workflow;
    private final Map<Topic<?>, Integer> answered = new HashMap<>();

    @BeforeEach
    void start() {
        file = directory.resolve("spans");
        traces = traces(file);
        workflow = driver(traces);
    }

    private static Traces traces(Path file) {
        return Traces.start(
                Optional.of(new TraceSettings(Optional.empty(), Map.of(), Optional.of(file))), "keyfold-workflow");
    }

    private static WorkflowDriver driver(Traces traces) {
        return new WorkflowDriver(REGISTRY, new SagaFold(SagaSettings.of("test"))::fold, Duration.ZERO, traces);
    }

    @AfterEach
    void close() {
        workflow.close();
        traces.close();
    }

    @Test
    void a_run_is_one_tree_below_the_span_that_asked_for_it() {
        ask(workflow, "r-1", TRACE_PARENT);
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        ToldSpan run = only(spans, "run deploy");
        assertThat(spans).extracting(ToldSpan::traceId).containsOnly(TRACE);
        assertThat(run.parentId()).isEqualTo(ASKED);
        assertThat(run.attributes()).containsEntry("keyfold.cluster.id", CLUSTER)
                .containsEntry("keyfold.request.id", "r-1").containsEntry("keyfold.outcome", "completed");
        assertThat(only(spans, "process cluster-deploy-requested").parentId()).isEqualTo(run.spanId());
        assertThat(spans).filteredOn(span -> span.name().startsWith("provision ")).hasSize(5).allSatisfy(command -> {
            assertThat(command.parentId()).isEqualTo(run.spanId());
            assertThat(command.attribute("keyfold.outcome")).isEqualTo("created");
        });
        assertThat(spans).filteredOn(span -> span.name().equals("ledger created")).isNotEmpty()
                .allMatch(asked -> asked.parentId().equals(run.spanId()));
    }

    @Test
    void a_command_names_its_own_span_and_all_else_the_run() {
        ask(workflow, "r-1", TRACE_PARENT);
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        for (var topic : List.of(Topics.KMS_INSTANCE_COMMANDS, Topics.ROOT_KEY_COMMANDS,
                Topics.AUTHORIZATION_COMMANDS)) {
            assertThat(workflow.records(topic)).isNotEmpty().allSatisfy(record -> {
                String id = CloudEventHeaders.text(record.headers(), CloudEventHeaders.ID).orElseThrow();
                assertThat(spans).filteredOn(span -> span.attribute("keyfold.command.id").equals(id))
                        .singleElement().extracting(ToldSpan::spanId)
                        .isEqualTo(TraceParent.of(record.headers()).orElseThrow().spanId());
            });
        }
        for (var topic : List.of(
                Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT, Topics.LEDGER_REQUESTS)) {
            assertThat(workflow.records(topic)).isNotEmpty()
                    .allMatch(
                            record -> TraceParent.of(record.headers()).orElseThrow().spanId()
                                    .equals(only(spans, "run deploy").spanId()));
        }
    }

    @Test
    void what_others_have_written_into_the_state_of_the_trace_is_passed_on() {
        Headers headers = headers(TRACE_PARENT);
        headers.add("tracestate", "vendor=1,keyfold=forged".getBytes(StandardCharsets.UTF_8));
        send(workflow, deployRequested("r-1"), headers);

        var command = workflow.records(Topics.KMS_INSTANCE_COMMANDS).getFirst().headers();
        assertThat(CloudEventHeaders.text(command, "tracestate")).hasValueSatisfying(
                state -> assertThat(state).matches("keyfold=[0-9a-f]+\\.[0-9a-f]{16},vendor=1"));
        assertThat(CloudEventHeaders.text(
                workflow.records(Topics.CLUSTER_ENCRYPTION_STATUS).getFirst().headers(), "tracestate"))
                .contains("vendor=1");
    }

    @Test
    void the_same_records_after_a_restart_from_nothing_tell_the_same_spans() {
        ask(workflow, "r-1", TRACE_PARENT);
        workersDoEverything(workflow);
        Path other = directory.resolve("other");
        Traces otherTraces = traces(other);
        answered.clear();
        try (WorkflowDriver again = driver(otherTraces)) {
            ask(again, "r-1", TRACE_PARENT);
            workersDoEverything(again);
        }
        otherTraces.close();

        assertThat(ToldSpan.in(other)).containsExactlyInAnyOrderElementsOf(told());
    }

    @Test
    void a_trace_that_begins_with_the_request_has_the_run_for_its_root() {
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(
                headers, Topics.CLUSTER_DEPLOY_REQUESTED, "r-1", "/keyfold/test/cli", Records.START,
                new RecordHeaders());
        send(workflow, deployRequested("r-1"), headers);
        workersDoEverything(workflow);

        ToldSpan run = only(told(), "run deploy");
        TraceParent named = TraceParent.of(headers).orElseThrow();
        assertThat(run.parentId()).isEmpty();
        assertThat(tuple(run.traceId(), run.spanId())).isEqualTo(tuple(named.traceId(), named.spanId()));
    }

    @Test
    void without_a_trace_one_begins_with_the_run_and_is_one() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        assertThat(spans).extracting(ToldSpan::traceId).containsOnly(spans.getFirst().traceId());
        assertThat(spans).filteredOn(span -> span.parentId().isEmpty()).singleElement()
                .extracting(ToldSpan::name).isEqualTo("run deploy");
    }

    @Test
    void what_is_asked_again_when_its_time_has_come_stays_in_the_trace() {
        ask(workflow, "r-1", TRACE_PARENT);
        var first = workflow.records(Topics.KMS_INSTANCE_COMMANDS).getFirst();
        KmsInstanceCommand command = workflow.value(Topics.KMS_INSTANCE_COMMANDS, first.value());
        answered.put(Topics.KMS_INSTANCE_COMMANDS, 1);
        send(
                workflow, Topics.KMS_INSTANCE_EVENTS,
                KmsInstanceEvent.newBuilder(done(command)).setType(StepEventType.DEFERRED)
                        .setDeferredUntil(Records.START.plusSeconds(5)).build(),
                first.headers());
        workflow.advance(Duration.ofSeconds(6));
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        assertThat(spans).extracting(ToldSpan::traceId).containsOnly(TRACE);
        assertThat(spans).filteredOn(span -> span.name().equals("provision KMS instance"))
                .extracting(span -> span.attribute("keyfold.outcome"), ToldSpan::parentId)
                .containsExactly(
                        tuple("deferred", only(spans, "run deploy").spanId()),
                        tuple("created", only(spans, "run deploy").spanId()));
    }

    @Test
    void a_cancelled_run_is_undone_in_its_own_trace_and_the_cancel_is_linked_with_it() {
        ask(workflow, "r-1", TRACE_PARENT);
        answer(workflow, Topics.KMS_INSTANCE_COMMANDS, Topics.KMS_INSTANCE_EVENTS);
        String other = "00-11111111111111111111111111111111-2222222222222222-01";
        send(
                workflow, Topics.CLUSTER_CONTROL_REQUESTED, control("c-1", ControlAction.CANCEL, "r-1"),
                headers(other));
        workersDoEverything(workflow);
        workflow.advance(Duration.ofSeconds(61)); // nothing found counts after a second look
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        ToldSpan run = only(spans, "run deploy");
        assertThat(run.attribute("keyfold.outcome")).isEqualTo("cancelled");
        assertThat(only(spans, "compensate KMS instance")).extracting(ToldSpan::traceId, ToldSpan::parentId)
                .containsExactly(TRACE, run.spanId());
        assertThat(only(spans, "process cluster-control-requested"))
                .extracting(ToldSpan::traceId, ToldSpan::parentId, ToldSpan::links)
                .containsExactly("11111111111111111111111111111111", "2222222222222222", List.of(run.spanId()));
    }

    @Test
    void a_refused_request_is_a_span_that_has_failed() {
        ask(workflow, "r-1", TRACE_PARENT);
        send(
                workflow,
                ClusterDeployRequested.newBuilder(deployRequested("r-2")).setRegion("nowhere").build(),
                headers(TRACE_PARENT));

        assertThat(told()).filteredOn(span -> span.name().equals("process cluster-deploy-requested"))
                .extracting(ToldSpan::hasFailed, span -> span.attribute("keyfold.request.id"))
                .containsExactly(tuple(false, "r-1"), tuple(true, "r-2"));
    }

    @Test
    void who_asks_in_vain_while_a_run_goes_is_told_in_his_own_trace_and_the_run_stays_in_its() {
        ask(workflow, "r-1", TRACE_PARENT);
        String other = "11111111111111111111111111111111";
        ask(workflow, "r-1", "00-" + other + "-2222222222222222-01"); // the same again
        var audit = workflow.records(Topics.CLUSTER_ENCRYPTION_AUDIT).getLast();
        assertThat(TraceParent.of(audit.headers()).orElseThrow().traceId()).isEqualTo(other);
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        assertThat(only(spans, "run deploy").traceId()).isEqualTo(TRACE);
        assertThat(spans).filteredOn(span -> span.traceId().equals(other)).extracting(ToldSpan::name)
                .containsExactly("process cluster-deploy-requested");
    }

    @Test
    void the_same_request_twice_is_two_spans_and_one_run() {
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(
                headers, Topics.CLUSTER_DEPLOY_REQUESTED, "r-1", "/keyfold/test/cli", Records.START,
                new RecordHeaders());
        send(workflow, deployRequested("r-1"), headers);
        send(workflow, deployRequested("r-1"), headers);
        workersDoEverything(workflow);

        List<ToldSpan> spans = told();
        assertThat(spans).extracting(ToldSpan::spanId).doesNotHaveDuplicates();
        assertThat(spans).filteredOn(span -> span.name().equals("process cluster-deploy-requested")).hasSize(2);
    }

    @Test
    void of_a_trace_that_is_not_recorded_nothing_is_told_and_it_is_passed_on_as_such() {
        ask(workflow, "r-1", "00-" + TRACE + "-" + ASKED + "-00");
        workersDoEverything(workflow);

        assertThat(told()).isEmpty();
        assertThat(workflow.records(Topics.ROOT_KEY_COMMANDS)).isNotEmpty()
                .allMatch(record -> TraceParent.of(record.headers()).orElseThrow().flags().equals("00"));
    }

    private List<ToldSpan> told() {
        traces.close();
        return ToldSpan.in(file);
    }

    private static ToldSpan only(List<ToldSpan> spans, String name) {
        assertThat(spans).filteredOn(span -> span.name().equals(name)).as(name).hasSize(1);
        return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
    }

    private static Headers headers(String traceParent) {
        return new RecordHeaders().add("traceparent", traceParent.getBytes(StandardCharsets.UTF_8));
    }

    private static void ask(WorkflowDriver workflow, String requestId, String traceParent) {
        send(workflow, deployRequested(requestId), headers(traceParent));
    }

    private static void send(WorkflowDriver workflow, ClusterDeployRequested request, Headers headers) {
        send(workflow, Topics.CLUSTER_DEPLOY_REQUESTED, request, headers);
    }

    private static <T extends SpecificRecord> void send(
            WorkflowDriver workflow, Topic<T> topic, T value, Headers headers) {
        workflow.send(topic, CLUSTER.getBytes(StandardCharsets.UTF_8), workflow.bytes(topic, value), headers);
    }

    /// As workers do: what the command's headers say of its trace goes on with the answer.
    private void workersDoEverything(WorkflowDriver driver) {
        boolean more = true;
        while (more) {
            more = answer(driver, Topics.KMS_INSTANCE_COMMANDS, Topics.KMS_INSTANCE_EVENTS)
                    | answer(driver, Topics.ROOT_KEY_COMMANDS, Topics.ROOT_KEY_EVENTS)
                    | answer(driver, Topics.AUTHORIZATION_COMMANDS, Topics.AUTHORIZATION_EVENTS);
        }
    }

    private boolean answer(
            WorkflowDriver driver, Topic<? extends SpecificRecord> commands, Topic<? extends SpecificRecord> events) {
        List<TestRecord<byte[], byte[]>> all = new ArrayList<>(driver.records(commands));
        int from = answered.getOrDefault(commands, 0);
        for (TestRecord<byte[], byte[]> record : all.subList(from, all.size())) {
            Headers headers = new RecordHeaders();
            CloudEventHeaders.write(headers, events, "event", "/keyfold/test/worker", Records.START, record.headers());
            driver.send(
                    events, CLUSTER.getBytes(StandardCharsets.UTF_8),
                    driver.encoded(events, done(driver.value(commands, record.value()))), headers);
        }
        answered.put(commands, all.size());
        return from < all.size();
    }
}
