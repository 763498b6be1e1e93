package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Apart from the other tests on a broker, since it takes as long as all of them: another process runs it beside them.
class RegistryOutageIT {
    @TempDir
    Path state;

    @Test
    @Tag("case-3")
    @Tag("case-62")
    void a_registry_that_fails_for_longer_than_several_transactions_live_delays_requests_and_loses_none()
            throws Exception {
        try (var site = new LocalSite(state)) {
            site.install("it");
            site.createTopics();
            byte[] unknownSchema = {0, 0x7f, -1, -1, 7, 2, 2, 2};
            byte[] request = site.bytes("r-2", "hpc-1");
            try (Workflow workflow = site.started()) {
                site.send("r-1", "hpc-1");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());

                site.registry().breakDown();
                site.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-1", unknownSchema);
                site.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-1", request);
                await().atMost(PATIENCE).until(() -> !workflow.isReady());
                await().during(Duration.ofSeconds(20)).atMost(PATIENCE).until(workflow::isHealthy);
                site.registry().recover();

                await().atMost(PATIENCE).untilAsserted(
                        () -> assertThat(site.statuses())
                                .anyMatch(status -> status.getLastRun().getRequestId().equals("r-2")));
                assertThat(site.read(Topics.DEAD_LETTERS)).hasSize(1);
                await().atMost(PATIENCE).until(workflow::isReady);
            }
        }
    }
}
