package io.keyfold.acceptance.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a process shows at `/metrics`, read from Prometheus' text format.
public record Scrape(List<Metric> metrics, Set<String> samples) {
    private static final Pattern SAMPLE = Pattern.compile("([a-z_:][a-z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"");

    public Scrape {
        metrics = List.copyOf(metrics);
        samples = Set.copyOf(samples);
    }

    /// @param labels without `le`, the upper bound of a histogram's bucket
    public record Metric(String name, String type, String help, Set<String> labels) {
        public Metric {
            labels = new TreeSet<>(labels);
        }
    }

    public static Scrape of(String text) {
        List<Metric> metrics = new ArrayList<>();
        Map<String, String> helps = new TreeMap<>();
        Set<String> samples = new TreeSet<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                helps.put(words[2], words.length > 3 ? words[3] : "");
            } else if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                metrics.add(new Metric(words[2], words[3], helps.getOrDefault(words[2], ""), Set.of()));
            } else {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches()) {
                    throw new AssertionError("Not Prometheus' text format: " + line);
                }
                samples.add(sample.group(1));
                if (sample.group(2) != null) {
                    Metric last = metrics.removeLast();
                    metrics.add(new Metric(last.name, last.type, last.help, and(last.labels, sample.group(2))));
                }
            }
        }
        return new Scrape(metrics, samples);
    }

    private static Set<String> and(Set<String> labels, String more) {
        Set<String> all = new TreeSet<>(labels);
        LABEL.matcher(more).results().map(each -> each.group(1)).filter(each -> !each.equals("le"))
                .forEach(all::add);
        return all;
    }
}
