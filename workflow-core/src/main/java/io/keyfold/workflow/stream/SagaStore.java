package io.keyfold.workflow.stream;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Saga;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Every cluster's saga, by its id.
///
/// A cluster's events come close together, so the sagas that were written last are kept as they are: reading one again is most
/// of the work of a small event. All that changes a saga comes through here, and whoever takes over its task begins with
/// nothing kept, so what is kept is what is stored.
final class SagaStore {
    /// Of each task; a saga takes some kilobytes.
    private static final int KEPT = 256;

    private final KeyValueStore<String, byte[]> store;
    private final Map<ClusterId, Saga> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClusterId, Saga> eldest) {
            return size() > KEPT;
        }
    };

    SagaStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    Saga get(ClusterId cluster) {
        Saga known = kept.get(cluster);
        if (known != null) {
            return known;
        }
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

    void put(Saga saga, byte[] encoded) {
        store.put(saga.cluster().toString(), encoded);
        kept.put(saga.cluster(), saga);
    }
}
