package io.keyfold.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

    /// The ports at which a process listens for connections, by Linux' own tables.
    static Set<Integer> listening(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            Set<String> sockets = open.map(Processes::target).collect(Collectors.toSet());
            Set<Integer> ports = new TreeSet<>();
            for (String table : List.of("net/tcp", "net/tcp6")) {
                Files.readAllLines(process.resolve(table)).stream().skip(1)
                        .map(line -> line.strip().split("\\s+", -1))
                        .filter(columns -> columns[3].equals("0A")) // LISTEN
                        .filter(columns -> sockets.contains("socket:[" + columns[9] + "]"))
                        .forEach(columns -> ports.add(Integer.parseInt(columns[1].split(":", -1)[1], 16)));
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
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
