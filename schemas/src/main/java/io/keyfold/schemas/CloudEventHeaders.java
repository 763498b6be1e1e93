package io.keyfold.schemas;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// The headers on every record we write: CloudEvents 1.0 in Kafka's binary mode, and W3C Trace Context.
///
/// Drawn from nothing: the same record gets the same headers again, also when it is written after a replay.
public final class CloudEventHeaders {
    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACE_PARENT = "traceparent";
    public static final String TRACE_STATE = "tracestate";

    private CloudEventHeaders() {}

    /// Puts them on a record, in place of any that stand there.
    ///
    /// @param target the record's headers
    /// @param topic  where the record goes; its record type is the event's type
    /// @param id     unique for this source: two records with one id are one event
    /// @param source who writes it, such as `/keyfold/default/workflow`
    /// @param time   when it happened
    /// @param cause  headers of the record that led to it; their trace is passed on, or a new one begins
    public static void write(Headers target, Topic<?> topic, String id, String source, Instant time, Headers cause) {
        Optional<String> traceParent = text(cause, TRACE_PARENT).filter(TraceParent::isValid);
        Optional<String> traceState = traceParent.flatMap(valid -> text(cause, TRACE_STATE));
        put(target, SPEC_VERSION, "1.0");
        put(target, ID, id);
        put(target, TYPE, topic.recordClass().getName());
        put(target, SOURCE, source);
        put(target, TIME, time.toString());
        put(target, CONTENT_TYPE, "application/avro");
        put(target, TRACE_PARENT, traceParent.orElseGet(() -> begun(source, id).toString()));
        traceState.ifPresent(state -> put(target, TRACE_STATE, state));
    }

    /// Says what of its cluster a record is about: of a command, its step. Records of one key that are about different things
    /// have no order among them.
    public static void writeSubject(Headers target, String subject) {
        put(target, SUBJECT, subject);
    }

    /// The text of a header, if it is there and has any.
    public static Optional<String> text(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /// The id of the trace that a record is part of, 32 hexadecimal digits, if its headers name a valid one.
    public static Optional<String> traceId(Headers headers) {
        return TraceParent.of(headers).map(TraceParent::traceId);
    }

    /// Whether the record's trace begins with it: then nobody has a span of the id that its headers name, and whoever makes
    /// the trace's first may take it.
    public static boolean beginsTrace(Headers headers) {
        return TraceParent.of(headers)
                .filter(named -> named.equals(begun(text(headers, SOURCE).orElse(""), text(headers, ID).orElse(""))))
                .isPresent();
    }

    private static TraceParent begun(String source, String id) {
        return TraceParent.derived(source + "\n" + id);
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
