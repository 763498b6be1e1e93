package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.cli.process.AotCaches;
import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Caches that real JVMs write and start from.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AotCachesIT {
    private static final Installation INSTALLATION = Installation.locate();
    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(1);

    /// The JVM's own word on whether it has taken one.
    private static final String TAKEN = "Using AOT-linked classes: true";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_service_writes_a_cache_when_it_ends_and_starts_from_it_the_next_time() throws Exception {
        var writes = AotCaches.toBeWritten(directory);
        var uses = AotCaches.in(Optional.of(directory));
        assertThat(uses.flags("emulator")).isEmpty();
        assertThat(uses.flags("status")).isEmpty();

        start(writes, "first").end(WRITTEN_WITHIN);

        var second = start(uses, "second");
        second.close();
        assertThat(second.log()).content().contains(TAKEN);
    }

    @Test
    void a_service_whose_cache_is_torn_or_of_other_jars_starts_without() throws Exception {
        start(AotCaches.toBeWritten(directory), "first").end(WRITTEN_WITHIN);
        var uses = AotCaches.in(Optional.of(directory));
        var cache = AotCaches.file(directory, "emulator");
        var copy = Files.copy(jar(), directory.resolve("keyfold.jar")); // the same classes, at another place and time

        var other = start(uses, "other", copy + ":" + jar());
        other.close();
        Files.write(cache, new byte[]{'C', 'A', 'F', 'E'});
        var torn = start(uses, "torn");
        torn.close();

        assertThat(List.of(other, torn)).allSatisfy(
                service -> assertThat(service.log()).content().contains("keyfold emulator ready")
                        .doesNotContain(TAKEN));
    }

    @Test
    @EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true")
    void training_makes_one_for_each_service() throws Exception {
        var command = command(AotCaches.in(Optional.empty()), jar().toString(), "train", "--dir", directory.toString());
        var training = ChildProcess.start("train", command, Map.of(), directory.resolve("train.log"));

        assertThat(training.awaitEnd()).as(Files.readString(training.log())).isZero();

        assertThat(AotCaches.SERVICES).allSatisfy(
                service -> assertThat(AotCaches.file(directory, service)).isReadable());
        assertThat(directory.toFile().list((_, name) -> name.startsWith("training"))).isEmpty();
    }

    private ChildProcess start(AotCaches caches, String log) throws IOException {
        return start(caches, log, jar().toString());
    }

    private ChildProcess start(AotCaches caches, String log, String classPath) throws IOException {
        var command = command(caches, classPath, "emulator", "--listen-port", "0");
        var service = ChildProcess.start("emulator", command, Map.of(), directory.resolve(log + ".log"));
        service.awaitReady(WRITTEN_WITHIN);
        return service;
    }

    /// As [Installation] has it, with the jar in place of the tests' directories of classes, which no cache can be made of.
    private static List<String> command(AotCaches caches, String classPath, String... arguments) {
        var command = new ArrayList<>(
                INSTALLATION.with(caches).keyfold(Installation.QUICK_START, List.of(arguments)));
        command.replaceAll(word -> word.equals(System.getProperty("java.class.path")) ? classPath : word);
        if (command.remove("-Xlog:aot*=off,cds*=off")) {
            command.add(1, "-Xlog:aot:stdout");
        }
        return command;
    }

    private static Path jar() {
        return INSTALLATION.home().resolve("cli/target/keyfold.jar");
    }
}
