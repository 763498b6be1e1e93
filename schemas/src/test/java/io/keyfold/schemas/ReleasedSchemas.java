package io.keyfold.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;

/// The folder of all versions that ever went out: `released/v1/<topic>.avsc`, each complete, as it is registered.
public final class ReleasedSchemas {
    static final Path FOLDER = Path.of("released");

    private static final String SUFFIX = ".avsc";

    private ReleasedSchemas() {}

    /// Freezes the present schemas as the version that is named. Run by `mvn -pl schemas -am verify -Dfreeze=v2`.
    public static void main(String[] arguments) throws IOException {
        Path version = Path.of(arguments[0]);
        if (Files.exists(version)) {
            throw new IOException(version + " is frozen already: what went out never changes. Name the next version.");
        }
        Files.createDirectories(version);
        for (Topic<?> topic : Topics.ALL) {
            Files.writeString(version.resolve(topic.name() + SUFFIX),
                    SchemaFormatter.format("json/pretty", topic.schema()) + "\n");
        }
    }

    /// By version, then by topic.
    static Map<String, Map<String, Schema>> all() {
        Map<String, Map<String, Schema>> versions = new TreeMap<>();
        for (Path version : children(FOLDER)) {
            Map<String, Schema> topics = new TreeMap<>();
            for (Path file : children(version)) {
                String name = file.getFileName().toString();
                topics.put(name.substring(0, name.length() - SUFFIX.length()), parse(file));
            }
            versions.put(version.getFileName().toString(), topics);
        }
        return versions;
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema parse(Path file) {
        try {
            return new Schema.Parser().parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
