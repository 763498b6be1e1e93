package io.keyfold.emulator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.http.Headers;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Twist;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Reads rules from JSON. Whatever it does not know it refuses, naming what is allowed.
public final class FaultRuleReader {

    private static final Set<String> RULE_FIELDS = Set.of("name", "operation", "method", "path", "instance", "account",
            "caller", "body_contains", "nth", "skip", "count", "probability", "fault");

    private static final Pattern RETRY_AFTER = Pattern.compile("|\\d{1,9}|date:\\s*-?\\d{1,9}");

    private FaultRuleReader() {}

    /// One rule, or an array of them.
    public static List<FaultRule> read(String json) {
        JsonNode tree = Json.parse(json.getBytes(StandardCharsets.UTF_8))
                .orElseThrow(() -> new IllegalArgumentException("fault rules: not JSON"));
        List<FaultRule> rules = new ArrayList<>();
        if (tree.isArray()) {
            tree.forEach(one -> rules.add(rule(one)));
        } else {
            rules.add(rule(tree));
        }
        return rules;
    }

    private static FaultRule rule(JsonNode json) {
        allow(json, "rule", RULE_FIELDS);
        JsonNode fault = json.path("fault");
        String name = Json.text(json, "name").orElseGet(() -> Json.text(fault, "type").orElse("rule"));
        List<Long> nth = new ArrayList<>();
        JsonNode given = json.path("nth");
        if (given.isArray()) {
            given.forEach(one -> nth.add(one.asLong()));
        } else if (!given.isMissingNode()) {
            nth.add(given.asLong());
        }
        return new FaultRule(name, Json.text(json, "operation").map(FaultRuleReader::glob), Json.text(json, "method"),
                Json.text(json, "path").map(FaultRuleReader::glob), Json.text(json, "instance"),
                Json.text(json, "account"), Json.text(json, "caller"), Json.text(json, "body_contains"), nth,
                json.path("skip").asLong(0), json.path("count").asLong(0), json.path("probability").asDouble(1),
                fault(fault), Json.write(json));
    }

    private static Fault fault(JsonNode json) {
        String type = Json.text(json, "type")
                .orElseThrow(() -> new IllegalArgumentException("fault: type is missing"));
        boolean after = json.path("after").asBoolean(false);
        return switch (type) {
            case "latency" -> {
                allow(json, type, Set.of("type", "after", "distribution", "ms", "min_ms", "max_ms", "median_ms",
                        "sigma", "p50_ms", "p99_ms"));
                yield new Fault.Latency(distribution(json), after);
            }
            case "status" -> {
                allow(json, type,
                        Set.of("type", "after", "status", "body", "content_type", "headers", "retry_after"));
                yield answer(json, after);
            }
            case "reset_before" -> new Fault.Reset(false);
            case "reset_after" -> new Fault.Reset(true);
            case "hang_before" -> new Fault.Hang(false);
            case "hang_after" -> new Fault.Hang(true);
            case "truncate" -> new Fault.Truncated(json.path("part").asDouble(0.5));
            case "malformed" -> new Fault.Spoilt(Fault.Spoil.MALFORMED);
            case "empty" -> new Fault.Spoilt(Fault.Spoil.EMPTY);
            case "html" -> new Fault.Spoilt(Fault.Spoil.HTML);
            case "trickle" -> new Fault.Trickle(json.path("bytes_per_second").asInt(10));
            case "stuck_provisioning" -> new Fault.Twisted(Twist.provisioning(Twist.FOR_EVER, false));
            case "provisioning" -> new Fault.Twisted(
                    Twist.provisioning(millis(json, "ms"), json.path("fails").asBoolean(false)));
            case "delayed_visibility" -> new Fault.Twisted(Twist.invisible(millis(json, "ms")));
            case "stale_list" -> new Fault.Twisted(Twist.stale(millis(json, "ms")));
            case "quota" -> new Fault.Refused(Fault.Refusing.QUOTA);
            case "forbidden" -> new Fault.Refused(Fault.Refusing.FORBIDDEN);
            case "unauthorized" -> new Fault.Refused(Fault.Refusing.UNAUTHORIZED);
            case "redirect" -> new Fault.Redirect(json.path("status").asInt(302), Json.text(json, "location")
                    .orElseThrow(() -> new IllegalArgumentException("redirect: location is missing")));
            default -> throw new IllegalArgumentException("fault: type " + type + " is unknown; known are latency, "
                    + "status, reset_before, reset_after, hang_before, hang_after, truncate, malformed, empty, html, "
                    + "trickle, stuck_provisioning, provisioning, delayed_visibility, stale_list, quota, forbidden, "
                    + "unauthorized, redirect");
        };
    }

