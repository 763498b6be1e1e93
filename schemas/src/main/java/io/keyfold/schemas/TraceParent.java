package io.keyfold.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;

/// A place in a trace, as W3C Trace Context writes it: `00-<trace id>-<span id>-<flags>`.
///
/// @param traceId 32 hexadecimal digits
/// @param spanId  16 hexadecimal digits
/// @param flags   two hexadecimal digits; the lowest bit says that the trace is recorded
public record TraceParent(String traceId, String spanId, String flags) {
    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;
    private static final int END = 55;

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final String RECORDED = "01";

    static boolean isValid(String text) {
        return VALID.matcher(text).matches();
    }

    /// What a record's headers name, if it is one.
    public static Optional<TraceParent> of(Headers headers) {
        return CloudEventHeaders.text(headers, CloudEventHeaders.TRACE_PARENT).flatMap(TraceParent::parse);
    }

    public static Optional<TraceParent> parse(String text) {
        return isValid(text)
                ? Optional.of(
                        new TraceParent(
                                text.substring(TRACE_ID, SPAN_ID - 1), text.substring(SPAN_ID, FLAGS - 1),
                                text.substring(FLAGS, END)))
                : Optional.empty();
    }

    /// The beginning of a trace, the same for the same name.
    public static TraceParent derived(String name) {
        byte[] digest = sha256(name);
        HexFormat hex = HexFormat.of();
        return new TraceParent(
                hex.formatHex(digest, 0, TRACE_ID_BYTES),
                hex.formatHex(digest, TRACE_ID_BYTES, TRACE_ID_BYTES + SPAN_ID_BYTES),
                RECORDED);
    }

    /// Another span of the same trace; its id is the same for the same name.
    public TraceParent span(String name) {
        return at(HexFormat.of().formatHex(sha256(name), 0, SPAN_ID_BYTES));
    }

    /// The span with this id in the same trace.
    public TraceParent at(String spanId) {
        return new TraceParent(traceId, spanId, flags);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }
}
