package io.keyfold.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A machine's clock that can be set, as those processes see it which are started with its [#settings]: by `libfaketime`, which
/// they load. The clock that nobody can set, by which the system measures time, goes on as it is; so do files' times.
final class SetClock {
    /// Debian's package of it, for whoever reads why a test was skipped.
    static final String NEEDS = "needs libfaketime: apt-get install faketime";

    private static final String LIBRARY = "libfaketimeMT.so.1";
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Path file;
    private final Path library;

    /// Shows the right time until it is set.
    ///
    /// @param directory where its setting lies
    SetClock(Path directory, String name) {
        file = directory.resolve(name);
        library = library().orElseThrow(() -> new IllegalStateException(NEEDS));
        set(Duration.ZERO);
    }

    static boolean isPossible() {
        return library().isPresent();
    }

    /// Debian has it in a directory for each architecture, others have not.
    private static Optional<Path> library() {
        try (Stream<Path> architectures = Files.list(LIBRARIES)) {
            return Stream.concat(Stream.of(LIBRARIES, Path.of("/usr/lib64")), architectures)
                    .map(path -> path.resolve("faketime").resolve(LIBRARY)).filter(Files::exists).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Variables of the environment.
    Map<String, String> settings() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_NO_CACHE", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "NO_FAKE_STAT", "1");
    }

    /// @param ahead of the right time; negative: behind it
    void set(Duration ahead) {
        try {
            Path next = Files.writeString(
                    file.resolveSibling(file.getFileName() + ".next"),
                    (ahead.isNegative() ? "" : "+") + ahead.toSeconds() + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
