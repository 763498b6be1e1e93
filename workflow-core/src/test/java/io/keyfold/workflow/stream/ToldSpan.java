package io.keyfold.workflow.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A span as a file of OTLP's JSON has it.
///
/// @param parentId empty if it has none
/// @param links    ids of the spans that it has to do with
record ToldSpan(
        String name, String traceId, String spanId, String parentId, long begin, long end, boolean hasFailed,
        Map<String, String> attributes, List<String> links) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAILED = 2;

    static List<ToldSpan> in(Path file) {
        List<ToldSpan> spans = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                for (JsonNode resource : JSON.readTree(line).path("resourceSpans")) {
                    for (JsonNode scope : resource.path("scopeSpans")) {
                        scope.path("spans").forEach(span -> spans.add(of(span)));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return spans;
    }

    private static ToldSpan of(JsonNode span) {
        Map<String, String> attributes = new TreeMap<>();
        span.path("attributes").forEach(
                each -> attributes.put(each.path("key").asText(), each.path("value").elements().next().asText()));
        List<String> links = new ArrayList<>();
        span.path("links").forEach(link -> links.add(link.path("spanId").asText()));
        return new ToldSpan(
                span.path("name").asText(), span.path("traceId").asText(), span.path("spanId").asText(),
                span.path("parentSpanId").asText(), span.path("startTimeUnixNano").asLong(),
                span.path("endTimeUnixNano").asLong(), span.path("status").path("code").asInt() == FAILED, attributes,
                links);
    }

    String attribute(String name) {
        return attributes.getOrDefault(name, "");
    }
}
