package io.keyfold.workers.delivery;

import io.keyfold.monitoring.traces.Traces;
import io.keyfold.monitoring.traces.Tries;
import io.keyfold.schemas.TraceParent;
import io.keyfold.workers.step.Command;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Locale;

/// Makes a span of each command that is carried out, as a part of the span that the command's headers name. Calls to IBM Cloud
/// that are made meanwhile, on the same thread, become parts of it.
///
/// A command that is carried out twice has two: the work was done twice.
public final class CommandTraces {
    private static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("keyfold.cluster.id");
    private static final AttributeKey<String> ACCOUNT = AttributeKey.stringKey("keyfold.account");
    private static final AttributeKey<Long> RUN = AttributeKey.longKey("keyfold.run");
    private static final AttributeKey<String> STEP = AttributeKey.stringKey("keyfold.step");
    private static final AttributeKey<String> ACTION = AttributeKey.stringKey("keyfold.action");
    private static final AttributeKey<String> COMMAND = AttributeKey.stringKey("keyfold.command.id");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("keyfold.attempt");
    private static final AttributeKey<String> WORKER = AttributeKey.stringKey("keyfold.worker");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("keyfold.outcome");
    private static final AttributeKey<Long> CALLS = AttributeKey.longKey("keyfold.cloud.calls");

    private final Traces traces;
    private final String worker;

    /// @param worker the kind, as its service is called
    public CommandTraces(Traces traces, String worker) {
        this.traces = traces;
        this.worker = worker;
    }

    /// Nobody sees them.
    public static CommandTraces off() {
        return new CommandTraces(Traces.off(), "");
    }

    /// A command that is being carried out, until it is closed, on this thread.
    static final class Carried implements AutoCloseable {
        private final Span span;
        private final Scope scope;

        @SuppressWarnings("MustBeClosedChecker") // closed with this
        private Carried(Span span) {
            this.span = span;
            this.scope = span.isRecording() ? Context.current().with(span).with(new Tries()).makeCurrent()
                    : Scope.noop();
        }

        void ended(EventParts parts, int calls) {
            if (!span.isRecording()) {
                return;
            }
            span.setAttribute(OUTCOME, parts.type().name().toLowerCase(Locale.ROOT));
            span.setAttribute(CALLS, calls);
            var fault = parts.fault();
            if (fault != null) {
                span.setAttribute(Traces.ERROR_TYPE, fault.getCode().name());
                if (parts.hasFailed()) {
                    span.setStatus(StatusCode.ERROR, fault.getCode().name());
                }
            }
        }

        @Override
        public void close() {
            scope.close();
            span.end();
        }
    }

    Carried begin(Command command, ReceivedRecord record) {
        return new Carried(traces.isOn() ? span(command, record) : Span.getInvalid());
    }

    private Span span(Command command, ReceivedRecord record) {
        var builder = traces.tracer().spanBuilder("process " + record.topic())
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", record.topic())
                .setAttribute("messaging.destination.partition.id", String.valueOf(record.partition()))
                .setAttribute("messaging.kafka.offset", record.offset())
                .setAttribute(WORKER, worker)
                .setAttribute(CLUSTER, command.clusterId())
                .setAttribute(ACCOUNT, command.account())
                .setAttribute(RUN, (long) command.run())
                .setAttribute(STEP, command.step().name().toLowerCase(Locale.ROOT))
                .setAttribute(ACTION, command.action().name().toLowerCase(Locale.ROOT))
                .setAttribute(COMMAND, command.id().toString())
                .setAttribute(ATTEMPT, (long) command.attempt());
        TraceParent.of(record.headers()).ifPresentOrElse(
                named -> builder.setParent(Context.root().with(Span.wrap(context(named)))), builder::setNoParent);
        return builder.startSpan();
    }

    private static SpanContext context(TraceParent named) {
        return SpanContext.createFromRemoteParent(
                named.traceId(), named.spanId(), TraceFlags.fromHex(named.flags(), 0), TraceState.getDefault());
    }
}
