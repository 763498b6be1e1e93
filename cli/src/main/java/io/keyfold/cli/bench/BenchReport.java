package io.keyfold.cli.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.cli.output.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// What was measured, for a person or for a program.
public final class BenchReport {
    private static final int DIGITS = 4;

    private final Figures figures;

    BenchReport(Figures figures) {
        this.figures = figures;
    }

    /// The four figures with their floors, and what they are made of.
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("seed", figures.seed());
        beside(json, "workflows_per_second", figures.saturated().workflowsPerSecond(),
                figures.floorOfWorkflowsPerSecond());
        beside(json, "added_latency_p50_ms", figures.addedMs(50), figures.threeStreamsHops().p50());
        beside(json, "added_latency_p99_ms", figures.addedMs(99), figures.threeStreamsHops().p99());
        beside(json, "cpu_ms_per_workflow", figures.saturated().cpuMsPerWorkflow(), figures.floorOfCpuMs());

        json.put("emulated_latency_ms", figures.latency().toMillis());
        put(json, "workflows_a_second_asked_for", figures.pace());
        put(json, "sdk_calls_per_workflow", figures.paced().callsPerWorkflow());
        put(json, "critical_path_ms", figures.criticalPathMs());
        figures.saturatedSlow().ifPresent(
                slow -> put(json, "workflows_per_second_at_emulated_latency", slow.workflowsPerSecond()));
        figures.oneByOne().ifPresent(times -> {
            put(json, "one_by_one_p50_ms", times.p50());
            put(json, "one_by_one_p99_ms", times.p99());
        });
        put(json, "raw_hop_p50_ms", figures.rawHop().p50());
        put(json, "raw_hop_p99_ms", figures.rawHop().p99());
        put(json, "exactly_once_hop_p50_ms", figures.streamsHop().p50());
        put(json, "exactly_once_hop_p99_ms", figures.streamsHop().p99());
        put(json, "http_calls_per_second", figures.http().perSecond());
        put(json, "http_cpu_ms_per_call", figures.http().cpuMs());
        put(json, "fold_events_per_second", figures.fold().eventsPerSecond());
        put(json, "fold_bytes_allocated_per_event", figures.fold().bytesPerEvent());
        put(json, "fold_events_per_workflow", figures.fold().eventsPerWorkflow());
        put(json, "state_bytes_per_finished_cluster", figures.fold().storedBytes());
        figures.restore().ifPresent(restore -> {
            json.put("restored_clusters", restore.clusters());
            put(json, "restore_s", restore.seconds());
            put(json, "restore_mb_per_second", restore.megabytesPerSecond());
            put(json, "changelog_bytes_per_cluster", restore.bytesPerCluster());
        });
        var cpu = json.putObject("cpu_ms_per_workflow_by_process");
        figures.saturated().cpuMsPerWorkflowOfEach().forEach((name, used) -> put(cpu, name, used));
        var calls = json.putObject("calls_per_workflow_by_operation");
        figures.paced().calls().byOperation().forEach(
                (operation, count) -> put(calls, operation, (double) count / figures.paced().workflows()));
        var starts = json.putObject("start_ms");
        figures.starts().forEach((command, time) -> put(starts, command, time));
        return json;
    }

    /// The same in tables.
    public String text() {
        var all = figures.saturated().cpuMsPerWorkflow();
        var cpu = new Table("PROCESS", "CPU MS PER WORKFLOW", "SHARE");
        figures.saturated().cpuMsPerWorkflowOfEach().forEach(
                (name, used) -> cpu.row(name, number(used), Math.round(100 * used / all) + " %"));
        cpu.row("all", number(all), "100 %");
        var calls = new Table("CALL OF IBM'S SDK", "PER WORKFLOW");
        figures.paced().calls().byOperation().forEach((operation, count) -> calls.row(
                operation, number((double) count / figures.paced().workflows())));
        calls.row("all", number(figures.paced().callsPerWorkflow()));
        return String.join("\n\n", figuresTable(), floors(), cpu.toString(), calls.toString(), state(), starts())
                .strip();
    }

    private String figuresTable() {
        var table = new Table("FIGURE", "MEASURED", "FLOOR", "RATIO", "THE FLOOR IS");
        var calls = "its SDK calls alone";
        var hops = "three exactly-once hops";
        row(table, "workflows a second, no latency", figures.saturated().workflowsPerSecond(),
                figures.floorOfWorkflowsPerSecond(), calls);
        figures.saturatedSlow().ifPresent(slow -> row(
                table, "workflows a second, " + latency(), slow.workflowsPerSecond(),
                figures.floorOfWorkflowsPerSecond(), calls));
        row(table, "CPU ms per workflow", figures.saturated().cpuMsPerWorkflow(), figures.floorOfCpuMs(), calls);
        var paced = "ms above " + number(figures.criticalPathMs()) + " ms of calls, " + number(figures.pace()) + "/s";
        row(table, paced + ", p50", figures.addedMs(50), figures.threeStreamsHops().p50(), hops);
        row(table, paced + ", p99", figures.addedMs(99), figures.threeStreamsHops().p99(), hops);
        figures.oneByOne().ifPresent(times -> {
            row(table, "ms one by one, no latency, p50", times.p50(), figures.threeStreamsHops().p50(), hops);
            row(table, "ms one by one, no latency, p99", times.p99(), figures.threeStreamsHops().p99(), hops);
        });
        return table.toString();
    }

    private String latency() {
        return "calls of " + figures.latency().toMillis() + " ms";
    }

    private String floors() {
        return new Table("FLOOR", "P50", "P99")
                .row("ms, record from producer to consumer", number(figures.rawHop().p50()),
                        number(figures.rawHop().p99()))
                .row("ms, exactly-once hop with a state", number(figures.streamsHop().p50()),
                        number(figures.streamsHop().p99()))
                + "\n" + number(figures.http().perSecond()) + " calls a second by IBM's SDK, "
                + number(figures.http().cpuMs()) + " CPU ms each, client and server";
    }

    private String state() {
        var fold = figures.fold();
        var table = new Table("STATE AND DECISIONS", "");
        table.row("events folded in a second, on one core, nothing else", number(fold.eventsPerSecond()));
        table.row("bytes of heap for each", number(fold.bytesPerEvent()));
        table.row("events of a workflow", number(fold.eventsPerWorkflow()));
        table.row("bytes of a finished cluster's state", number(fold.storedBytes()));
        figures.restore().ifPresent(restore -> {
            table.row("bytes of the changelogs for each cluster, as the broker keeps them",
                    number(restore.bytesPerCluster()));
            table.row("clusters restored", number((double) restore.clusters()));
            table.row("s from the workflow's start without a state to its ready line", number(restore.seconds()));
            table.row("MB a second", number(restore.megabytesPerSecond()));
            table.row("ms until the next workflow had ended", number(restore.first().toNanos() / 1e6));
        });
        return table.toString();
    }

    private String starts() {
        var table = new Table("COMMAND", "MS FROM START TO END, MEDIAN");
        figures.starts().forEach((command, time) -> table.row("keyfold " + command, number(time)));
        return table.isEmpty() ? "" : table.toString();
    }

    private static void row(Table table, String figure, double measured, double floor, String what) {
        table.row(figure, number(measured), number(floor), number(measured / floor), what);
    }

    private static void beside(ObjectNode json, String name, double measured, double floor) {
        put(json, name, measured);
        put(json, name + "_floor", floor);
        put(json, name + "_ratio", measured / floor);
    }

    private static void put(ObjectNode json, String name, double value) {
        json.put(name, rounded(value));
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).round(new MathContext(DIGITS));
    }

    private static String number(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}
