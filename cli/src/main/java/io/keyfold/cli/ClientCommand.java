package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import org.apache.kafka.common.config.ConfigDef;

/// What commands that talk to Kafka and the registry share: how they find them.
abstract class ClientCommand extends Configured {
    @Override
    ConfigDef settings() {
        return Connection.settings();
    }

    final Connection connection() {
        return new Connection(resolve());
    }

    /// `hpc-1` is short for `default/hpc-1`.
    static String clusterId(String cluster) {
        return cluster.contains("/") ? cluster : "default/" + cluster;
    }
}
