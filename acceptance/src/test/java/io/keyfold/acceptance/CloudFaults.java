package io.keyfold.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What goes wrong with a share of all calls: fault rules of the emulator (docs/emulator.md), drawn by its seed.
///
/// @param percent of the calls of every operation, tokens included, get another answer than the service's own, or none
record CloudFaults(double percent) {
    /// Any call: after the effect, before it, in its place.
    private static final List<String> OF_ANY_CALL = List.of(
            "{\"type\":\"status\",\"status\":500}",
            "{\"type\":\"status\",\"status\":503,\"retry_after\":\"1\"}",
            "{\"type\":\"status\",\"status\":429,\"retry_after\":\"1\"}",
            "{\"type\":\"status\",\"status\":429,\"retry_after\":\"date:2\"}",
            "{\"type\":\"status\",\"status\":502,\"after\":true}",
            "{\"type\":\"status\",\"status\":504,\"after\":true}",
            "{\"type\":\"reset_before\"}",
            "{\"type\":\"reset_after\"}",
            "{\"type\":\"hang_before\"}",
            "{\"type\":\"hang_after\"}",
            "{\"type\":\"truncate\"}",
            "{\"type\":\"malformed\"}",
            "{\"type\":\"html\"}",
            "{\"type\":\"empty\"}",
            "{\"type\":\"trickle\",\"bytes_per_second\":40}",
            "{\"type\":\"unauthorized\"}",
            "{\"type\":\"redirect\",\"location\":\"http://127.0.0.1:9/elsewhere\"}");

    /// On top of those, what makes calls slow.
    private static final List<String> SLOW = List.of(
            "{\"type\":\"latency\",\"distribution\":\"uniform\",\"min_ms\":100,\"max_ms\":1000}",
            "{\"type\":\"latency\",\"distribution\":\"uniform\",\"min_ms\":500,\"max_ms\":6500,\"after\":true}");

    String rules() {
        var rules = new ArrayList<String>();
        // So that all of them together strike this share, and not each of them.
        double each = 1 - Math.pow(1 - percent / 100, 1.0 / OF_ANY_CALL.size());
        OF_ANY_CALL.forEach(fault -> rules.add(rule(rules.size(), "**", each, fault)));
        SLOW.forEach(fault -> rules.add(rule(rules.size(), "**", percent / 200, fault)));
        // What only some calls can meet, and what fails a run for good.
        rules.add(rule(rules.size(), "**list**", percent / 200, "{\"type\":\"stale_list\",\"ms\":2000}"));
        rules.add(rule(rules.size(), "**create**", percent / 200, "{\"type\":\"delayed_visibility\",\"ms\":1500}"));
        rules.add(
                rule(
                        rules.size(), "resource-controller.create_instance", percent / 100,
                        "{\"type\":\"provisioning\",\"ms\":2500}"));
        rules.add(
                rule(
                        rules.size(), "resource-controller.create_instance", percent / 500,
                        "{\"type\":\"provisioning\",\"ms\":1500,\"fails\":true}"));
        rules.add(rule(rules.size(), "**create**", percent / 500, "{\"type\":\"quota\"}"));
        rules.add(rule(rules.size(), "**create**", percent / 500, "{\"type\":\"forbidden\"}"));
        rules.add(rule(rules.size(), "**delete**", percent / 500, "{\"type\":\"forbidden\"}"));
        rules.add(rule(rules.size(), "**create_policy", percent / 500, "{\"type\":\"status\",\"status\":409}"));
        rules.add(rule(rules.size(), "**delete**", percent / 500, "{\"type\":\"status\",\"status\":409}"));
        return "[" + String.join(",", rules) + "]";
    }

    private static String rule(int number, String operation, double probability, String fault) {
        return String.format(
                Locale.ROOT, "{\"name\":\"chance-%02d\",\"operation\":\"%s\",\"probability\":%.6f,\"fault\":%s}",
                number,
                operation, probability, fault);
    }
}
