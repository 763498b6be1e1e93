package io.keyfold.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Values in a person's words.
public final class Text {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private Text() {}

    /// Names and messages come from requests and from the cloud: control characters in them become `?`, but for the
    /// colours that [Terminal] writes.
    public static String harmless(String text) {
        return text.replaceAll("[\\r\\n\\t]+", " ").replaceAll("(?!\u001b\\[[0-9;]*m)\\p{Cntrl}", "?");
    }

    /// Local time of day.
    public static String clock(Instant time) {
        return CLOCK.format(time.atZone(ZoneId.systemDefault()));
    }

    /// `2026-01-31T18:00:00Z`, to the second.
    public static String second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// `3.2 s`, `4 min 10 s`.
    public static String duration(Duration duration) {
        if (duration.toMinutes() == 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }

    /// `text`, or a dash if there is none.
    public static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
