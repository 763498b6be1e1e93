package io.keyfold.workers.ibmcloud;

import com.ibm.cloud.sdk.core.http.Response;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.monitoring.traces.Tries;
import io.keyfold.workers.step.Fault;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import okhttp3.Request;

/// Makes a span of each call to IBM Cloud that is a part of another, such as of a command that is carried out.
///
/// It names the call as faults do, the host, the status and IBM's transaction id. No header, no body, and of the address no
/// more than the host: what is secret is never in those.
final class CloudTraces {
    private static final AttributeKey<String> API = AttributeKey.stringKey("keyfold.cloud.api");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("keyfold.cloud.operation");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("keyfold.outcome");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("keyfold.attempt");
    private static final AttributeKey<String> TRANSACTION = AttributeKey.stringKey("ibm.transaction.id");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> RESENDS = AttributeKey.longKey("http.request.resend_count");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

    private final Traces traces;

    CloudTraces(Traces traces) {
        this.traces = traces;
    }

    /// Begins a call. It is what happens on this thread until it has ended.
    Call begin(String api, String operation) {
        return traces.isOn() && Span.current().getSpanContext().isValid() ? new Call(span(api, operation)) : Call.NONE;
    }

    private Span span(String api, String operation) {
        return traces.tracer().spanBuilder(api + ": " + operation)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(API, api)
                .setAttribute(OPERATION, operation)
                .setAttribute(ATTEMPT, Tries.next(api + ": " + operation))
                .startSpan();
    }

    /// One call from its beginning to its end.
    static final class Call {
        private static final Call NONE = new Call(Span.getInvalid());

        private final Span span;
        private final Scope scope;

        @SuppressWarnings("MustBeClosedChecker") // closed by end()
        private Call(Span span) {
            this.span = span;
            this.scope = span.isRecording() ? span.makeCurrent() : Scope.noop();
        }

        /// What came back, if it was an answer at all.
        void answered(Response<?> response, ErrorReader reader) {
            if (span.isRecording()) {
                span.setAttribute(STATUS, response.getStatusCode());
                reader.transactionId(response).ifPresent(id -> span.setAttribute(TRANSACTION, id));
            }
        }

        void failed(Fault fault) {
            if (span.isRecording()) {
                var answer = fault.answer();
                answer.httpStatus().ifPresent(status -> span.setAttribute(STATUS, status));
                answer.transactionId().ifPresent(id -> span.setAttribute(TRANSACTION, id));
                span.setAttribute(Traces.ERROR_TYPE, fault.code().name());
                span.setStatus(StatusCode.ERROR, fault.code().name());
            }
        }

        void outcome(String outcome) {
            span.setAttribute(OUTCOME, outcome);
        }

        void end() {
            scope.close();
            span.end();
        }
    }

    /// Notes to where the call under way goes; told by whatever sends it, right before it does.
    ///
    /// @param isAgain whether it has gone out before, and was refused for its token
    static void sent(Request request, boolean isAgain) {
        var span = Span.current();
        if (span.isRecording()) {
            span.setAttribute(METHOD, request.method());
            span.setAttribute(HOST, request.url().host());
            span.setAttribute(PORT, request.url().port());
            if (isAgain) {
                span.setAttribute(RESENDS, 1L);
            }
        }
    }
}
