package io.keyfold.cli;

import io.keyfold.cli.process.BoundedEnd;
import io.keyfold.cli.process.ClockWatch;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.monitoring.traces.TraceSettings;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.Denial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process that runs until it is told to end: prints its ready line, waits, closes what it opened.
final class Foreground {
    /// Returns when the process has ended in order; throws if it has ended by itself.
    interface Awaited {
        void await() throws InterruptedException, ExecutionException;
    }

    /// What is started before it is ready.
    ///
    /// @param becomesReady false if it took longer
    /// @param isHealthy    whether it may still become ready: it has neither ended nor been closed
    record Service(
            AutoCloseable process, Monitor monitor, Readiness becomesReady, BooleanSupplier isHealthy, Awaited ending) {
        interface Readiness {
            boolean within(Duration atMost) throws InterruptedException;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /// What has begun may take that long to finish, and a supervisor gives it a little more.
    private static final Duration LONGEST_END = Duration.ofSeconds(35);

    /// Names a file that is written when the process is ready, for whoever cannot read its standard output.
    private static final String READY_FILE = "KEYFOLD_READY_FILE";

    private Foreground() {}

    /// Starts a process and says in one sentence if its settings or its surroundings do not let it.
    static <T> T start(String what, Supplier<T> process) {
        forgetReady();
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

    /// From now on ends this process when the machine's clock is set back: what Kafka's clients wait for would take until it
    /// has caught up, and nobody would see that nothing goes on.
    static void endWhenTheClockIsSetBack() {
        ClockWatch.start(by -> {
            System.err.printf(
                    Locale.ROOT,
                    "keyfold: the clock was set back by %d s: Kafka's clients wait until it has caught up, so this process ends"
                            + " instead of standing still%n"
                            + "  Start it again, if its supervisor does not: what it had begun is taken up."
                            + " Let the clock be slewed, not set, while services run%n",
                    by.toSeconds());
            BoundedEnd.exit(ExitCode.CLOCK_SET_BACK, LONGEST_END);
        });
    }

    /// Shows that a process lives before it has found what it needs. Closed with the process, after it.
    ///
    /// @param service what its spans call it
    static Monitor monitor(String what, String service, Supplier<Map<String, String>> settings) {
        return start(what, () -> {
            var given = settings.get();
            var traces = Traces.start(TraceSettings.of(given), service);
            try {
                return Monitor.start(MonitoringSettings.of(given), traces);
            } catch (RuntimeException e) {
                traces.close();
                throw e;
            }
        });
    }

    /// Starts a process as above. While others do not answer, says so and tries again until they do.
    static <T> T startPatiently(String what, Supplier<T> process) throws InterruptedException {
        var waiting = new Waiting(SAY_AGAIN, LOG::info, System::nanoTime);
        var pause = FIRST_PAUSE;
        Logs.muteClients();
        try {
            while (true) {
                try {
                    return start(what, process);
                } catch (NotYetException e) {
                    waiting.say(e.waitsFor(), "Waiting for " + e.waitsFor() + ". " + e.getMessage());
                }
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } finally {
            Logs.unmuteClients();
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
        closeAtTheEnd(what, process);
        sayReady("keyfold " + what + " ready " + address);
        try {
            return awaitEnd(what, ending);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
    }

    /// As above, for a service that has been started and becomes ready in its own time.
    ///
    /// @param waitsFor what it is not ready for want of
    static int run(String what, String address, Service service, String waitsFor) throws InterruptedException {
        closeAtTheEnd(what, () -> {
            service.process().close();
            service.monitor().close(); // which sends the last spans of it
        });
        while (service.isHealthy().getAsBoolean()) {
            if (service.becomesReady().within(SAY_AGAIN)) {
                sayReady("keyfold " + what + " ready " + address);
                break;
            }
            if (service.isHealthy().getAsBoolean()) {
                LOG.info("Waiting for {}. Is the broker well? keyfold doctor", waitsFor);
            }
        }
        return awaitEnd(what, service.ending());
    }

    private static int awaitEnd(String what, Awaited ending) throws InterruptedException {
        try {
            ending.await();
            return ExitCode.OK;
        } catch (ExecutionException e) {
            throw new CommandFailure(
                    ExitCode.INTERNAL_ERROR,
                    "the " + what + " has ended by itself: " + Denial.explained(Objects.requireNonNull(e.getCause())),
                    "Look at its log above. Start it again: what it had begun is taken up");
        }
    }

    private static void closeAtTheEnd(String what, AutoCloseable process) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(what, process), "shutdown-of-" + what));
    }

    private static void sayReady(String line) {
        System.out.println(line);
        System.out.flush();
        var file = System.getenv(READY_FILE);
        if (file != null && !file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), line + "\n");
            } catch (IOException e) { // the process itself works
                LOG.warn("{} cannot be written: {}", READY_FILE, e.toString());
            }
        }
    }

    /// A container that is started again in its pod finds the file of the one before.
    private static void forgetReady() {
        var file = System.getenv(READY_FILE);
        if (file != null && !file.isEmpty()) {
            try {
                Files.deleteIfExists(Path.of(file));
            } catch (IOException e) {
                LOG.warn("{} cannot be removed, and says that the process is ready: {}", READY_FILE, e.toString());
            }
        }
    }

    private static void close(String what, AutoCloseable process) {
        try {
            process.close();
        } catch (Exception e) { // nobody is left who could act on it
            LOG.warn("The {} did not end in order: {}", what, e.toString());
        }
    }
}
