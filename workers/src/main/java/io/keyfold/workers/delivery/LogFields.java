package io.keyfold.workers.delivery;

import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.workers.step.Command;
import java.util.List;
import org.slf4j.MDC;

/// What log lines are about while a command is carried out: fields of their own where the log is JSON.
final class LogFields implements AutoCloseable {
    private static final String CLUSTER = "cluster";
    private static final String RUN = "run";
    private static final String STEP = "step";
    private static final String ACTION = "action";
    private static final String COMMAND = "command";
    private static final String TRACE = "trace";
    private static final List<String> ALL = List.of(CLUSTER, RUN, STEP, ACTION, COMMAND, TRACE);

    private LogFields() {}

    /// Until it is closed, on this thread.
    static LogFields of(Command command, ReceivedRecord record) {
        MDC.put(CLUSTER, command.clusterId());
        MDC.put(RUN, String.valueOf(command.run()));
        MDC.put(STEP, command.step().name());
        MDC.put(ACTION, command.action().name());
        MDC.put(COMMAND, command.id().toString());
        CloudEventHeaders.traceId(record.headers()).ifPresent(trace -> MDC.put(TRACE, trace));
        return new LogFields();
    }

    @Override
    public void close() {
        ALL.forEach(MDC::remove);
    }
}
