package io.keyfold.acceptance;

import java.util.Map;

/// Whoever asks for clusters; returns when Kafka has the request, however long that takes.
interface Orchestrator extends AutoCloseable {
    /// Asks for a new instance and key in us-south.
    ///
    /// @param otherwise fields of the request that are not as usual
    /// @return the cluster
    String deploy(String prefix, Map<String, ?> otherwise);

    /// @param action as the contract names it
    void control(String cluster, String action, String requestId);

    @Override
    void close();
}
