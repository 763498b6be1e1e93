package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One process of a site, started by its ordinary command; it can be killed and started again.
final class Part implements AutoCloseable {
    /// Against one that never will be; how soon it is, is measured elsewhere.
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    /// All that the emulator has is in its memory, and it shows all of it at once.
    private static final String HEAP_OF_A_CLOUD = "-Xmx2g";

    private final List<String> within;
    private final Path home;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final Path log;
    private ChildProcess process;
    private String address;

    private Part(
            List<String> within, Path home, List<String> arguments, Map<String, String> environment, Path log) {
        this.within = List.copyOf(within);
        this.home = home;
        this.arguments = arguments;
        this.environment = environment;
        this.log = log;
        this.process = start(Map.of());
        this.address = "";
    }

    /// Starts `keyfold <arguments>`; it may not be ready yet.
    static Part start(Path home, List<String> arguments, Map<String, String> environment, Path directory) {
        return start(home, arguments, environment, directory, String.join("-", arguments));
    }

    /// The same, with a log of another name.
    static Part start(
            Path home, List<String> arguments, Map<String, String> environment, Path directory, String name) {
        return start(List.of(), home, arguments, environment, directory, name);
    }

    /// The same, by another program.
    ///
    /// @param within that program and its arguments, which takes a command as its last ones and becomes it
    static Part start(
            List<String> within, Path home, List<String> arguments, Map<String, String> environment, Path directory,
            String name) {
        return new Part(within, home, arguments, environment, directory.resolve(name + ".log"));
    }

    private ChildProcess start(Map<String, String> otherwise) {
        List<String> command = new ArrayList<>(within);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        arguments.getFirst().equals("emulator") ? HEAP_OF_A_CLOUD : "-Xmx384m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dkeyfold.home=" + home,
                        "-Dkeyfold.ends.with.parent=true",
                        "-jar",
                        home.resolve("cli/target/keyfold.jar").toString()));
        command.addAll(arguments);
        var settings = new HashMap<>(environment);
        settings.putAll(otherwise);
        return ChildProcess.start(arguments.getFirst(), command, settings, log);
    }

    Part awaitReady() {
        address = process.awaitReady(READY_WITHIN);
        return this;
    }

    /// What its ready line says.
    String address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Path log() {
        return log;
    }

    /// Where it shows its metrics and its health, as it has said at its last start.
    URI monitored() {
        String begin = "Metrics and health: ";
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(begin)).reduce((_, last) -> last)
                    .map(line -> URI.create(line.substring(line.indexOf(begin) + begin.length()).strip()))
                    .orElseThrow(() -> new AssertionError(log + " does not say where metrics are shown"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many lines of its log have this text in them.
    long linesWith(String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `kill -9`.
    void kill() {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        awaitEnd();
    }

    /// SIGTERM; returns when it has ended, however long it takes.
    void terminate() {
        signal("TERM");
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            process.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until it ends by itself.
    ///
    /// @return its exit code
    int awaitEnd(Duration atMost) {
        await("the end of " + arguments).atMost(atMost).until(() -> !isAlive());
        try {
            return process.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /// Starts it again after its end.
    void restart() {
        restart(Map.of());
    }

    /// Starts it again after its end, with other settings: variables of the environment.
    void restart(Map<String, String> otherwise) {
        process = start(otherwise);
    }

    /// `kill -STOP`: it stands still, and cannot know that it does.
    void pause() {
        signal("STOP");
    }

    /// `kill -CONT`: it goes on as if no time had passed.
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + pid() + " ended with " + code);
            }
        } catch (IOException e) {
            throw new IllegalStateException("kill cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
