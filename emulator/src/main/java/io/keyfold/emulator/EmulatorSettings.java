package io.keyfold.emulator;

import io.keyfold.emulator.service.Behaviour;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/// What an emulator is started with. Everything has a default.
///
/// @param port 0 for any free one
/// @param seed for ids and faults; drawn at random if none is given
/// @param apiKeys the keys known from the start, as `key` or `key=Role+Role`; never shown
/// @param faults path of a JSON file of fault rules, or empty
public record EmulatorSettings(String host, int port, boolean allowRemote, long seed, String account,
        List<String> resourceGroups, List<Password> apiKeys, String faults, Behaviour behaviour) {

    public static final String HOST = "listen.host";
    public static final String PORT = "listen.port";
    public static final String ALLOW_REMOTE = "allow.remote";
    public static final String SEED = "seed";
    public static final String ACCOUNT = "ibm.account.id";
    public static final String RESOURCE_GROUPS = "resource.groups";
    public static final String API_KEYS = "api.keys";
    public static final String FAULTS = "faults.file";

    /// The key that everyone who starts an emulator without saying otherwise can use. It opens nothing else.
    public static final String USUAL_API_KEY = "emulator-api-key";
    public static final String USUAL_ACCOUNT = "0123456789abcdef0123456789abcdef";

    /// Every setting with its default.
    public static final ConfigDef DEFINITION = define();

    private static ConfigDef define() {
        ConfigDef definition = new ConfigDef()
                .define(HOST, Type.STRING, "127.0.0.1", Importance.MEDIUM, "Address to listen on.")
                .define(PORT, Type.INT, 0, ConfigDef.Range.between(0, 65535), Importance.HIGH,
                        "Port to listen on; 0 takes any free one.")
                .define(ALLOW_REMOTE, Type.BOOLEAN, false, Importance.LOW,
                        "Whether the address may be reachable from other machines. Anyone who reaches it can change "
                                + "everything in it.")
                .define(SEED, Type.STRING, "", Importance.MEDIUM,
                        "Number from which ids and faults are drawn, so that a run can be repeated; a random one if "
                                + "empty.")
                .define(ACCOUNT, Type.STRING, USUAL_ACCOUNT, new ConfigDef.NonEmptyString(), Importance.MEDIUM,
                        "Id of the account that the API keys belong to.")
                .define(RESOURCE_GROUPS, Type.LIST, "Default", Importance.LOW,
                        "Names of the account's resource groups; the first is the default one.")
                .define(API_KEYS, Type.PASSWORD, USUAL_API_KEY, Importance.MEDIUM,
                        "API keys that are known from the start, separated by commas: key, or key=Role+Role for fewer "
                                + "rights.")
                .define(FAULTS, Type.STRING, "", Importance.MEDIUM, "File of fault rules to start with, as JSON.");
        new TreeMap<>(Behaviour.DEFAULTS).forEach((name, value) -> definition.define(name,
                value instanceof Boolean ? Type.BOOLEAN : Type.LONG, value, Importance.LOW, meaning(name)));
        return definition;
    }

    private static String meaning(String name) {
        return switch (name) {
            case "token.lifetime.ms" -> "How long an IAM token is valid.";
            case "provisioning.delay.ms" -> "How long a new instance is provisioning before it is active.";
            case "policy.visibility.delay.ms" -> "How long a new authorization answers 404 after its 201.";
            case "list.staleness.ms" -> "How old lists of instances, keys and authorizations are.";
            case "destroyed.key.holds.alias" -> "Whether the alias of a destroyed key stays taken.";
            case "broader.policy.conflicts" -> "Whether an authorization that a broader one covers is a duplicate.";
            case "instance.with.keys.status" -> "Status of the refusal to delete an instance with keys: 409 or 422.";
            case "quota.instances" -> "How many instances an account can have.";
            case "quota.keys.per.instance" -> "How many keys an instance can hold.";
            case "quota.policies" -> "How many policies an account can have.";
            case "restore.wait.ms" -> "How long a deleted key cannot be restored.";
            case "rotation.interval.ms" -> "How long after a rotation the next is refused.";
            default -> throw new IllegalStateException("no words for " + name);
        };
    }

    public EmulatorSettings {
        resourceGroups = List.copyOf(resourceGroups);
        apiKeys = List.copyOf(apiKeys);
    }

    public static EmulatorSettings usual() {
        return of(Map.of());
    }

    /// @throws ConfigException naming the setting that is unknown or wrong
    public static EmulatorSettings of(Map<String, String> given) {
        for (String name : given.keySet()) {
            if (!DEFINITION.names().contains(name)) {
                throw new ConfigException("The emulator has no setting " + name + ". Did you mean " + nearest(name)
                        + "?");
            }
        }
        var config = new Config(given);
        Map<String, Object> behaviour = new HashMap<>();
        Behaviour.DEFAULTS.keySet().forEach(name -> behaviour.put(name, config.value(name)));
        List<Password> keys = Arrays.stream(config.getPassword(API_KEYS).value().split(",")).map(String::trim)
                .filter(key -> !key.isEmpty()).map(Password::new).toList();
        return new EmulatorSettings(config.getString(HOST), config.getInt(PORT), config.getBoolean(ALLOW_REMOTE),
                seed(config.getString(SEED)), config.getString(ACCOUNT), config.getList(RESOURCE_GROUPS), keys,
                config.getString(FAULTS), Behaviour.of(behaviour));
    }

    private static final class Config extends AbstractConfig {
        private Config(Map<String, String> given) {
            super(DEFINITION, given, false);
        }

        private Object value(String name) {
            return get(name);
        }
    }

    private static long seed(String text) {
        try {
            return text.isBlank() ? new SecureRandom().nextLong() : Long.parseLong(text.trim());
        } catch (NumberFormatException notANumber) {
            throw new ConfigException(SEED, text, "must be a whole number");
        }
    }

    private static String nearest(String name) {
        return DEFINITION.names().stream()
                .min(Comparator.comparingInt(
                        known -> LevenshteinDistance.getDefaultInstance().apply(known, name.toLowerCase(Locale.ROOT))))
                .orElseThrow();
    }
}
