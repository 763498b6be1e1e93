package io.keyfold.workflow.stream;

import io.keyfold.contract.SourcePosition;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Why a saga is folded: a record, or time.
///
/// @param position empty if time is the cause
/// @param headers  the record's, whose trace is passed on
/// @param since    when it was taken up
record Cause(Optional<SourcePosition> position, Headers headers, Instant since) {
    static Cause time(Instant now) {
        return new Cause(Optional.empty(), new RecordHeaders(), now);
    }

    static Cause of(SourceRecord record, TopicFacts topics, Instant now) {
        SourcePosition position = SourcePosition.newBuilder()
                .setTopic(record.topic())
                .setTopicId(topics.id(record.topic()))
                .setPartition(record.partition())
                .setOffset(record.offset())
                .build();
        return new Cause(Optional.of(position), record.headers(), now);
    }

    /// Whether somebody outside asked for something.
    boolean isRequest() {
        return position.filter(at -> SagaInputs.isRequest(at.getTopic())).isPresent();
    }

    /// Where it lay, for ever unique; empty if time is the cause.
    String place() {
        return position.map(at -> at.getTopic() + "-" + at.getPartition() + "@" + at.getOffset()).orElse("");
    }
}
