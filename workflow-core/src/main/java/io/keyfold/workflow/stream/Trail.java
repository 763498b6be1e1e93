package io.keyfold.workflow.stream;

import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.TraceParent;
import io.keyfold.workflow.saga.StepCommand;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Which trace the records of a decision are part of, and which span of it their headers name.
sealed interface Trail {
    /// Headers for a command to pass on.
    Headers ofCommand(StepCommand command);

    /// Headers for all other records to pass on.
    Headers ofOthers();

    /// What the saga is to remember of it while its run goes.
    default Optional<RunSpan> run() {
        return Optional.empty();
    }

    /// No spans are made: whatever the cause says is passed on.
    record PassedOn(Headers cause) implements Trail {
        @Override
        public Headers ofCommand(StepCommand command) {
            return cause;
        }

        @Override
        public Headers ofOthers() {
            return cause;
        }
    }

    /// @param run    the run whose records they are; empty if they are none's
    /// @param span   what they were written in: the run, or what has happened outside of any
    /// @param others what others have written into the cause's `tracestate`
    record Within(Optional<RunSpan> run, TraceParent span, String others) implements Trail {
        @Override
        public Headers ofCommand(StepCommand command) {
            CommandSpan sent = new CommandSpan(
                    span.span("command/" + command.id()), command.issuedAt(), Optional.of(span.spanId()));
            return headers(sent.context(), sent.state(others));
        }

        @Override
        public Headers ofOthers() {
            return headers(span, others);
        }

        private static Headers headers(TraceParent parent, String state) {
            Headers headers = new RecordHeaders();
            headers.add(CloudEventHeaders.TRACE_PARENT, parent.toString().getBytes(StandardCharsets.UTF_8));
            if (!state.isEmpty()) {
                headers.add(CloudEventHeaders.TRACE_STATE, state.getBytes(StandardCharsets.UTF_8));
            }
            return headers;
        }
    }
}
