package io.keyfold.cli.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What happened from one moment to another.
///
/// @param workflows how many ended in it
record Stretch(Duration took, long workflows, Cpu cpu, EmulatedCalls calls) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// One end of a stretch.
    ///
    /// @param nanos     by the clock that only counts on
    /// @param workflows how many had ended by then
    record Mark(long nanos, long workflows, Cpu cpu, EmulatedCalls calls) {
        Stretch since(Mark begin) {
            return new Stretch(
                    Duration.ofNanos(nanos - begin.nanos), workflows - begin.workflows, cpu.since(begin.cpu),
                    calls.since(begin.calls));
        }
    }

    Stretch {
        if (workflows < 1) {
            throw new IllegalStateException("No workflow ended in " + took + ": there is nothing to measure");
        }
    }

    double workflowsPerSecond() {
        return workflows / (took.toNanos() / 1e9);
    }

    double callsPerWorkflow() {
        return (double) calls.all() / workflows;
    }

    double cpuMsPerWorkflow() {
        return cpu.all().toNanos() / NANOS_PER_MILLI / workflows;
    }

    /// By process.
    Map<String, Double> cpuMsPerWorkflowOfEach() {
        var each = new LinkedHashMap<String, Double>();
        cpu.byProcess().forEach((name, used) -> each.put(name, used.toNanos() / NANOS_PER_MILLI / workflows));
        return each;
    }
}
