package io.keyfold.cli.settings;

import io.keyfold.workflow.wire.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/// The three places where settings are given, strongest first: flags, environment, file.
///
/// A setting `schema.registry.url` is the flag `--schema-registry-url`, the variable `KEYFOLD_SCHEMA_REGISTRY_URL` and
/// the line `schema.registry.url=…` of the file. One file and one environment may serve all processes: what belongs to
/// another process is passed over, what belongs to none is refused in a file and in a flag.
///
/// @param flags by setting name
/// @param environment as the system gives it
/// @param file by setting name
public record SettingSources(Map<String, String> flags, Map<String, String> environment, Map<String, String> file) {
    /// Settings under these prefixes go through as they are, in a process that declares what they belong to: to Kafka's
    /// clients, to the registry's client, and to the further accounts of a process that has one.
    private static final Map<String, String> PASSED_THROUGH = Map.of(
            "kafka.", "bootstrap.servers", "registry.", "schema.registry.url", "account.", "ibm.api.key");

    private static final String VARIABLE_PREFIX = "KEYFOLD_";

    public SettingSources {
        flags = Map.copyOf(flags);
        environment = Map.copyOf(environment);
        file = Map.copyOf(file);
    }

    /// Any of them may be a secret: only their names are shown.
    @Override
    public String toString() {
        return "SettingSources[" + flags.keySet() + ", " + environment.keySet() + ", " + file.keySet() + "]";
    }

    /// Reads a properties file.
    public static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            throw new InvalidSetting("The settings file " + file + " does not exist");
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSetting("The settings file " + file + " cannot be read: " + e.getMessage());
        }
        var settings = new TreeMap<String, String>();
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString().strip()));
        return settings;
    }

    /// The settings of one process.
    ///
    /// @param own the names that this process declares
    /// @param all the names that any process declares
    public Map<String, String> resolve(Set<String> own, Set<String> all) {
        flags.keySet().forEach(name -> refuseUnless(own, name, "--property"));
        file.keySet().forEach(name -> refuseUnless(all, name, "the settings file"));
        var settings = new TreeMap<String, String>();
        file.forEach((name, value) -> putIfOwn(settings, own, name, value));
        environment.forEach(
                (variable, value) -> settingOf(variable).ifPresent(name -> putIfOwn(settings, own, name, value)));
        settings.putAll(flags);
        return settings;
    }

    /// Of settings that serve several processes, those of the one that declares these.
    public static Map<String, String> only(Set<String> own, Map<String, String> settings) {
        var ofOne = new TreeMap<String, String>();
        settings.forEach((name, value) -> putIfOwn(ofOne, own, name, value));
        return ofOne;
    }

    /// `schema.registry.url` → `--schema-registry-url`.
    public static String flagOf(String setting) {
        return "--" + setting.replace('.', '-').replace('_', '-');
    }

    /// `schema.registry.url` → `KEYFOLD_SCHEMA_REGISTRY_URL`.
    static String variableOf(String setting) {
        return VARIABLE_PREFIX + setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static Optional<String> settingOf(String variable) {
        return variable.startsWith(VARIABLE_PREFIX)
                ? Optional.of(variable.substring(VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.'))
                : Optional.empty();
    }

    private static void putIfOwn(Map<String, String> settings, Set<String> own, String name, String value) {
        if (own.contains(name) || isPassedThrough(own, name)) {
            settings.put(name, value);
        }
    }

    private static boolean isPassedThrough(Set<String> declared, String name) {
        return PASSED_THROUGH.entrySet().stream()
                .anyMatch(client -> name.startsWith(client.getKey()) && declared.contains(client.getValue()));
    }

    private static void refuseUnless(Set<String> known, String name, String where) {
        if (!known.contains(name) && !isPassedThrough(known, name)) {
            var nearest = NearestName.of(known, name).map(it -> "; did you mean " + it + "?").orElse("");
            throw new InvalidSetting("There is no setting " + name + " (given in " + where + ")" + nearest);
        }
    }
}
