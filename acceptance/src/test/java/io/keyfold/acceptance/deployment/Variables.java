package io.keyfold.acceptance.deployment;

import io.keyfold.cli.settings.SettingSources;
import io.keyfold.cli.topic.Connection;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// The variables that our processes take from their environment. Others they pass over without a word, so a name that is
/// misspelt in a manifest would never be found out.
final class Variables {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Map<String, ConfigDef> SETTINGS = Map.of(
            "workflow", WorkflowSettings.DEFINITION,
            "worker", WorkerSettings.DEFINITION,
            "gateway", GatewaySettings.DEFINITION,
            "emulator", EmulatorSettings.DEFINITION,
            "topics", Connection.settings(),
            "broker", new ConfigDef(),
            "registry", new ConfigDef());

    /// Named in the command line's own sources and in the launcher: KEYFOLD_CONFIG, KEYFOLD_READY_FILE …
    private static final Set<String> OTHERS = others();

    private Variables() {}

    /// Whether the command is one that can be started.
    static boolean isCommand(String command) {
        return SETTINGS.containsKey(command);
    }

    /// Whether the process that this command starts looks at the variable.
    static boolean isKnown(String command, String variable) {
        var definition = SETTINGS.get(command);
        return definition != null && (OTHERS.contains(variable) || variables(definition).contains(variable));
    }

    /// Whether any process looks at it.
    static boolean isKnown(String variable) {
        return SETTINGS.keySet().stream().anyMatch(command -> isKnown(command, variable));
    }

    /// Whether it holds what nobody may see.
    static boolean isSecret(String variable) {
        return SETTINGS.values().stream().flatMap(definition -> definition.configKeys().values().stream())
                .anyMatch(key -> key.type == ConfigDef.Type.PASSWORD && variable(key.name).equals(variable));
    }

    /// Reads them as the process does.
    ///
    /// @throws ConfigException if it does not take them
    static void read(String command, Map<String, String> environment) {
        var definition = Objects.requireNonNull(SETTINGS.get(command));
        var settings = new SettingSources(Map.of(), environment, Map.of()).resolve(definition.names(), Set.of());
        switch (command) {
            case "workflow" -> WorkflowSettings.of(settings);
            case "worker" -> WorkerSettings.of(settings);
            case "gateway" -> GatewaySettings.of(settings);
            case "topics" -> new Connection(settings).serdeSettings();
            default -> throw new IllegalArgumentException(command);
        }
    }

    static String variable(String setting) {
        return "KEYFOLD_" + setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static Set<String> variables(ConfigDef definition) {
        return definition.names().stream().map(Variables::variable).collect(Collectors.toSet());
    }

    private static Set<String> others() {
        var found = new TreeSet<String>();
        var named = Pattern.compile("(?:\"|env:)(KEYFOLD_[A-Z_]*[A-Z])\\b");
        try (var sources = Files.walk(ROOT.resolve("cli/src/main/java"))) {
            for (var source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                named.matcher(Files.readString(source)).results().forEach(match -> found.add(match.group(1)));
            }
            Pattern.compile("(?m)^#   (KEYFOLD_[A-Z_]+)").matcher(Files.readString(ROOT.resolve("keyfold"))).results()
                    .forEach(match -> found.add(match.group(1)));
        } catch (IOException e) {
            throw new IllegalStateException("The sources cannot be read", e);
        }
        return found;
    }
}
