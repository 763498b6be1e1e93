package io.keyfold.acceptance.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/// What alert rules and dashboard ask Prometheus.
public final class Expressions {
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    public static final Path ALERTS = ROOT.resolve("monitoring/prometheus/alerts.yml");
    static final Path DASHBOARD = ROOT.resolve("monitoring/grafana/keyfold.json");

    private static final Pattern NAME = Pattern.compile("\\b(?:keyfold|kafka|jvm|process)_[a-z0-9_]+");

    private Expressions() {}

    /// @param runbook `docs/runbook.md#section`
    public record Alert(String name, String expression, String severity, String summary, String runbook) {}

    @SuppressWarnings("unchecked") // YAML's maps have whatever in them
    public static List<Alert> alerts() {
        Map<String, Object> file = new Yaml().load(text(ALERTS));
        return ((List<Map<String, Object>>) file.get("groups")).stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                .map(rule -> {
                    var annotations = (Map<String, String>) rule.get("annotations");
                    return new Alert(
                            (String) rule.get("alert"), (String) rule.get("expr"),
                            ((Map<String, String>) rule.get("labels")).get("severity"), annotations.get("summary"),
                            annotations.get("runbook"));
                })
                .toList();
    }

    /// The dashboard's expressions, by panel and number; with intervals that Grafana puts in.
    public static Map<String, String> ofDashboard() {
        Map<String, String> all = new LinkedHashMap<>();
        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                all.put(
                        panel.path("title").asText() + " " + target.path("refId").asText(),
                        target.path("expr").asText().replace("$__rate_interval", "1m"));
            }
        }
        return all;
    }

    static JsonNode dashboard() {
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(DASHBOARD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The metrics that an expression names.
    public static Set<String> names(String expression) {
        return NAME.matcher(expression).results().map(each -> each.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The metrics that any expression names, of alerts or dashboard.
    public static Set<String> allNames() {
        Set<String> all = new TreeSet<>();
        alerts().forEach(alert -> all.addAll(names(alert.expression())));
        ofDashboard().values().forEach(expression -> all.addAll(names(expression)));
        return all;
    }

    static List<JsonNode> panels() {
        return StreamSupport.stream(dashboard().path("panels").spliterator(), false).toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
