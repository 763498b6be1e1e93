package io.keyfold.cli;

import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.workers.CredentialSettings;
import io.keyfold.workers.WorkerSettings;
import java.util.Map;
import picocli.CommandLine.Option;

/// Which cloud a process works with.
final class CloudOptions {
    /// The clouds there are.
    enum Cloud {
        IBM,
        EMULATOR
    }

    static final String USUAL_EMULATOR = "http://127.0.0.1:" + EmulatorCommand.USUAL_PORT;

    @Option(
            names = "--cloud",
            defaultValue = "${env:KEYFOLD_CLOUD:-IBM}",
            description = "ibm (default) or emulator (KEYFOLD_CLOUD). The workers are the very same.")
    private Cloud cloud = Cloud.IBM;

    @Option(
            names = "--emulator-url",
            paramLabel = "URL",
            defaultValue = "${env:KEYFOLD_EMULATOR_URL:-" + USUAL_EMULATOR + "}",
            description = "With --cloud emulator: where it is (KEYFOLD_EMULATOR_URL). Default: " + USUAL_EMULATOR + ".")
    private String emulatorUrl = "";

    /// What the choice says about settings; nothing for IBM's own cloud, whose addresses are the settings' defaults.
    Map<String, String> assumed() {
        return cloud == Cloud.IBM ? Map.of() : ofEmulator(emulatorUrl);
    }

    /// How workers reach an emulator that was started without further settings.
    static Map<String, String> ofEmulator(String url) {
        return Map.of(
                WorkerSettings.IAM_URL, url,
                WorkerSettings.RESOURCE_CONTROLLER_URL, url,
                WorkerSettings.KEY_PROTECT_URL, url,
                CredentialSettings.API_KEY, EmulatorSettings.USUAL_API_KEY,
                WorkerSettings.ACCOUNT_ID, EmulatorSettings.USUAL_ACCOUNT);
    }
}
