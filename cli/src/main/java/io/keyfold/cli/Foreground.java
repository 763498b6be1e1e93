package io.keyfold.cli;

import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.LoggerFactory;

/// A process that runs until it is told to end: prints its ready line, waits, closes what it opened.
final class Foreground {
    private Foreground() {}

    /// Prints `keyfold <what> ready <address>` and blocks until SIGTERM, Ctrl-C or the end of the parent.
    ///
    /// @param process closed on the way out
    static int run(String what, String address, AutoCloseable process) {
        var ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> {
                    close(what, process);
                    ended.countDown();
                },
                "shutdown-of-" + what));
        System.out.println("keyfold " + what + " ready " + address);
        System.out.flush();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

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

    private static void close(String what, AutoCloseable process) {
        try {
            process.close();
        } catch (Exception e) { // nobody is left who could act on it
            LoggerFactory.getLogger(Foreground.class).warn("The {} did not end in order: {}", what, e.toString());
        }
    }
}
