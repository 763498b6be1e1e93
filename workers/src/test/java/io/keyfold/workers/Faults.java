package io.keyfold.workers;

import java.util.List;

/// Faults of single calls, in the emulator's words.
public final class Faults {
    public static final String TOO_MANY = "{\"type\":\"status\",\"status\":429}";
    public static final String UNAVAILABLE = "{\"type\":\"status\",\"status\":503}";
    public static final String FORBIDDEN = "{\"type\":\"forbidden\"}";
    public static final String QUOTA = "{\"type\":\"quota\"}";

    /// The call has had no effect.
    public static final List<String> BEFORE = List.of(
            TOO_MANY,
            "{\"type\":\"status\",\"status\":429,\"retry_after\":\"1\"}",
            "{\"type\":\"status\",\"status\":429,\"retry_after\":\"0\"}",
            "{\"type\":\"status\",\"status\":500}",
            "{\"type\":\"status\",\"status\":502}",
            UNAVAILABLE,
            "{\"type\":\"status\",\"status\":504}",
            "{\"type\":\"status\",\"status\":200,\"body\":\"<html>proxy</html>\",\"content_type\":\"text/html\"}",
            "{\"type\":\"reset_before\"}",
            "{\"type\":\"hang_before\"}");

    /// The call has had its effect, but the answer does not say so.
    public static final List<String> AFTER = List.of(
            "{\"type\":\"status\",\"status\":500,\"after\":true}",
            "{\"type\":\"status\",\"status\":502,\"after\":true}",
            "{\"type\":\"status\",\"status\":503,\"after\":true}",
            "{\"type\":\"status\",\"status\":504,\"after\":true}",
            "{\"type\":\"reset_after\"}",
            "{\"type\":\"hang_after\"}",
            "{\"type\":\"truncate\"}",
            "{\"type\":\"malformed\"}",
            "{\"type\":\"empty\"}",
            "{\"type\":\"html\"}");

    private Faults() {}

    public static List<String> all() {
        return java.util.stream.Stream.concat(BEFORE.stream(), AFTER.stream()).toList();
    }
}
