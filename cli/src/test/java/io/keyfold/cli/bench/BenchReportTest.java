package io.keyfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BenchReportTest {
    private static final Duration LATENCY = Duration.ofMillis(50);

    private final BenchReport report = new BenchReport(new Figures(
            7,
            LATENCY,
            20,
            stretch(Duration.ofSeconds(10), 4000, Duration.ofSeconds(8), 0),
            Optional.of(stretch(Duration.ofSeconds(10), 3000, Duration.ofSeconds(9), 0)),
            stretch(Duration.ofSeconds(5), 100, Duration.ofSeconds(1), 1000),
            always(530),
            Optional.of(always(12)),
            always(2),
            always(5),
            always(15),
            new HttpFloor(8000, 0.2),
            new FoldFloor(1_000_000, 2_000, 5, 700),
            Optional.of(new Restore(10_000, 5_000_000, Duration.ofSeconds(2), Duration.ofMillis(40))),
            Map.of("plan", 250.0)));

    @Test
    void a_program_gets_each_figure_with_its_floor_and_their_ratio() {
        var json = report.json();

        assertThat(json.get("workflows_per_second").asDouble()).isEqualTo(400);
        assertThat(json.get("workflows_per_second_floor").asDouble()).as("8000 calls a second, 10 a workflow")
                .isEqualTo(800);
        assertThat(json.get("workflows_per_second_ratio").asDouble()).isEqualTo(0.5);
        assertThat(json.get("cpu_ms_per_workflow").asDouble()).as("8 s of 4000 workflows, in two processes")
                .isEqualTo(2);
        assertThat(json.get("cpu_ms_per_workflow_floor").asDouble()).isEqualTo(2);
        assertThat(json.get("critical_path_ms").asDouble()).as("ten calls of 50 ms").isEqualTo(500);
        assertThat(json.get("added_latency_p50_ms").asDouble()).isBetween(29.0, 31.0);
        assertThat(json.get("added_latency_p99_ms").asDouble()).isBetween(29.0, 31.0);
        assertThat(json.get("added_latency_p50_ms_floor").asDouble()).isBetween(14.9, 15.1);
        assertThat(json.at("/cpu_ms_per_workflow_by_process/broker").asDouble()).isEqualTo(1);
        assertThat(json.at("/calls_per_workflow_by_operation/resource-controller.list_instances").asDouble())
                .isEqualTo(10);
        assertThat(json.get("fold_events_per_second").asDouble()).isEqualTo(1_000_000);
        assertThat(json.get("state_bytes_per_finished_cluster").asDouble()).isEqualTo(700);
        assertThat(json.get("changelog_bytes_per_cluster").asDouble()).isEqualTo(500);
        assertThat(json.get("restore_mb_per_second").asDouble()).isEqualTo(2.5);
        assertThat(json.get("seed").asLong()).isEqualTo(7);
    }

    @Test
    void a_person_gets_the_same_in_tables() {
        assertThat(report.text())
                .containsPattern("workflows a second, no latency +400 +800 +0.50 +its SDK calls alone")
                .containsPattern("workflows a second, calls of 50 ms +300 +800")
                .containsPattern(
                        "ms above 500 ms of calls, 20.0/s, p50 +30.\\d +15.\\d +2.0\\d +three exactly-once hops")
                .containsPattern("broker +1.00 +50 %")
                .containsPattern("bytes of a finished cluster's state +700")
                .containsPattern("clusters restored +10,000")
                .containsPattern("keyfold plan +250");
    }

    @Test
    void what_no_workflow_ended_in_measures_nothing() {
        assertThatThrownBy(() -> stretch(Duration.ofSeconds(1), 0, Duration.ZERO, 0))
                .hasMessageContaining("No workflow ended in PT1S");
    }

    private static Stretch stretch(Duration took, long workflows, Duration cpu, long calls) {
        var none = new Cpu(Map.of("broker", Duration.ofSeconds(100), "workflow", Duration.ofSeconds(1)));
        var half = cpu.dividedBy(2);
        var used = new Cpu(
                Map.of("broker", Duration.ofSeconds(100).plus(half), "workflow", Duration.ofSeconds(1).plus(half)));
        var operation = "resource-controller.list_instances";
        var begin = new Stretch.Mark(1_000, 50, none, new EmulatedCalls(Map.of(operation, 30L)));
        return new Stretch.Mark(
                1_000 + took.toNanos(), 50 + workflows, used, new EmulatedCalls(Map.of(operation, 30 + calls)))
                .since(begin);
    }

    private static Spread always(long millis) {
        var spread = new Spread();
        spread.add(Duration.ofMillis(millis));
        return spread;
    }
}
