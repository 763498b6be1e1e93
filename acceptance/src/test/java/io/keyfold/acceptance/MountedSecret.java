package io.keyfold.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A secret in a file as Kubernetes mounts one: a link into a directory that is itself a link, which is swapped.
final class MountedSecret {
    private static final String NAME = "secret";

    private final Path directory;
    private int versions;

    /// @param directory which is made
    MountedSecret(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            Files.createSymbolicLink(file(), Path.of("..data", NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return directory.resolve(NAME);
    }

    void replace(String secret) {
        try {
            Path version = Files.createDirectory(directory.resolve("..version-" + ++versions));
            Files.writeString(version.resolve(NAME), secret + "\n");
            Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), version.getFileName());
            Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
