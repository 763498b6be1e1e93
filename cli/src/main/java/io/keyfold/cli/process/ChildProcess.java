package io.keyfold.cli.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One child process: its log file, its ready line, its end.
///
/// The child's standard input is a pipe that only this process holds, so that the child ends when we do, however we do
/// ([ParentWatch], [Guarded]).
public final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(8);
    private static final int LINES_OF_A_FAILURE = 5;
    private static final int SIGNALLED = 128; // Java and shells alike: this and the signal's number
    private static final Set<String> OF_LOGS = Set.of("KEYFOLD_LOG_LEVEL", "KEYFOLD_LOG_FORMAT");

    private final String name;
    private final Process process;
    private final Path log;
    private final CompletableFuture<String> readyLine = new CompletableFuture<>();

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts `command`; everything that it prints goes to the file `log`.
    ///
    /// @param name what to call it in messages, and what its ready line says: `keyfold <name> ready <address>`
    public static ChildProcess start(String name, List<String> command, Map<String, String> environment, Path log) {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // A child is told everything: what this shell was told about another installation is none of its business.
        builder.environment().keySet().removeIf(it -> it.startsWith("KEYFOLD_") && !OF_LOGS.contains(it));
        builder.environment().putAll(environment);
        try {
            var child = new ChildProcess(name, builder.start(), log);
            // Not virtual: reading a pipe blocks the carrier, and a handful of children would leave none on two cores.
            Thread.ofPlatform().daemon().name("output-of-" + name).start(child::readOutput);
            return child;
        } catch (IOException e) {
            throw new ProcessFailure(
                    "the " + name + " could not be started: " + e.getMessage(),
                    "Check that " + command.getFirst() + " can be run and that " + log + " can be written");
        }
    }

    /// Waits for the ready line and returns the address in it.
    ///
    /// @throws ProcessFailure if the process ends, or `limit` passes, before it is ready
    public String awaitReady(Duration limit) {
        try {
            return readyLine.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw notReady("was not ready within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw notReady("ended before it was ready");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    ProcessFailure notReady(String how) {
        return new ProcessFailure(
                "the " + name + " " + how + ". Its last words: " + lastWords(), "The whole log: " + log);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// How the process has ended, in words.
    ///
    /// @throws IllegalThreadStateException if it is alive
    public String end() {
        var code = process.exitValue();
        return "exit code " + code + (code > SIGNALLED ? " (signal " + (code - SIGNALLED) + ")" : "");
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    public String name() {
        return name;
    }

    /// Ends the process and whatever it started at once and by force, for a child whose data is thrown away.
    public void kill() {
        var descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    /// Ends the process and whatever it started, in order if it can, by force if it must.
    @Override
    public void close() {
        var descendants = process.descendants().toList();
        process.destroy();
        awaitEnd(STOP_PATIENCE, descendants);
    }

    /// As [#close], for a process that may take longer. It is not left without its pipes meanwhile, from which it would
    /// see that its parent has gone.
    public void end(Duration patience) {
        var descendants = process.descendants().toList();
        process.toHandle().destroy();
        awaitEnd(patience, descendants);
    }

    private void awaitEnd(Duration patience, List<ProcessHandle> descendants) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Waits until the process ends and returns its exit code.
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    private void readOutput() {
        var prefix = "keyfold " + name + " ready ";
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                var file = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                // Under load there are thousands in a second; whoever reads the file sees the last of them at once.
                file.write(line + "\n");
                if (!lines.ready()) {
                    file.flush();
                }
                if (line.startsWith(prefix)) {
                    readyLine.complete(line.substring(prefix.length()));
                }
            }
        } catch (IOException e) {
            // The stream of a process that is being killed may break in the middle.
        }
        readyLine.completeExceptionally(new IllegalStateException(name + " ended"));
    }

    private String lastWords() {
        try {
            var lines =
                    Files.readAllLines(log, StandardCharsets.UTF_8).stream().filter(line -> !line.isBlank()).toList();
            if (lines.isEmpty()) {
                return "none";
            }
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("The log of the " + name + " cannot be read", e);
        }
    }
}
