package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TopologyDescriptionTest {
    private static final Path PINNED = Path.of("src", "test", "resources", "topology.txt");

    /// Names of processors, stores and changelogs are a running installation's memory: whoever changes this text loses
    /// it. To write it anew all the same: `-Dregenerate`.
    @Test
    @Tag("case-107")
    void the_topology_is_the_one_that_installations_run() throws IOException {
        try (ContractSerdes serdes = new ContractSerdes(WorkflowDriver.serdes("mock://description"))) {
            WorkflowParts parts = new WorkflowParts(
                    "test",
                    new SagaFold(SagaSettings.of("test"))::fold,
                    serdes,
                    new FakeTopicFacts(),
                    new RegistryPatience(Duration.ZERO),
                    new Pace(),
                    Duration.ofSeconds(1),
                    Duration.ZERO,
                    new WorkflowMeters(new CompositeMeterRegistry()),
                    new WorkflowTraces(Traces.off(), "test"));
            String description = WorkflowTopology.of(parts).describe().toString();
            if (Boolean.getBoolean("regenerate")) {
                Files.writeString(PINNED, description);
            }

            assertThat(PINNED).hasContent(description);
        }
    }
}
