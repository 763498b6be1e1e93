package io.keyfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.cli.process.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// A benchmark of a few dozen workflows: that its figures are there and agree with each other, not that they are good.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BenchIT {
    private static final Effort LITTLE = new Effort(
            Duration.ofSeconds(1), Duration.ofSeconds(1), 10, 20, 5, 30, Duration.ofMillis(300), false,
            Duration.ofMillis(100), 0, true);

    private static final Tuning QUICKLY = new Tuning(Map.of(), Installation.QUICK_START);

    @Test
    void every_figure_is_there_and_they_agree_with_each_other() {
        var said = new ArrayList<String>();
        Path directory;
        try (var bench = new Bench(Installation.locate(), LITTLE, 42, QUICKLY, said::add)) {
            directory = bench.directory();
            var json = bench.run().json();

            for (var figure : new String[]{
                "workflows_per_second", "added_latency_p50_ms", "added_latency_p99_ms", "cpu_ms_per_workflow"}) {
                assertThat(json.get(figure).asDouble()).as(figure).isPositive();
                assertThat(json.get(figure + "_floor").asDouble()).as(figure + "_floor").isPositive();
            }
            assertThat(json.get("added_latency_p99_ms").asDouble())
                    .isGreaterThanOrEqualTo(json.get("added_latency_p50_ms").asDouble());
            assertThat(json.get("one_by_one_p50_ms").asDouble()).isPositive();
            assertThat(json.get("exactly_once_hop_p50_ms").asDouble())
                    .isGreaterThan(json.get("raw_hop_p50_ms").asDouble());

            assertThat(json.get("fold_events_per_workflow").asDouble()).as("a request and four answers").isEqualTo(5);
            assertThat(json.get("restored_clusters").asLong()).isGreaterThan(20);
            assertThat(json.get("changelog_bytes_per_cluster").asDouble()).isPositive();

            // One create for each thing of the workload, and every call in one of the sums.
            var calls = json.get("calls_per_workflow_by_operation");
            assertThat(calls.get("resource-controller.create_instance").asDouble()).isEqualTo(1);
            assertThat(calls.get("key-protect.create_key").asDouble()).isEqualTo(1);
            assertThat(calls.get("iam-policy-v1.create_policy").asDouble()).isEqualTo(2);
            assertThat(json.get("critical_path_ms").asDouble())
                    .isLessThan(50 * json.get("sdk_calls_per_workflow").asDouble());
            assertThat(json.get("cpu_ms_per_workflow_by_process").fieldNames()).toIterable()
                    .contains("broker", "emulator", "workflow", "worker");
        }
        assertThat(said).anySatisfy(line -> assertThat(line).contains("20 workflows a second, each call 50 ms"));
        assertThat(Files.exists(directory)).as("what it kept on disk").isFalse();
    }
}
