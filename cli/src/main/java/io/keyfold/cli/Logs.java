package io.keyfold.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs go to standard error, so that standard output belongs to a command's result: as plain lines, or, with
/// `KEYFOLD_LOG_FORMAT=json`, as one JSON object a line, with what a line is about (cluster, step, request, trace …) below `mdc`.
///
/// In Java rather than XML: reading `logback.xml` would take a short command longer than its own work.
public final class Logs extends ContextAwareBase implements Configurator {
    private static final String MODE = "keyfold.logs";
    private static final String LEVEL = "KEYFOLD_LOG_LEVEL";
    private static final String FORMAT = "KEYFOLD_LOG_FORMAT";
    private static final String JSON = "json";

    private final Map<String, String> environment;

    /// By logback.
    public Logs() {
        this(System.getenv());
    }

    Logs(Map<String, String> environment) {
        this.environment = environment;
    }

    /// A process in the foreground tells what it does; a short command only what is wrong with itself.
    enum Mode {
        SERVICE,
        QUIET
    }

    /// Must come before the first logger.
    static void choose(Mode mode) {
        System.setProperty(MODE, mode.name());
    }

    /// Until a service has started, it says itself, and once, what it waits for; Kafka's clients would repeat it several
    /// times a second.
    static void muteClients() {
        setKafka(Level.ERROR);
    }

    /// Ends [#muteClients()].
    static void unmuteClients() {
        setKafka(null);
    }

    private static void setKafka(@Nullable Level level) {
        if (System.getenv(LEVEL) == null && LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.getLogger("org.apache.kafka").setLevel(level);
        }
    }

    private static EncoderBase<ILoggingEvent> text(LoggerContext logback) {
        var layout = new LogLines();
        layout.setContext(logback);
        layout.start();
        var lines = new LayoutWrappingEncoder<ILoggingEvent>();
        lines.setLayout(layout);
        return lines;
    }

    /// Each line whole and once: not its parts beside it.
    private static EncoderBase<ILoggingEvent> json() {
        var lines = new JsonEncoder();
        lines.setWithSequenceNumber(false);
        lines.setWithNanoseconds(false);
        lines.setWithContext(false);
        lines.setWithMessage(false);
        lines.setWithArguments(false);
        lines.setWithFormattedMessage(true);
        return lines;
    }

    @Override
    public ExecutionStatus configure(LoggerContext logback) {
        var mode = Mode.valueOf(System.getProperty(MODE, Mode.SERVICE.name()));
        var lines = environment.getOrDefault(FORMAT, "").equalsIgnoreCase(JSON) ? json() : text(logback);
        lines.setContext(logback);
        lines.start();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(logback);
        console.setName("stderr");
        console.setTarget("System.err");
        console.setEncoder(lines);
        console.start();

        var root = logback.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        // Kafka's clients repeat an unreachable broker in dozens of warnings; a short command says it in one sentence.
        root.setLevel(mode == Mode.SERVICE ? Level.WARN : Level.OFF);
        logback.getLogger("io.keyfold").setLevel(mode == Mode.SERVICE ? Level.INFO : Level.WARN);
        // Our one-node broker says at every start, as a warning, that it starts.
        logback.getLogger("org.apache.kafka.controller.QuorumController").setLevel(Level.ERROR);
        // A secured broker of ours names whom it has refused what.
        logback.getLogger("kafka.authorizer.logger").setLevel(mode == Mode.SERVICE ? Level.INFO : null);
        // Whoever asked the registry in vain says so; Confluent's client adds a stack trace each time.
        logback.getLogger("io.confluent.kafka.schemaregistry.client.rest.RestService").setLevel(Level.OFF);
        var asked = environment.get(LEVEL);
        if (asked != null) {
            root.setLevel(Level.toLevel(asked.toUpperCase(Locale.ROOT), Level.INFO));
            logback.getLogger("io.keyfold").setLevel(root.getLevel());
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
