package io.keyfold.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What everybody who may look at a machine's processes sees of them.
final class Processes {
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

    private static String jcmd(long pid, String... order) throws IOException {
        var command = Stream.concat(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid + ""),
                Stream.of(order)).toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
