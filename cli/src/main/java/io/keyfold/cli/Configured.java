package io.keyfold.cli;

import io.keyfold.cli.settings.SettingFlags;
import io.keyfold.workers.CredentialSettings;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that takes settings: each of them becomes a flag.
abstract class Configured {
    @Spec
    private CommandSpec command = CommandSpec.create();

    /// What can be set.
    abstract ConfigDef settings();

    /// What this command takes for granted where nothing was said; wins over the settings' own defaults.
    Map<String, String> assumed() {
        return Map.of();
    }

    /// What was said, by flag, environment or file, and what is taken for granted otherwise.
    final Map<String, String> resolve() {
        var given = SettingFlags.resolve(command.commandLine().getParseResult(), settings(), EverySetting::names);
        var complete = new TreeMap<>(assumed());
        if (CredentialSettings.areIn(given)) { // one way to authenticate takes the place of another
            complete.keySet().removeAll(CredentialSettings.ALL);
        }
        complete.putAll(given);
        return complete;
    }
}
