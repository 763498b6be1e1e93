package io.keyfold.cli;

import io.keyfold.cli.settings.SettingFlags;
import io.keyfold.cli.topic.Connection;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What commands that talk to Kafka and the registry share: how they find them.
abstract class ClientCommand implements Configured {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public ConfigDef settings() {
        return Connection.settings();
    }

    final Connection connection() {
        return new Connection(resolve());
    }

    final Map<String, String> resolve() {
        return SettingFlags.resolve(command.commandLine().getParseResult(), settings(), EverySetting::names);
    }

    /// `hpc-1` is short for `default/hpc-1`.
    static String clusterId(String cluster) {
        return cluster.contains("/") ? cluster : "default/" + cluster;
    }
}
