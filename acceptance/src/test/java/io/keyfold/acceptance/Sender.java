package io.keyfold.acceptance;

import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Sends records to a site as they are, bad ones too.
final class Sender implements AutoCloseable {
    private final AvroSerdes serdes;
    private final KafkaProducer<byte[], byte[]> producer;

    Sender(Site site) {
        serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", site.registryUrl())));
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, site.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// A record's value as it lies in its topic.
    <T extends SpecificRecord> byte[] bytes(Topic<T> topic, T value) {
        try (var serializer = serdes.serializer(topic)) {
            return serializer.serialize(topic.name(), value);
        }
    }

    /// @return where it lies now
    RecordMetadata send(Topic<?> topic, byte @Nullable [] key, byte @Nullable [] value) {
        try {
            return producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Not sent", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
