package io.keyfold.workflow.stream;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Saga;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Every cluster's saga, by its id.
final class SagaStore {
    private final KeyValueStore<String, byte[]> store;

    SagaStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    Saga get(ClusterId cluster) {
        byte[] bytes = store.get(cluster.toString());
        return bytes == null ? Saga.unknown(cluster) : StateCodec.SAGA.decode(bytes);
    }

    void forEach(Consumer<Saga> what) {
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> what.accept(StateCodec.SAGA.decode(entry.value)));
        }
    }

    void put(ClusterId cluster, byte[] encoded) {
        store.put(cluster.toString(), encoded);
    }
}
