package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.CLUSTER;
import static io.keyfold.workflow.stream.Records.control;
import static io.keyfold.workflow.stream.Records.deferred;
import static io.keyfold.workflow.stream.Records.deployRequested;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ControlAction;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkflowMetersTest {
    private final WorkflowDriver workflow = new WorkflowDriver("mock://workflow-meters");

    @AfterEach
    void close() {
        workflow.close();
    }

    @Test
    void a_run_is_counted_when_it_begins_and_when_it_ends_with_its_length() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));

        assertThat(count("keyfold.runs.started", "kind", "deploy")).isEqualTo(1);
        assertThat(count("keyfold.runs.ended", "kind", "deploy", "state", "completed")).isZero();

        workflow.advance(Duration.ofSeconds(7));
        workflow.workersDoEverything();

        assertThat(count("keyfold.runs.ended", "kind", "deploy", "state", "completed")).isEqualTo(1);
        var length = workflow.meters.get("keyfold.run.duration").tag("kind", "deploy").timer();
        assertThat(length.count()).isEqualTo(1);
        assertThat(length.totalTime(TimeUnit.SECONDS)).isEqualTo(7);
    }

    @Test
    void what_happens_to_steps_is_counted_and_how_long_they_take() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        var command = workflow.last(Topics.KMS_INSTANCE_COMMANDS);
        workflow.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, deferred(command, Records.START.plusSeconds(3)));
        workflow.advance(Duration.ofSeconds(4));
        workflow.workersDoEverything();

        assertThat(count("keyfold.steps", "step", "kms_instance", "event", "started")).isEqualTo(2);
        assertThat(count("keyfold.steps", "step", "kms_instance", "event", "deferred")).isEqualTo(1);
        assertThat(count("keyfold.steps", "step", "kms_instance", "event", "completed")).isEqualTo(1);
        assertThat(count("keyfold.steps", "step", "root_key", "event", "completed")).isEqualTo(1);
        var instance = workflow.meters.get("keyfold.step.duration").tag("step", "kms_instance").timer();
        assertThat(instance.totalTime(TimeUnit.SECONDS)).isEqualTo(4);
    }

    @Test
    void what_is_undone_counts_as_cancelled() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.CANCEL, "r-1"));
        workflow.workersDoEverything();
        workflow.advance(Duration.ofMinutes(5));
        workflow.workersDoEverything();

        assertThat(count("keyfold.runs.ended", "kind", "deploy", "state", "cancelled")).isEqualTo(1);
        assertThat(count("keyfold.controls", "outcome", "accepted")).isEqualTo(1);
    }

    @Test
    void a_request_that_breaks_the_rules_begins_no_run() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/HPC", deployRequested("r-1", "HPC"));

        assertThat(count("keyfold.requests.refused")).isEqualTo(1);
        assertThat(count("keyfold.runs.started", "kind", "deploy")).isZero();
    }

    @Test
    void what_cannot_be_read_is_counted_by_its_reason() {
        workflow.send(
                Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER.getBytes(StandardCharsets.UTF_8),
                "no Avro".getBytes(StandardCharsets.UTF_8), new RecordHeaders());

        assertThat(count("keyfold.dead.letters", "writer", "workflow", "reason", "not_avro")).isEqualTo(1);
    }

    @Test
    void no_series_names_a_cluster_or_a_request() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();

        assertThat(workflow.meters.getMeters()).allSatisfy(
                meter -> assertThat(meter.getId().toString()).doesNotContain("hpc-1", "r-1", "orchestrator"));
    }

    private double count(String name, String... tags) {
        return workflow.meters.get(name).tags(tags).counter().count();
    }
}
