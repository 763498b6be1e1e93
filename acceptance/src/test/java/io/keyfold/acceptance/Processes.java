package io.keyfold.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What everybody who may look at a machine's processes sees of them.
final class Processes {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

    private Processes() {}

    static Stream<ProcessHandle> withDescendants(long pid) {
        var process = ProcessHandle.of(pid).orElseThrow();
        return Stream.concat(Stream.of(process), process.descendants());
    }

    /// With the arguments: whole where the system has `/proc`, else as far as Java shows them.
    static String commandLine(ProcessHandle process) {
        Path file = Path.of("/proc", process.pid() + "", "cmdline");
        try {
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.ISO_8859_1).replace('\0', ' ')
                    : process.info().commandLine().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The threads of a JVM with their stacks, virtual ones too.
    static String threads(long pid) {
        try {
            Path virtual = Files.createTempDirectory("threads").resolve("dump");
            jcmd(pid, "Thread.dump_to_file", virtual.toString());
            try {
                return jcmd(pid, "Thread.print", "-l") + Files.readString(virtual, StandardCharsets.ISO_8859_1);
            } finally {
                Files.delete(virtual);
                Files.delete(virtual.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What `jcmd <pid> <order>` says.
    ///
    /// @throws IllegalStateException if it fails, or takes longer than 30 s
    static String jcmd(long pid, String... order) {
        var command = Stream.concat(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid + ""),
                Stream.of(order)).toList();
        try {
            // Not through a pipe: if it is this JVM that is asked, it stands still while it answers, and nobody reads.
            Path told = Files.createTempFile("jcmd", ".txt");
            var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
            try {
                boolean isOver = process.waitFor(ANSWERED_WITHIN.toSeconds(), TimeUnit.SECONDS);
                String said = Files.readString(told, StandardCharsets.ISO_8859_1);
                if (!isOver || process.exitValue() != 0) {
                    throw new IllegalStateException(String.join(" ", command) + ": " + said);
                }
                return said;
            } finally {
                process.destroyForcibly();
                Files.delete(told);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
