package io.keyfold.workers.delivery;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/// The errors and warnings that a class logs while this is open.
final class Told implements AutoCloseable {
    private final Logger logger;
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    Told(Class<?> speaker) {
        logger = (Logger) LoggerFactory.getLogger(speaker);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false); // there may be thousands
        events.start();
        logger.addAppender(events);
    }

    /// The errors.
    List<String> lines() {
        return lines(Level.ERROR);
    }

    /// The warnings since this was last asked.
    List<String> takeWarnings() {
        List<String> warnings = lines(Level.WARN);
        events.list.clear();
        return warnings;
    }

    private List<String> lines(Level level) {
        return List.copyOf(events.list).stream().filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(events);
        logger.setAdditive(true);
        logger.setLevel(null);
    }
}
