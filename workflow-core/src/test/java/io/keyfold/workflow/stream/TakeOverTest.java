package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.schemas.Topics;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TakeOverTest {
    private static final String REGISTRY = "mock://take-over";
    private static final int SAGAS = 250;

    @Test
    @Tag("case-106")
    void every_saga_that_waits_for_a_moment_is_given_its_wake_up_some_at_each_tick() {
        try (WorkflowDriver before = new WorkflowDriver(REGISTRY);
                WorkflowDriver after = new WorkflowDriver(REGISTRY)) {
            for (int i = 0; i < SAGAS; i++) {
                String prefix = "hpc-" + i;
                before.send(
                        Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix,
                        Records.deployRequested("r-" + i, prefix));
            }
            try (KeyValueIterator<String, byte[]> sagas = before.sagas().all()) {
                sagas.forEachRemaining(saga -> after.sagas().put(saga.key, saga.value));
            }
            assertThat(after.deadlines()).isZero();

            after.advance(WorkflowDriver.TICK);
            assertThat(after.deadlines()).isBetween(1L, SAGAS - 1L);

            after.advance(WorkflowDriver.TICK);
            after.advance(WorkflowDriver.TICK);
            assertThat(after.deadlines()).isEqualTo(SAGAS);
        }
    }
}
