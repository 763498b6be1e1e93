package io.keyfold.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import io.keyfold.acceptance.monitoring.Expressions.Alert;

/// Alert rules, dashboard, runbook and the page of metrics speak of the same things. That processes show these,
/// `WhatIsMeasuredIsShownIT` looks; that Prometheus takes them, `PrometheusAnswersIT`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AlertsAndRunbookTest {
    private static final Pattern SECTION = Pattern.compile("(?m)^## (Keyfold\\w+)$((?:.|\\n)*?)(?=^## |\\z)");
    private static final List<String> PARTS = List.of("**What has happened.** ", "**Look at** ", "**Do** ");

    @Test
    void every_alert_has_its_section_and_every_section_its_alert() {
        var sections = sections();

        assertThat(sections.keySet())
                .containsExactlyElementsOf(Expressions.alerts().stream().map(Alert::name).toList());
    }

    @Test
    void every_section_says_what_has_happened_what_to_look_at_and_what_to_do() {
        assertThat(sections()).allSatisfy((alert, section) -> assertThat(section).as(alert).contains(PARTS));
    }

    @Test
    void every_alert_says_how_urgent_it_is_what_is_wrong_and_where_to_read_on() {
        assertThat(Expressions.alerts()).hasSizeGreaterThan(15).allSatisfy(alert -> {
            assertThat(alert.severity()).as(alert.name()).isIn("page", "ticket");
            assertThat(alert.summary()).as(alert.name()).endsWith(".");
            assertThat(alert.runbook()).isEqualTo("docs/runbook.md#" + alert.name().toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void every_metric_of_ours_and_of_kafkas_in_an_expression_is_on_the_page_of_metrics() {
        var page = Expressions.text(Expressions.ROOT.resolve("docs/metrics.md"));
        Set<String> named = Expressions.allNames().stream()
                .filter(name -> name.startsWith("keyfold_") || name.startsWith("kafka_"))
                .map(name -> name.replaceFirst("_(bucket|count|sum)$", ""))
                .collect(Collectors.toSet());

        assertThat(named).allSatisfy(name -> assertThat(page).contains("| `" + name + "` |"));
    }

    @Test
    void every_panel_asks_something_and_no_two_have_one_place() {
        var panels = Expressions.panels();
        assertThat(panels).allSatisfy(panel -> {
            boolean isRow = panel.path("type").asText().equals("row");
            assertThat(panel.path("targets").isEmpty()).as(panel.path("title").asText()).isEqualTo(isRow);
        });
        assertThat(panels.stream().map(panel -> panel.path("gridPos").toString())).doesNotHaveDuplicates();
        assertThat(panels.stream().map(panel -> panel.path("id").asInt())).doesNotHaveDuplicates();
    }

    private static Map<String, String> sections() {
        return SECTION.matcher(Expressions.text(Expressions.ROOT.resolve("docs/runbook.md"))).results()
                .collect(Collectors.toMap(each -> each.group(1), each -> each.group(2), (one, _) -> one,
                        LinkedHashMap::new));
    }
}
