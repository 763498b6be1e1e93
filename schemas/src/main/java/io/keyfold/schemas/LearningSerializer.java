package io.keyfold.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes as Confluent's serializer does, and asks it only until it has been seen how.
///
/// For each record that serializer looks up again which id the registry has for the schema, for which it hashes all of the
/// schema; that takes longer than to write the record. But an id belongs to one schema for ever. So once it has written a
/// record as the wire format says (a zero byte, the four of the id, the record's own bytes), the same five bytes go before
/// all that follow. What is written in any other way (in headers, changed by rules) is left to it for good.
final class LearningSerializer<T extends SpecificRecord> implements Serializer<T> {
    private static final int USUAL_SIZE = 512;

    private final Topic<T> topic;
    private final Serializer<Object> avro;
    private final SpecificDatumWriter<T> writer;
    private volatile byte @Nullable [] learned;

    /// @param avro is closed with this
    LearningSerializer(Topic<T> topic, Serializer<Object> avro) {
        this.topic = topic;
        this.avro = avro;
        SpecificData model = SpecificData.getForClass(topic.recordClass());
        this.writer = new SpecificDatumWriter<>(model.getSchema(topic.recordClass()), model);
    }

    @Override
    public byte[] serialize(String name, T value) {
        return serialize(name, new RecordHeaders(), value);
    }

    /// Under the topic's own name, whatever name the caller has: the schema's subject follows from it.
    @Override
    public byte[] serialize(String name, Headers headers, T value) {
        byte[] prefix = learned;
        if (prefix != null) {
            return write(prefix, value);
        }
        int before = headers.toArray().length;
        byte[] bytes = avro.serialize(topic.name(), headers, value);
        if (headers.toArray().length == before) {
            learn(bytes, value);
        }
        return bytes;
    }

    private void learn(byte[] bytes, T value) {
        if (RecordDecoder.hasWireHeader(bytes)) {
            byte[] prefix = Arrays.copyOf(bytes, RecordDecoder.WIRE_HEADER_BYTES);
            if (Arrays.equals(bytes, write(prefix, value))) {
                learned = prefix;
            }
        }
    }

    private byte[] write(byte[] prefix, T value) {
        var bytes = new ByteArrayOutputStream(USUAL_SIZE);
        bytes.writeBytes(prefix);
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) { // a field that is null and must not be, for example
            throw new SerializationException("A record for topic " + topic.name() + " could not be written", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // Configured before it was handed out.
    }

    @Override
    public void close() {
        avro.close();
    }
}