    private static Fault answer(JsonNode json, boolean after) {
        int status = json.path("status").asInt(0);
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status: " + json.path("status") + " is not one from 200 to 599");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        json.path("headers").properties().forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
        JsonNode body = json.path("body");
        Optional<String> text = body.isMissingNode() ? Optional.empty()
                : Optional.of(body.isTextual() ? body.textValue() : Json.write(body));
        checkHeaders(headers);
        JsonNode retryAfter = json.path("retry_after");
        if (!RETRY_AFTER.matcher(retryAfter.asText()).matches()) {
            throw new IllegalArgumentException("retry_after: " + retryAfter + " is neither seconds nor date:seconds");
        }
        return new Fault.Answer(status, text, Json.text(json, "content_type").orElse("application/json"),
                Map.copyOf(headers), retryAfter.isMissingNode() ? Optional.empty() : Optional.of(retryAfter.asText()),
                after);
    }

    private static void checkHeaders(Map<String, String> headers) {
        Headers checked = Headers.none();
        headers.forEach(checked::add);
    }

    private static LatencyDistribution distribution(JsonNode json) {
        String kind = Json.text(json, "distribution").orElse(json.has("p50_ms") ? "percentiles" : "fixed");
        return switch (kind) {
            case "fixed" -> new LatencyDistribution.Fixed(millis(json, "ms"));
            case "uniform" -> new LatencyDistribution.Uniform(millis(json, "min_ms"), millis(json, "max_ms"));
            case "lognormal" ->
                new LatencyDistribution.LogNormal(millis(json, "median_ms"), json.path("sigma").asDouble(0.5));
            case "percentiles" -> LatencyDistribution.LogNormal.through(millis(json, "p50_ms"), millis(json, "p99_ms"));
            default -> throw new IllegalArgumentException("latency: distribution " + kind
                    + " is unknown; known are fixed, uniform, lognormal, percentiles");
        };
    }

    private static Duration millis(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isNumber() || value.doubleValue() < 0) {
            throw new IllegalArgumentException(field + ": a number of milliseconds from 0 is needed");
        }
        return Duration.ofNanos((long) (value.doubleValue() * 1_000_000));
    }

    private static void allow(JsonNode json, String what, Set<String> fields) {
        json.properties().forEach(property -> {
            if (!fields.contains(property.getKey())) {
                throw new IllegalArgumentException(what + ": " + property.getKey() + " is unknown; known are "
                        + String.join(", ", new TreeSet<>(fields)));
            }
        });
        if (!json.isObject()) {
            throw new IllegalArgumentException(what + ": a JSON object is needed");
        }
    }

    /// `**` is any text, `*` any text without a slash.
    private static Pattern glob(String glob) {
        var pattern = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            if (glob.startsWith("**", at)) {
                pattern.append(".*");
                at++;
            } else if (glob.charAt(at) == '*') {
                pattern.append("[^/]*");
            } else {
                pattern.append(Pattern.quote(glob.substring(at, at + 1)));
            }
        }
        return Pattern.compile(pattern.toString());
    }
}
