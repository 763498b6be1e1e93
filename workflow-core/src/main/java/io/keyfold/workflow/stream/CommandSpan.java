package io.keyfold.workflow.stream;

import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.TraceParent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;

/// The span of a command, from its being written to its being answered, as the command's headers tell of it. The worker
/// passes them on with its answer, so that the workflow need keep nothing: `traceparent` names the span, and `tracestate`
/// says under `keyfold` since when it is and, if it is a part of another, of which: `keyfold=19ad2c3f5e1.b7ad6b7169203331`.
record CommandSpan(TraceParent context, Instant begin, Optional<String> parentId) {
    private static final String OURS = "keyfold=";
    private static final String MORE = ",";
    private static final int HEX = 16;

    /// By the W3C's recommendation a longer one may be cut off by anybody.
    private static final int LONGEST_STATE = 512;

    /// What an answer's headers tell; empty if its command was sent by a workflow without traces.
    static Optional<CommandSpan> of(Headers answer) {
        return TraceParent.of(answer).flatMap(
                context -> members(answer).filter(member -> member.startsWith(OURS)).findFirst()
                        .flatMap(member -> parse(context, member.substring(OURS.length()))));
    }

    private static Optional<CommandSpan> parse(TraceParent context, String told) {
        String[] parts = told.split("\\.", 2);
        try {
            return Optional.of(
                    new CommandSpan(
                            context,
                            Instant.ofEpochMilli(Long.parseLong(parts[0], HEX)),
                            parts.length == 2 ? Optional.of(context.at(parts[1]).toString())
                                    .flatMap(TraceParent::parse).map(TraceParent::spanId)
                                    : Optional.empty()));
        } catch (NumberFormatException e) { // whoever wrote it, it was not us
            return Optional.empty();
        }
    }

    /// The header `tracestate`: ours, then what others have written there.
    String state(String others) {
        String ours = OURS + Long.toHexString(begin.toEpochMilli()) + parentId.map(parent -> "." + parent).orElse("");
        return others.isEmpty() || ours.length() + MORE.length() + others.length() > LONGEST_STATE ? ours
                : ours + MORE + others;
    }

    /// What others than we have written into a record's `tracestate`.
    static String othersState(Headers headers) {
        return members(headers).filter(member -> !member.startsWith(OURS)).collect(Collectors.joining(MORE));
    }

    private static Stream<String> members(Headers headers) {
        return CloudEventHeaders.text(headers, CloudEventHeaders.TRACE_STATE).stream()
                .flatMap(state -> Arrays.stream(state.split(MORE, -1)))
                .map(String::strip)
                .filter(member -> !member.isEmpty());
    }
}
