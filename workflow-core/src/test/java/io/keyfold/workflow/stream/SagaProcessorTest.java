package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.CLUSTER;
import static io.keyfold.workflow.stream.Records.deployRequested;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.schemas.Topics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SagaProcessorTest {
    private final WorkflowDriver workflow = new WorkflowDriver("mock://saga-processor");

    @AfterEach
    void close() {
        workflow.close();
    }

    @Test
    void a_deploy_ends_completed_when_the_workers_have_done_everything() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();

        assertThat(workflow.status().getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(workflow.values(Topics.DEAD_LETTERS)).isEmpty();
    }
}
