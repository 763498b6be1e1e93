package io.keyfold.workflow.stream;

import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.HeaderEntry;
import io.keyfold.contract.MisplacedRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// A record as it lay in Kafka, not yet decoded.
record SourceRecord(
        String topic,
        int partition,
        long offset,
        Instant timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers) {
    static SourceRecord of(Record<byte[], byte[]> record, RecordMetadata metadata) {
        return new SourceRecord(
                metadata.topic(),
                metadata.partition(),
                metadata.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                record.headers());
    }

    /// The request that was sent on to the right partition, as it lay in the wrong one.
    static SourceRecord unwrap(MisplacedRequest wrapped) {
        Headers headers = new RecordHeaders();
        wrapped.getOriginalHeaders().forEach(entry -> headers.add(entry.getKey(), bytes(entry.getValue())));
        return new SourceRecord(
                wrapped.getSourceTopic(),
                wrapped.getSourcePartition(),
                wrapped.getSourceOffset(),
                wrapped.getSourceTimestamp(),
                bytes(wrapped.getOriginalKey()),
                bytes(wrapped.getOriginalValue()),
                headers);
    }

    MisplacedRequest wrapped() {
        return MisplacedRequest.newBuilder()
                .setSourceTopic(topic)
                .setSourcePartition(partition)
                .setSourceOffset(offset)
                .setSourceTimestamp(timestamp)
                .setOriginalKey(buffer(key))
                .setOriginalValue(buffer(value))
                .setOriginalHeaders(headerEntries())
                .build();
    }

    DeadLetter deadLetter(DeadLetterReason reason, String message, String writtenBy, Instant now) {
        return DeadLetter.newBuilder()
                .setReason(reason)
                .setMessage(message)
                .setSourceTopic(topic)
                .setSourcePartition(partition)
                .setSourceOffset(offset)
                .setSourceTimestamp(timestamp)
                .setOriginalKey(buffer(key))
                .setOriginalValue(buffer(value))
                .setOriginalHeaders(headerEntries())
                .setWrittenBy(writtenBy)
                .setWrittenAt(now)
                .build();
    }

    /// Where it lay, for messages: it can be looked up there by any client.
    String place() {
        return place(topic, partition, offset);
    }

    static String place(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    private List<HeaderEntry> headerEntries() {
        List<HeaderEntry> entries = new ArrayList<>();
        headers.forEach(header -> entries.add(HeaderEntry.newBuilder()
                .setKey(header.key())
                .setValue(buffer(header.value()))
                .build()));
        return entries;
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
