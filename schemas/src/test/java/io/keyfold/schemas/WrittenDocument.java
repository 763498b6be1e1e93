package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file of the repository that is made from the catalogue and the schemas: held against them by every build, written anew by
/// `mvn -pl schemas -am test -Dregenerate`, and by `-Dkeyfold.docs=write` like the other modules' pages.
final class WrittenDocument {
    private static final Path ROOT = Path.of("..");

    private WrittenDocument() {}

    static void holds(String file, String wanted) throws IOException {
        Path path = ROOT.resolve(file);
        if (Boolean.getBoolean("regenerate") || "write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(path, wanted);
        }

        assertThat(path).as("stale: run with -Dregenerate").hasContent(wanted);
    }
}
