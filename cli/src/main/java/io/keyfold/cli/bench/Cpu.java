package io.keyfold.cli.bench;

import io.keyfold.cli.process.ChildProcess;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What each process has used of the processors since it started: all its threads, compilers and collectors included.
record Cpu(Map<String, Duration> byProcess) {
    Cpu {
        byProcess = Collections.unmodifiableMap(new LinkedHashMap<>(byProcess));
    }

    static Cpu of(List<ChildProcess> processes) {
        var used = new LinkedHashMap<String, Duration>();
        processes.forEach(process -> used.merge(process.name(), of(process.pid()), Duration::plus));
        return new Cpu(used);
    }

    /// What one process has used.
    static Duration of(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IllegalStateException(
                        "The system does not say what the process " + pid + " has used of its processors"));
    }

    Cpu since(Cpu before) {
        var used = new LinkedHashMap<String, Duration>();
        byProcess.forEach((name, time) -> used.put(
                name, time.minus(before.byProcess.getOrDefault(name, Duration.ZERO))));
        return new Cpu(used);
    }

    Duration all() {
        return byProcess.values().stream().reduce(Duration.ZERO, Duration::plus);
    }
}
