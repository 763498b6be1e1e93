package io.keyfold.acceptance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The same measured several times: each value, and least, median and most of them.
final class Figures {
    private final String what;
    private final List<Duration> values = new ArrayList<>();

    Figures(String what) {
        this.what = what;
    }

    void add(Duration value) {
        values.add(value);
    }

    Duration most() {
        return values.stream().max(Duration::compareTo).orElseThrow();
    }

    /// One line of a table.
    @Override
    public String toString() {
        List<Duration> sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%-58s %5s %6s %5s   %s", what, seconds(sorted.getFirst()),
                seconds(sorted.get(sorted.size() / 2)), seconds(sorted.getLast()),
                values.stream().map(Figures::seconds).collect(Collectors.joining(" ")));
    }

    /// The line above such lines.
    static String head(String title) {
        return String.format(Locale.ROOT, "%-58s %5s %6s %5s   %s", title, "min", "median", "max", "each, in seconds");
    }

    static String seconds(Duration value) {
        return String.format(Locale.ROOT, "%.1f", value.toMillis() / 1000.0);
    }
}
