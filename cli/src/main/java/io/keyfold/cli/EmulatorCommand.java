package io.keyfold.cli;

import io.keyfold.emulator.Emulator;
import io.keyfold.emulator.EmulatorSettings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;

/// `keyfold emulator`: IBM Cloud as the workers see it, in the foreground.
@Command(
        name = "emulator",
        mixinStandardHelpOptions = true,
        description = "Runs IBM Cloud's IAM, Resource Controller and Key Protect as the workers see them, on one port.",
        footer = "API keys it knows from the start: KEYFOLD_API_KEYS. Its state and faults: GET /emulator/state.")
final class EmulatorCommand extends Configured implements Callable<Integer> {
    /// Where `--cloud emulator` looks for it.
    static final int USUAL_PORT = 8484;

    @Override
    ConfigDef settings() {
        return EmulatorSettings.DEFINITION;
    }

    @Override
    Map<String, String> assumed() {
        return Map.of(EmulatorSettings.PORT, String.valueOf(USUAL_PORT));
    }

    @Override
    public Integer call() {
        var emulator = Foreground.start("emulator", () -> Emulator.start(resolve()));
        return Foreground.run("emulator", emulator.server().baseUrl().toString(), emulator);
    }
}
