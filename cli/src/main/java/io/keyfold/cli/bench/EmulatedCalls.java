package io.keyfold.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// How often the emulator was called, by operation.
record EmulatedCalls(Map<String, Long> byOperation) {
    private static final String TOKEN = "iam.token";

    /// Of the workload.
    private static final int AUTHORIZATIONS = 2;

    EmulatedCalls {
        byOperation = Collections.unmodifiableMap(new TreeMap<>(byOperation));
    }

    /// As `GET /emulator/counts` gives them. Fetching a token, once an hour, is not a workflow's.
    static EmulatedCalls of(JsonNode counts) {
        var calls = new TreeMap<String, Long>();
        counts.properties().forEach(one -> calls.put(one.getKey(), one.getValue().path("calls").asLong()));
        calls.remove(TOKEN);
        return new EmulatedCalls(calls);
    }

    EmulatedCalls since(EmulatedCalls before) {
        var calls = new TreeMap<>(byOperation);
        calls.replaceAll((operation, count) -> count - before.byOperation.getOrDefault(operation, 0L));
        calls.values().removeIf(count -> count == 0);
        return new EmulatedCalls(calls);
    }

    long all() {
        return count(_ -> true);
    }

    /// How many of a workflow's calls come one after the other: those of its instance, then those of its key or of one
    /// authorization, whichever are more. Within a step each call waits for the one before it.
    double onCriticalPath(long workflows) {
        var instance = (double) count(operation -> operation.startsWith("resource-"));
        var key = (double) count(operation -> operation.startsWith("key-protect."));
        var authorization = (double) count(operation -> operation.startsWith("iam-policy-")) / AUTHORIZATIONS;
        return (instance + Math.max(key, authorization)) / workflows;
    }

    private long count(Predicate<String> operations) {
        return byOperation.entrySet().stream().filter(one -> operations.test(one.getKey()))
                .mapToLong(Map.Entry::getValue).sum();
    }
}
