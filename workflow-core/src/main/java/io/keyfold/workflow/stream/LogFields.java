package io.keyfold.workflow.stream;

import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.workflow.saga.Saga;
import java.util.List;
import org.slf4j.MDC;

/// What log lines are about while a saga is folded: fields of their own where the log is JSON.
final class LogFields implements AutoCloseable {
    private static final String CLUSTER = "cluster";
    private static final String REQUEST = "request";
    private static final String TRACE = "trace";
    private static final List<String> ALL = List.of(CLUSTER, REQUEST, TRACE);

    private LogFields() {}

    /// Until it is closed, on this thread.
    static LogFields of(Saga saga, Cause cause) {
        MDC.put(CLUSTER, saga.cluster().toString());
        saga.lastRun().ifPresent(run -> MDC.put(REQUEST, run.request().requestId()));
        RunSpan.parse(saga.trace()).map(run -> run.context().traceId())
                .or(() -> CloudEventHeaders.traceId(cause.headers()))
                .ifPresent(trace -> MDC.put(TRACE, trace));
        return new LogFields();
    }

    @Override
    public void close() {
        ALL.forEach(MDC::remove);
    }
}
