package io.keyfold.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.LoggerFactory;

/// A process that runs until it is told to end: prints its ready line, waits, closes what it opened.
final class Foreground {
    /// Returns when the process has ended in order; throws if it has ended by itself.
    interface Awaited {
        void await() throws InterruptedException, ExecutionException;
    }

    /// Names a file that is written when the process is ready, for whoever cannot read its standard output.
    private static final String READY_FILE = "KEYFOLD_READY_FILE";

    private Foreground() {}

    /// Starts a process and says in one sentence if its settings or its surroundings do not let it.
    static <T> T start(String what, Supplier<T> process) {
        try {
            return process.get();
        } catch (ConfigException | IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the " + what + " cannot start with these settings: " + e.getMessage(),
                    "All settings: keyfold " + what + " --help");
        } catch (UncheckedIOException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), "Choose another --port or --host");
        }
    }

    /// Prints `keyfold <what> ready <address>` and blocks until SIGTERM, Ctrl-C or the end of the parent.
    ///
    /// @param process closed on the way out
    static int run(String what, String address, AutoCloseable process) {
        var forEver = new CountDownLatch(1);
        return run(what, address, process, forEver::await);
    }

    /// As above, for a process that may end by itself.
    static int run(String what, String address, AutoCloseable process, Awaited ending) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(what, process), "shutdown-of-" + what));
        sayReady("keyfold " + what + " ready " + address);
        try {
            ending.await();
            return ExitCode.OK;
        } catch (ExecutionException e) {
            throw new CommandFailure(
                    ExitCode.INTERNAL_ERROR,
                    "the " + what + " has ended by itself: " + e.getCause(),
                    "Look at its log above. Start it again: what it had begun is taken up");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
    }

    private static void sayReady(String line) {
        System.out.println(line);
        System.out.flush();
        var file = System.getenv(READY_FILE);
        if (file != null && !file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), line + "\n");
            } catch (IOException e) { // the process itself works
                LoggerFactory.getLogger(Foreground.class).warn("{} cannot be written: {}", READY_FILE, e.toString());
            }
        }
    }

    private static void close(String what, AutoCloseable process) {
        try {
            process.close();
        } catch (Exception e) { // nobody is left who could act on it
            LoggerFactory.getLogger(Foreground.class).warn("The {} did not end in order: {}", what, e.toString());
        }
    }
}
