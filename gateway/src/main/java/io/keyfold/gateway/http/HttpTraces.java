package io.keyfold.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/// Makes a span of each HTTP request that asks for something, as a part of the caller's own if it names one.
final class HttpTraces {
    private static final int SERVERS_FAULT = 500;

    private final Traces traces;

    HttpTraces(Traces traces) {
        this.traces = traces;
    }

    /// One request from now to its answer, on this thread.
    static final class Asked implements AutoCloseable {
        private final Span span;
        private final Scope scope;

        @SuppressWarnings("MustBeClosedChecker") // closed with this
        private Asked(Span span) {
            this.span = span;
            this.scope = span.getSpanContext().isValid() ? span.makeCurrent() : Scope.noop();
        }

        void answered(int status) {
            span.setAttribute("http.response.status_code", status);
            if (status >= SERVERS_FAULT) {
                span.setAttribute(Traces.ERROR_TYPE, String.valueOf(status));
                span.setStatus(StatusCode.ERROR);
            }
        }

        @Override
        public void close() {
            scope.close();
            span.end();
        }
    }

    Asked begin(Routes.Route route, ServerRequest request) {
        return new Asked(traces.isOn() ? span(route, request) : Span.getInvalid());
    }

    private Span span(Routes.Route route, ServerRequest request) {
        var builder = traces.tracer().spanBuilder(route.method().text() + " " + route.path())
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", route.method().text())
                .setAttribute("http.route", route.path());
        request.headers().first(HeaderNames.create(CloudEventHeaders.TRACE_PARENT)).flatMap(TraceParent::parse)
                .ifPresentOrElse(
                        named -> builder.setParent(Context.root().with(Span.wrap(context(named)))),
                        builder::setNoParent);
        return builder.startSpan();
    }

    private static SpanContext context(TraceParent named) {
        return SpanContext.createFromRemoteParent(
                named.traceId(), named.spanId(), TraceFlags.fromHex(named.flags(), 0), TraceState.getDefault());
    }
}
