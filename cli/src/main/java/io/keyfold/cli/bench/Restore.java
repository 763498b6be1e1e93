package io.keyfold.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What it takes to have every cluster's state again where nothing of it lies: on another machine, or after a kill.
///
/// @param clusters finished ones
/// @param bytes    what the broker keeps of them in the workflow's changelogs, and so what is read
/// @param took     from the start of the process to its ready line
/// @param first    from then to the end of the first workflow asked for after that
record Restore(long clusters, long bytes, Duration took, Duration first) {
    private static final String CHANGELOG = "-changelog-";

    static Restore measure(BenchSite site, Traffic traffic) {
        long bytes = changelogs(site.directory().resolve("broker"));
        Duration took = site.moveWorkflow();
        long clusters = traffic.ended();
        return new Restore(clusters, bytes, took, Duration.ofNanos((long) (traffic.oneByOne(1).p50() * 1e6)));
    }

    private static long changelogs(Path broker) {
        try (var files = Files.walk(broker)) {
            return files.filter(file -> file.toString().contains(CHANGELOG) && file.toString().endsWith(".log"))
                    .mapToLong(Restore::size).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("What the broker keeps cannot be looked at", e);
        }
    }

    /// A segment may be cleaned away meanwhile.
    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    double bytesPerCluster() {
        return (double) bytes / clusters;
    }

    double seconds() {
        return took.toNanos() / 1e9;
    }

    double megabytesPerSecond() {
        return bytes / 1e6 / seconds();
    }
}
