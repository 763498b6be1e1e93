package io.keyfold.schemas;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/// Serializers and deserializers of the topics' values, in the Confluent wire format.
///
/// What it hands out is closed by whoever asked for it.
public final class AvroSerdes {
    static {
        // The one place where this is decided.
        ContractClasses.trust();
    }

    private final SerdeSettings settings;

    public AvroSerdes(SerdeSettings settings) {
        this.settings = settings;
    }

    public <T extends SpecificRecord> Serializer<T> serializer(Topic<T> topic) {
        @SuppressWarnings("unchecked") // whatever the record: it is the serializer that judges it
        Serializer<Object> avro = ClassByName.create(
                Serializer.class, settings.serializerClass(), SerdeSettings.SERIALIZER_CLASS);
        avro.configure(settings.forSerdes(), false);
        return settings.writesOneSchemaById() ? new LearningSerializer<>(topic, avro)
                : new TopicSerializer<>(topic, avro);
    }

    /// Reads this topic's record and nothing else: another record type is refused as unreadable.
    public <T extends SpecificRecord> Deserializer<T> deserializer(Topic<T> topic) {
        @SuppressWarnings("unchecked") // what it reads is looked at before it is handed out
        Deserializer<Object> avro = ClassByName.create(
                Deserializer.class, settings.deserializerClass(), SerdeSettings.DESERIALIZER_CLASS);
        avro.configure(settings.forSerdes(), false);
        return new TopicDeserializer<>(topic, avro);
    }

    public <T extends SpecificRecord> Serde<T> serde(Topic<T> topic) {
        return Serdes.serdeFrom(serializer(topic), deserializer(topic));
    }

    /// Like a deserializer, for those who must tell what can never be read from what cannot be read now.
    public <T extends SpecificRecord> RecordDecoder<T> decoder(Topic<T> topic) {
        return new RecordDecoder<>(topic, deserializer(topic));
    }

    /// Writes under the topic's own name whatever name the caller has: the schema's subject follows from it.
    private record TopicSerializer<T extends SpecificRecord>(Topic<T> topic, Serializer<Object> avro)
            implements Serializer<T> {
        @Override
        public byte[] serialize(String name, T value) {
            return avro.serialize(topic.name(), value);
        }

        @Override
        public byte[] serialize(String name, Headers headers, T value) {
            return avro.serialize(topic.name(), headers, value);
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
}
