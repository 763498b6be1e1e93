package io.keyfold.monitoring.traces;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;

/// Draws ids, but for a span that has its own already.
final class GivenIds implements IdGenerator {
    private static final ThreadLocal<SpanContext> GIVEN = new ThreadLocal<>();

    private final IdGenerator drawn = IdGenerator.random();

    /// What begins a span in here begins that one.
    <T> T with(SpanContext span, Supplier<T> begin) {
        GIVEN.set(span);
        try {
            return begin.get();
        } finally {
            GIVEN.remove();
        }
    }

    @Override
    public String generateSpanId() {
        var span = GIVEN.get();
        return span == null ? drawn.generateSpanId() : span.getSpanId();
    }

    @Override
    public String generateTraceId() {
        var span = GIVEN.get();
        return span == null ? drawn.generateTraceId() : span.getTraceId();
    }
}
