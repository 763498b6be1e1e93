package io.keyfold.monitoring.traces;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What has begun and ended, told afterwards by whoever knows when. Told twice, it is the same span.
///
/// @param context    its trace and its own id
/// @param parentId   the span of that trace that it is a part of; empty if it is the trace's root
/// @param failure    why it has failed; empty if it has not
/// @param links      spans of other traces that it has to do with
public record PastSpan(
        SpanContext context,
        Optional<String> parentId,
        String name,
        SpanKind kind,
        Instant begin,
        Instant end,
        Attributes attributes,
        Optional<String> failure,
        List<SpanContext> links) {
    public PastSpan {
        links = List.copyOf(links);
    }
}
