package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PARTITIONS;
import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What becomes of a workflow under which a topic is made otherwise. It waits for most of its time, and so has a class of its
/// own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PartitionsAreMultipliedIT extends OnALocalSite {
    @Test
    @Tag("case-82")
    void an_input_whose_partitions_are_multiplied_ends_it_and_keeps_it_from_starting_again() throws Exception {
        site.createTopics();
        try (Workflow workflow = Workflow.start(site.settings(Map.of("kafka.metadata.max.age.ms", "500")))) {
            assertThat(workflow.awaitReady(PATIENCE)).isTrue();
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());

            site.admin().createPartitions(
                    Map.of(Topics.CLUSTER_DEPLOY_REQUESTED.name(), NewPartitions.increaseTo(2 * PARTITIONS))).all()
                    .get();

            assertThatThrownBy(workflow::await).isInstanceOf(ExecutionException.class);
            assertThat(workflow.isHealthy()).isFalse();
        }
        int before = site.statuses().size();
        for (int number = 1; number <= 8; number++) {
            site.send("r-2", "hpc-" + number); // into whichever partition is its key's now
        }
        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining("cluster-deploy-requested=" + 2 * PARTITIONS)
                .hasMessageContaining("equally many partitions");
        assertThat(site.statuses()).hasSize(before);
    }
}
