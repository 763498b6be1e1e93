package io.keyfold.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// The one directory under which a demo keeps everything.
final class DemoDirectory {
    private static final String PREFIX = "keyfold-demo-";
    private static final String OWNER = "demo.pid";

    private DemoDirectory() {}

    /// Makes a new one, and removes those of demos that were killed before they could.
    static Path create() {
        try {
            var directory = Files.createTempDirectory(PREFIX);
            Files.writeString(directory.resolve(OWNER), String.valueOf(ProcessHandle.current().pid()));
            removeLeftBehind(Path.of(System.getProperty("java.io.tmpdir")));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("No temporary directory can be made", e);
        }
    }

    static void remove(Path directory) {
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(DemoDirectory::delete);
        } catch (IOException e) {
            throw new UncheckedIOException("The directory " + directory + " cannot be removed", e);
        }
    }

    private static void removeLeftBehind(Path parent) throws IOException {
        try (var directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (var directory : directories) {
                if (isLeftBehind(directory)) {
                    remove(directory);
                }
            }
        }
    }

    private static boolean isLeftBehind(Path directory) {
        try {
            var owner = Long.parseLong(Files.readString(directory.resolve(OWNER)).strip());
            return Files.isWritable(directory) && ProcessHandle.of(owner).isEmpty();
        } catch (IOException | NumberFormatException e) {
            return false; // not one of ours, or just being made or removed
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be removed", e);
        }
    }
}
