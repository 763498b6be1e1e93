package io.keyfold.workers.delivery;

import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.HeaderEntry;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes answers and dead letters, and returns when the brokers have them.
///
/// What is in the way of that (no broker, no registry) is waited out, for as long as the command is ours to answer.
final class Publisher<E extends SpecificRecord> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final Topic<E> topic;
    private final Serializer<E> events;
    private final Serializer<DeadLetter> deadLetters;
    private final String source;
    private final Clock clock;
    private final DeliveryMeters meters;

    /// @param source who writes, as the CloudEvents source: `/keyfold/default/root-key`
    Publisher(Producer<byte[], byte[]> producer, AvroSerdes serdes, Topic<E> topic, String source, Clock clock,
            DeliveryMeters meters) {
        this.producer = producer;
        this.topic = topic;
        this.events = serdes.serializer(topic);
        this.deadLetters = serdes.serializer(Topics.DEAD_LETTERS);
        this.source = source;
        this.clock = clock;
        this.meters = meters;
    }

    void answer(ReceivedRecord command, UUID eventId, E event, Instant occurredAt) throws InterruptedException {
        Headers headers = new RecordHeaders();
        CloudEventHeaders.write(headers, topic, eventId.toString(), source, occurredAt, command.headers());
        send(command, topic, events, event, headers);
    }

    /// @param message what is wrong, and what to do next
    void deadLetter(ReceivedRecord record, DeadLetterReason reason, String message) throws InterruptedException {
        LOG.warn("{} goes to {}: {}: {}", record, Topics.DEAD_LETTERS, reason, message);
        DeadLetter letter = DeadLetter.newBuilder()
                .setReason(reason)
                .setMessage(message)
                .setSourceTopic(record.topic())
                .setSourcePartition(record.partition())
                .setSourceOffset(record.offset())
                .setSourceTimestamp(Instant.ofEpochMilli(Math.max(0, record.timestamp())))
                .setOriginalKey(wrapped(record.key()))
                .setOriginalValue(wrapped(record.value()))
                .setOriginalHeaders(entries(record.headers()))
                .setWrittenBy(source)
                .setWrittenAt(clock.instant())
                .build();
        Headers headers = new RecordHeaders();
        UUID id = UUID.nameUUIDFromBytes(record.toString().getBytes(StandardCharsets.UTF_8));
        CloudEventHeaders.write(
                headers, Topics.DEAD_LETTERS, id.toString(), source, letter.getWrittenAt(), record.headers());
        headers.add("keyfold_origin_topic", utf8(record.topic()));
        headers.add("keyfold_origin_partition", utf8(String.valueOf(record.partition())));
        headers.add("keyfold_origin_offset", utf8(String.valueOf(record.offset())));
        headers.add("keyfold_reason", utf8(reason.name()));
        send(record, Topics.DEAD_LETTERS, deadLetters, letter, headers);
        meters.deadLetter(reason);
    }

    private <T extends SpecificRecord> void send(
            ReceivedRecord cause, Topic<T> target, Serializer<T> serializer, T value, Headers headers)
            throws InterruptedException {
        // What was cut off has come to no answer: a send would go out all the same, and only the wait for it would fail.
        if (Thread.interrupted()) {
            throw new InterruptedException(cause + " was cut off before it was answered");
        }
        if (isSent(cause, target, serializer, value, headers)) {
            return;
        }
        meters.waits();
        try {
            for (Duration wait = FIRST_WAIT; !isSentAfter(wait, cause, target, serializer, value, headers);) {
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
            }
        } finally {
            meters.goesOn();
        }
    }

    private <T extends SpecificRecord> boolean isSentAfter(
            Duration wait, ReceivedRecord cause, Topic<T> target, Serializer<T> serializer, T value, Headers headers)
            throws InterruptedException {
        if (!cause.isOurs()) {
            throw new InterruptedException(cause + " belongs to another process now, which does it again");
        }
        Thread.sleep(wait);
        return isSent(cause, target, serializer, value, headers);
    }

    /// @return false if something that may pass was in the way
    private <T extends SpecificRecord> boolean isSent(
            ReceivedRecord cause, Topic<T> target, Serializer<T> serializer, T value, Headers headers)
            throws InterruptedException {
        try {
            byte[] bytes = serializer.serialize(target.name(), headers, value);
            producer.send(new ProducerRecord<>(target.name(), null, null, cause.key(), bytes, headers)).get();
            return true;
        } catch (ExecutionException e) {
            rethrowUnlessPassing(e.getCause());
            LOG.warn("{} is not answered yet, trying again: {}", cause, String.valueOf(e.getCause()));
        } catch (InterruptException e) { // restored the flag, which InterruptedException stands for
            throw stopped(cause, e);
        } catch (SerializationException | RetriableException e) {
            // Confluent's serializer says so when the registry is down or does not know the schema yet.
            LOG.warn("{} is not answered yet, trying again: {}", cause, e.toString());
        }
        return false;
    }

    Monitor.Followed showTo(Monitor monitor) {
        return monitor.follow(producer);
    }

    private static InterruptedException stopped(ReceivedRecord cause, InterruptException e) {
        InterruptedException stop = new InterruptedException(cause + " was not answered before the end");
        stop.initCause(e);
        return stop;
    }

    private static void rethrowUnlessPassing(@Nullable Throwable failure) {
        if (!(failure instanceof RetriableException)) {
            throw failure instanceof KafkaException known ? known : new KafkaException(failure);
        }
    }

    private static @Nullable ByteBuffer wrapped(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static List<HeaderEntry> entries(Headers headers) {
        List<HeaderEntry> entries = new ArrayList<>();
        for (Header header : headers) {
            entries.add(HeaderEntry.newBuilder().setKey(header.key()).setValue(wrapped(header.value())).build());
        }
        return entries;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
        events.close();
        deadLetters.close();
    }
}
