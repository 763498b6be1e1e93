package io.keyfold.workflow.stream;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Saga;
import java.util.Optional;
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

    /// Some sagas in the order of their ids.
    ///
    /// @param from the first id
    /// @return where to go on; empty if these were the last
    Optional<String> forSome(String from, int atMost, Consumer<Saga> what) {
        try (KeyValueIterator<String, byte[]> sagas = store.range(from, null)) {
            for (int seen = 0; sagas.hasNext(); seen++) {
                if (seen == atMost) {
                    return Optional.of(sagas.peekNextKey());
                }
                what.accept(StateCodec.SAGA.decode(sagas.next().value));
            }
        }
        return Optional.empty();
    }

    void put(ClusterId cluster, byte[] encoded) {
        store.put(cluster.toString(), encoded);
    }
}
