package io.keyfold.cli.bench;

import java.util.List;
import java.util.Map;

/// What is to be otherwise than usual, to see what it gives.
///
/// @param settings of workflow and workers
/// @param jvmFlags of every process but the registry
public record Tuning(Map<String, String> settings, List<String> jvmFlags) {
    public Tuning {
        settings = Map.copyOf(settings);
        jvmFlags = List.copyOf(jvmFlags);
    }
}
