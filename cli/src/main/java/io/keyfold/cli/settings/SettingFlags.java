package io.keyfold.cli.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Gives a command one flag for each setting that its process declares, and collects what was given.
public final class SettingFlags {
    private static final String CONFIG = "--config";
    private static final String PROPERTY = "--property";

    /// How settings of Kafka's and the registry's clients end that hold a password, a token or a private key.
    private static final Pattern SECRET = Pattern.compile(
            ".*\\b(?:password|secret|jaas\\.config|user\\.info|auth\\.token|keystore\\.key|private\\.key|api\\.key|vault\\.token)");

    /// A shorter name that people expect.
    public static final Map<String, String> SHORT_NAMES = Map.of(
            "schema.registry.url", "--registry-url",
            "listen.host", "--host",
            "listen.port", "--port",
            "gateway.host", "--host",
            "gateway.port", "--port");

    private SettingFlags() {}

    /// Adds the flags of `settings`. Secrets get none: arguments are seen by every user of the machine.
    ///
    /// @param assumed defaults that win over the settings' own
    public static void addTo(CommandSpec command, ConfigDef settings, Map<String, String> assumed) {
        for (var key : settings.configKeys().values()) {
            if (key.type != ConfigDef.Type.PASSWORD) {
                command.addOption(option(key, assumed));
            }
        }
        command.addOption(OptionSpec.builder(CONFIG)
                .type(Path.class)
                .paramLabel("FILE")
                .description("Properties file with settings (KEYFOLD_CONFIG); flags and environment win over it.")
                .build());
        command.addOption(OptionSpec.builder(PROPERTY)
                .type(Map.class)
                .auxiliaryTypes(String.class, String.class)
                .paramLabel("NAME=VALUE")
                .description("Any other setting, for example kafka.security.protocol=SSL for Kafka's clients or"
                        + " registry.http.read.timeout.ms=3000 for the registry's. A secret is none: it belongs into the"
                        + " environment or the settings file.")
                .build());
    }

    /// What was given for the process that declares `settings`.
    ///
    /// @param all the names that any process declares; asked for only if there is a file, which may serve them all
    public static Map<String, String> resolve(ParseResult given, ConfigDef settings, Supplier<Set<String>> all) {
        var flags = new TreeMap<String, String>(given.matchedOptionValue(PROPERTY, Map.of()));
        flags.keySet().stream().filter(name -> SECRET.matcher(name).matches()).findFirst()
                .ifPresent(SettingFlags::refuseSecret);
        for (var key : settings.configKeys().values()) {
            if (key.type == ConfigDef.Type.PASSWORD) {
                flags.keySet().stream().filter(name -> name.equals(key.name) || name.endsWith("." + key.name))
                        .findFirst().ifPresent(SettingFlags::refuseSecret);
            }
            if (given.hasMatchedOption(SettingSources.flagOf(key.name))) {
                flags.put(key.name, given.matchedOptionValue(SettingSources.flagOf(key.name), ""));
            }
        }
        var file = given.matchedOptionValue(CONFIG, Path.of(System.getenv().getOrDefault("KEYFOLD_CONFIG", "")));
        var environment = System.getenv();
        if (file.toString().isEmpty()) {
            return new SettingSources(flags, environment, Map.of()).resolve(settings.names(), Set.of());
        }
        return new SettingSources(flags, environment, SettingSources.read(file)).resolve(settings.names(), all.get());
    }

    /// `account.prod.ibm.api.key` is as secret as `ibm.api.key`.
    private static void refuseSecret(String name) {
        throw new InvalidSetting(name + " is a secret, and every user of this machine can read a command's"
                + " arguments. Set " + SettingSources.variableOf(name) + " or write it in the settings file");
    }

    private static OptionSpec option(ConfigKey key, Map<String, String> assumed) {
        var names = new ArrayList<>(List.of(SettingSources.flagOf(key.name)));
        if (SHORT_NAMES.containsKey(key.name)) {
            names.add(SHORT_NAMES.get(key.name));
        }
        return OptionSpec.builder(names.toArray(String[]::new))
                .type(String.class)
                .paramLabel("VALUE")
                .description(describe(key, assumed))
                .build();
    }

    private static String describe(ConfigKey key, Map<String, String> assumed) {
        var text = key.documentation == null ? "" : key.documentation;
        var ownDefault = key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : null;
        var value = assumed.getOrDefault(key.name, ownDefault == null ? "" : ownDefault);
        // picocli reads % as the beginning of a format.
        return (text + (value.isEmpty() ? "" : " Default: " + value)).replace("%", "%%");
    }
}
