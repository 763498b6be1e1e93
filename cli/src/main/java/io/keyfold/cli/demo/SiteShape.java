package io.keyfold.cli.demo;

import io.keyfold.cli.process.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a [Site] is made of beside broker, registry, emulator, workflow and workers, and how its processes run.
///
/// @param isSecure   whether Kafka lets each process do what it must and nothing else
/// @param hasGateway whether there is a gateway too
/// @param seed       what the emulator draws ids from; its own if empty
/// @param settings   further settings of workflow and workers
/// @param commonFlags flags of every Java process but the registry's
/// @param memory     the heap of each, by command
public record SiteShape(
        boolean isSecure,
        boolean hasGateway,
        OptionalLong seed,
        Map<String, String> settings,
        List<String> commonFlags,
        Map<String, String> memory) {
    public SiteShape {
        settings = Map.copyOf(settings);
        commonFlags = List.copyOf(commonFlags);
        memory = Map.copyOf(memory);
    }

    /// Quick to start and small, for a few clusters.
    static SiteShape ofDemo(boolean isSecure) {
        return new SiteShape(
                isSecure, true, OptionalLong.empty(), Map.of(), Installation.QUICK_START,
                Map.of("broker", "512m", "emulator", "128m", "workflow", "256m", "worker", "256m", "gateway", "128m"));
    }

    /// As the launcher starts services, so that what is compiled of them is the same.
    static SiteShape ofTraining() {
        return new SiteShape(
                false, true, OptionalLong.empty(), Map.of(), List.of("-XX:+ExitOnOutOfMemoryError"),
                Map.of("broker", "512m"));
    }

    List<String> jvmFlags(String command) {
        var flags = new ArrayList<>(commonFlags);
        if (memory.containsKey(command)) {
            flags.add("-Xmx" + memory.get(command));
        }
        return flags;
    }
}
