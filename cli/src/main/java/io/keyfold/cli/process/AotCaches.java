package io.keyfold.cli.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// AOT caches (JEP 483, 514): the classes of a service as the JVM had read and linked them in an earlier run, from which
/// it starts in half the time. One for each service.
///
/// Nothing depends on one. The JVM takes none of another JDK, of other jars or in pieces, and then starts without, as it
/// does if there is none.
public final class AotCaches {
    /// The services that have one, by their commands.
    public static final List<String> SERVICES =
            List.of("broker", "registry", "emulator", "workflow", "worker", "gateway");

    /// Names the directory of the caches; the launcher keeps one for each JDK.
    private static final String PROPERTY = "keyfold.aot";

    /// What the JVM would say of a cache that it does not take.
    private static final String SILENT = "-Xlog:aot*=off,cds*=off";

    private final Optional<Path> directory;
    private final boolean isTraining;

    private AotCaches(Optional<Path> directory, boolean isTraining) {
        this.directory = directory;
        this.isTraining = isTraining;
    }

    /// The caches in this directory; without one there are none.
    public static AotCaches in(Optional<Path> directory) {
        return new AotCaches(directory, false);
    }

    /// Caches that each process writes into this directory when it has ended in order, which takes it some seconds.
    public static AotCaches toBeWritten(Path directory) {
        return new AotCaches(Optional.of(directory), true);
    }

    /// Where the launcher says that they are; without a launcher there are none.
    public static Optional<Path> usualDirectory() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of);
    }

    public static Path file(Path directory, String service) {
        return directory.resolve(service + ".aot");
    }

    /// Whether this service starts, or is to start the next time, from a cache.
    boolean has(String service) {
        return SERVICES.contains(service)
                && directory.filter(it -> isTraining || Files.isReadable(file(it, service))).isPresent();
    }

    /// The flags of the JVM that runs this command.
    public List<String> flags(String command) {
        return directory.filter(_ -> has(command)).map(it -> file(it, command).toAbsolutePath())
                .map(cache -> List.of((isTraining ? "-XX:AOTCacheOutput=" : "-XX:AOTCache=") + cache, SILENT))
                .orElse(List.of());
    }
}
