package io.keyfold.cli;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Log events as lines of plain text. What they say comes from requests, from operators and from the cloud too: none of it
/// begins a line of its own, drives the terminal on which the log is read, or turns the text around.
final class LogLines extends PatternLayout {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%ex{short}";

    LogLines() {
        setPattern(PATTERN);
        getInstanceConverterMap().put("msg", Message::new);
        getInstanceConverterMap().put("ex", Failure::new);
    }

    /// Each character that would not be seen as itself becomes its escape: `\n`, `\u001b`.
    static String escaped(String text) {
        var escaped = new StringBuilder(text.length());
        text.chars().forEach(character -> {
            switch (character) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append('\t');
                default -> {
                    if (isUnseen(character)) {
                        escaped.append(String.format(Locale.ROOT, "\\u%04x", character));
                    } else {
                        escaped.append((char) character);
                    }
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isUnseen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /// Made by logback.
    static final class Message extends MessageConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return escaped(super.convert(event));
        }
    }

    /// Made by logback.
    static final class Failure extends ThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy failure) {
            return super.throwableProxyToString(new Told(failure));
        }
    }

    /// The same failure, of which only the messages are others.
    private record Told(IThrowableProxy failure) implements IThrowableProxy {
        private static @Nullable IThrowableProxy of(@Nullable IThrowableProxy failure) {
            return failure == null ? null : new Told(failure);
        }

        @Override
        public @Nullable String getMessage() {
            return failure.getMessage() == null ? null : escaped(failure.getMessage());
        }

        @Override
        public String getClassName() {
            return failure.getClassName();
        }

        @Override
        public StackTraceElementProxy[] getStackTraceElementProxyArray() {
            return failure.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return failure.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            return of(failure.getCause());
        }

        @Override
        public IThrowableProxy[] getSuppressed() {
            return Arrays.stream(failure.getSuppressed()).map(Told::of).toArray(IThrowableProxy[]::new);
        }

        @Override
        public boolean isCyclic() {
            return failure.isCyclic();
        }
    }
}
