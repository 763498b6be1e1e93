package io.keyfold.workflow.stream;

import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.SchemaLookUp;
import io.keyfold.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/// The one set of serializers and deserializers that all tasks of a process share.
///
/// Each has a registry client with a cache of its own: one a task would ask the registry 24 times for everything.
final class ContractSerdes implements AutoCloseable {
    private final Map<Topic<?>, Serializer<?>> serializers = new HashMap<>();
    private final Map<Topic<?>, RecordDecoder<?>> decoders = new HashMap<>();

    ContractSerdes(AvroSerdes serdes) {
        WorkflowTopology.SOURCES.forEach(topic -> decoders.put(topic, serdes.decoder(topic)));
        WorkflowTopology.SINKS.forEach(topic -> serializers.put(topic, serdes.serializer(topic)));
    }

    @SuppressWarnings("unchecked") // filled with pairs of one type
    <T extends SpecificRecord> byte[] serialize(Topic<T> topic, T value) {
        return ((Serializer<T>) of(serializers, topic)).serialize(topic.name(), value);
    }

    @SuppressWarnings("unchecked")
    <T extends SpecificRecord> RecordDecoder<T> decoder(Topic<T> topic) {
        return (RecordDecoder<T>) of(decoders, topic);
    }

    /// Looks up every schema that is written, so that no record ever waits for the registry on its way out.
    ///
    /// @return the first answer that is not what it must be; empty if there is none
    Optional<SchemaLookUp> lookUpWhatIsWritten() {
        return serializers.keySet().stream()
                .map(this::lookUp)
                .filter(answer -> !(answer instanceof SchemaLookUp.Known))
                .findFirst();
    }

    @SuppressWarnings("unchecked")
    private <T extends SpecificRecord> SchemaLookUp lookUp(Topic<T> topic) {
        return SchemaLookUp.of(topic, (Serializer<T>) of(serializers, topic));
    }

    private static <V> V of(Map<Topic<?>, V> map, Topic<?> topic) {
        V found = map.get(topic);
        if (found == null) {
            throw new IllegalArgumentException("The workflow has no serde for " + topic);
        }
        return found;
    }

    @Override
    public void close() {
        decoders.values().forEach(RecordDecoder::close);
        serializers.values().forEach(Serializer::close);
    }
}
