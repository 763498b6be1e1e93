package io.keyfold.schemas;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// The configured deserializer, held to the topic's one record type.
record TopicDeserializer<T extends SpecificRecord>(Topic<T> topic, Deserializer<Object> avro)
        implements Deserializer<T> {
    @Override
    public @Nullable T deserialize(String name, byte @Nullable [] value) {
        return expected(avro.deserialize(topic.name(), value));
    }

    @Override
    public @Nullable T deserialize(String name, Headers headers, byte @Nullable [] value) {
        return expected(avro.deserialize(topic.name(), headers, value));
    }

    private @Nullable T expected(@Nullable Object value) {
        if (value == null || topic.recordClass().isInstance(value)) {
            return topic.recordClass().cast(value);
        }
        throw new WrongRecordTypeException("Topic " + topic.name() + " carries " + topic.recordClass().getSimpleName()
                + " records, but this one is a " + value.getClass().getName());
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
