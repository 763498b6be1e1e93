package io.keyfold.workflow.stream;

import io.keyfold.contract.SourcePosition;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Why a saga is folded: a record, or time.
///
/// @param position empty if time is the cause
/// @param headers  the record's, whose trace is passed on
record Cause(Optional<SourcePosition> position, Headers headers) {
    static Cause time() {
        return new Cause(Optional.empty(), new RecordHeaders());
    }

    static Cause of(SourceRecord record, TopicFacts topics) {
        SourcePosition position = SourcePosition.newBuilder()
                .setTopic(record.topic())
                .setTopicId(topics.id(record.topic()))
                .setPartition(record.partition())
                .setOffset(record.offset())
                .build();
        return new Cause(Optional.of(position), record.headers());
    }
}
