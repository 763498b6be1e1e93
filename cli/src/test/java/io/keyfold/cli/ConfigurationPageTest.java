package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.settings.SettingFlags;
import io.keyfold.cli.settings.SettingSources;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `docs/configuration.md` is written from the declarations; `-Dkeyfold.docs=write` writes it anew.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void every_setting_with_its_default_stands_in_the_documents() throws IOException {
        String text = page();
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE).as("stale: run with -Dkeyfold.docs=write").hasContent(text);
    }

    private static String page() {
        return """
                # Settings

                <!-- Written by ConfigurationPageTest: run it with -Dkeyfold.docs=write -->

                Every process takes its settings from flags, environment and file, in that order. The setting `poll.ms` is
                the flag `--poll-ms`, the variable `KEYFOLD_POLL_MS` and the line `poll.ms=…` of the file named by
                `--config`. One file may serve all processes. A secret has no flag. Any other property of Kafka's clients
                is passed on with the prefix `kafka.`, of the registry's client with the prefix `registry.`.

                Some flags have a shorter name too:
                %s.

                """
                .formatted(shortNames())
                + table("keyfold workflow", WorkflowSettings.DEFINITION, new WorkflowCommand().assumed())
                + table("keyfold worker", WorkerSettings.DEFINITION, new WorkerCommand().assumed())
                + table("keyfold gateway", GatewaySettings.DEFINITION, new GatewayCommand().assumed())
                + table("keyfold emulator", EmulatorSettings.DEFINITION, new EmulatorCommand().assumed())
                + table("keyfold doctor and keyfold sweep", new DoctorCommand().settings(),
                        new DoctorCommand().assumed())
                + table("all other commands", Connection.settings(), Map.of())
                + emulator();
    }

    private static String shortNames() {
        return new TreeMap<>(SettingFlags.SHORT_NAMES).entrySet().stream()
                .map(name -> "`" + name.getValue() + "` for `" + SettingSources.flagOf(name.getKey()) + "`")
                .collect(Collectors.joining(",\n"));
    }

    private static String emulator() {
        var text = new StringBuilder(
                """
                        ## What --cloud emulator assumes
                        `keyfold worker`, `doctor` and `sweep` take these values with `--cloud emulator` (or `KEYFOLD_CLOUD=emulator`),
                        each command those of its own settings. The address is what `--emulator-url` (`KEYFOLD_EMULATOR_URL`) says.
                        What is set by flag, environment or file wins.

                        | setting | value |
                        | --- | --- |
                        """);
        new TreeMap<>(CloudOptions.ofEmulator(CloudOptions.USUAL_EMULATOR)).forEach(
                (name, value) -> text.append("| `").append(name).append("` | `").append(value).append("` |\n"));
        return text.toString();
    }

    private static String table(String what, ConfigDef definition, Map<String, String> assumed) {
        var text = new StringBuilder(
                "## " + what + "\n| setting | type | default | meaning |\n| --- | --- | --- | --- |\n");
        definition.configKeys().values().stream()
                .sorted(Comparator.comparing((ConfigDef.ConfigKey key) -> key.importance)
                        .thenComparing(key -> key.name))
                .forEach(key -> text.append("| `").append(key.name).append("` | ")
                        .append(key.type.name().toLowerCase(Locale.ROOT)).append(" | ").append(defaultOf(key, assumed))
                        .append(" | ").append(key.documentation.replace("|", "\\|").replace("<", "\\<"))
                        .append(" |\n"));
        return text.append('\n').toString();
    }

    private static String defaultOf(ConfigDef.ConfigKey key, Map<String, String> assumed) {
        if (key.type == ConfigDef.Type.PASSWORD) {
            return "hidden";
        }
        if (assumed.containsKey(key.name)) {
            return "`" + assumed.get(key.name) + "`";
        }
        if (!key.hasDefault()) {
            return "required";
        }
        return key.defaultValue == null || key.defaultValue.toString().isEmpty() ? "–" : "`" + key.defaultValue + "`";
    }
}
