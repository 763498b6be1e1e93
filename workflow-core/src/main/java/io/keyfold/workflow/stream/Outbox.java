package io.keyfold.workflow.stream;

import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Makes records ready to be sent: value, key, headers, and whether they are small enough.
///
/// A record that is too large would fail in the producer and take its whole transaction with it, again and again; so it
/// is found out before anything is written.
final class Outbox {
    /// The header of a batch, and the lengths and varints of the one record in it; generously.
    private static final int OVERHEAD = 200;
    private static final int OVERHEAD_PER_HEADER = 10;

    private final ContractSerdes serdes;
    private final TopicFacts topics;
    private final String source;

    Outbox(ContractSerdes serdes, TopicFacts topics, String installation) {
        this.serdes = serdes;
        this.topics = topics;
        this.source = "/keyfold/" + installation + "/workflow";
    }

    /// @param id    unique for this source, and the same again after a replay
    /// @param cause headers of the record that led to it; empty if time did
    <T extends SpecificRecord> Outgoing prepare(
            Topic<T> topic, byte @Nullable [] key, T value, String id, Instant now, Headers cause) {
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(headers, topic, id, source, now, cause);
        byte[] bytes = serdes.serialize(topic, value);
        return new Outgoing(
                topic,
                new Record<>(key, bytes, now.toEpochMilli(), headers),
                size(key, bytes, headers) <= topics.maxMessageBytes(topic));
    }

    /// The original whole and untouched, unless even that is too large: then it says where the original lies.
    Outgoing deadLetter(SourceRecord record, DeadLetterReason reason, String message, Instant now) {
        Outgoing whole = prepareDeadLetter(record, record.deadLetter(reason, message, source, now), now);
        if (whole.fits()) {
            return whole;
        }
        DeadLetter without = record.deadLetter(
                reason, message + " The original is too large to be repeated here: it lies at " + record.place() + ".",
                source, now);
        without = DeadLetter.newBuilder(without)
                .setOriginalKey(null)
                .setOriginalValue(null)
                .setOriginalHeaders(List.of())
                .build();
        SourceRecord keyless = new SourceRecord(
                record.topic(), record.partition(), record.offset(), record.timestamp(), null, null,
                new RecordHeaders());
        return prepareDeadLetter(keyless, without, now);
    }

    private Outgoing prepareDeadLetter(SourceRecord record, DeadLetter letter, Instant now) {
        Outgoing outgoing =
                prepare(Topics.DEAD_LETTERS, record.key(), letter, record.place(), now, record.headers());
        Headers headers = outgoing.record().headers();
        put(headers, "keyfold_origin_topic", record.topic());
        put(headers, "keyfold_origin_partition", String.valueOf(record.partition()));
        put(headers, "keyfold_origin_offset", String.valueOf(record.offset()));
        put(headers, "keyfold_reason", letter.getReason().name());
        return outgoing;
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static int size(byte @Nullable [] key, byte[] value, Headers headers) {
        int size = OVERHEAD + (key == null ? 0 : key.length) + value.length;
        for (Header header : headers) {
            size += OVERHEAD_PER_HEADER + header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}
