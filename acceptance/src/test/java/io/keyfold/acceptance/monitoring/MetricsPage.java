package io.keyfold.acceptance.monitoring;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The tables of `docs/metrics.md`, written from what processes really show.
public final class MetricsPage {
    public static final Path PAGE = Expressions.ROOT.resolve("docs/metrics.md");
    private static final String BEGIN =
            "<!-- Written by WhatIsMeasuredIsShownIT: run it with -Dkeyfold.docs=write -->\n";
    private static final String END = "<!-- Up to here -->";

    private MetricsPage() {}

    /// The page as it should be.
    ///
    /// @param scrapes by who shows it: `workflow`, `worker`, `gateway`
    public static String of(Map<String, Scrape> scrapes) {
        String page = Expressions.text(PAGE);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError("docs/metrics.md has lost its marks: " + BEGIN + END);
        }
        return page.substring(0, begin + BEGIN.length())
                + "\n### Keyfold's own\n" + table(scrapes, "keyfold_")
                + "\n### Of Kafka's clients and Kafka Streams\n" + table(scrapes, "kafka_") + "\n"
                + page.substring(end);
    }

    private static String table(Map<String, Scrape> scrapes, String prefix) {
        Map<String, Row> rows = new TreeMap<>();
        new LinkedHashMap<>(scrapes).forEach((who, scrape) -> {
            Set<String> names = scrape.metrics().stream().map(Scrape.Metric::name).collect(Collectors.toSet());
            for (Scrape.Metric metric : scrape.metrics()) {
                // The longest of late, which Micrometer shows beside each histogram.
                boolean isAppendix = metric.name().endsWith("_max")
                        && names.contains(metric.name().substring(0, metric.name().length() - "_max".length()));
                if (metric.name().startsWith(prefix) && !isAppendix) {
                    rows.computeIfAbsent(metric.name(), _ -> new Row(metric)).add(who, metric.labels());
                }
            }
        });
        return "| metric | type | labels | shown by | meaning |\n| --- | --- | --- | --- | --- |\n"
                + rows.values().stream().map(Row::line).collect(Collectors.joining());
    }

    private record Row(Scrape.Metric metric, Set<String> by, Set<String> labels) {
        Row(Scrape.Metric metric) {
            this(metric, new TreeSet<>(), new TreeSet<>());
        }

        void add(String who, Set<String> more) {
            by.add(who);
            labels.addAll(more);
        }

        String line() {
            return "| `" + metric.name() + "` | " + metric.type() + " | "
                    + (labels.isEmpty() ? "–" : labels.stream().map(each -> "`" + each + "`")
                            .collect(Collectors.joining(", ")))
                    + " | " + String.join(", ", by) + " | " + metric.help().strip() + " |\n";
        }
    }
}
