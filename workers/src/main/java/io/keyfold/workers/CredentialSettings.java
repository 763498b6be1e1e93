package io.keyfold.workers;

import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.ibmcloud.SecretFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/// The settings by which an account knows us, of which exactly one way is to be set.
public final class CredentialSettings {
    public static final String API_KEY = "ibm.api.key";
    public static final String API_KEY_FILE = "ibm.api.key.file";
    public static final String PROFILE_ID = "ibm.profile.id";
    public static final String PROFILE_NAME = "ibm.profile.name";
    public static final String TOKEN_FILE = "ibm.cr.token.file";

    /// Each of them is one way.
    public static final List<String> WAYS = List.of(API_KEY, API_KEY_FILE, PROFILE_ID, PROFILE_NAME);

    /// All of them.
    public static final List<String> ALL = Stream.concat(WAYS.stream(), Stream.of(TOKEN_FILE)).toList();

    private CredentialSettings() {}

    static void define(ConfigDef settings) {
        settings
                .define(
                        API_KEY,
                        Type.PASSWORD,
                        "",
                        Importance.HIGH,
                        "API key of the service ID that this worker acts as. Each worker kind can be given its own. This, or"
                                + " ibm.api.key.file, ibm.profile.id or ibm.profile.name.")
                .define(
                        API_KEY_FILE,
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "File with that API key and nothing else. It is read for each token, at least once an hour, so that"
                                + " another key can be put there while the worker runs.")
                .define(
                        PROFILE_ID,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Id of the trusted profile to act as instead of a service ID, in a container that it is linked to.")
                .define(
                        PROFILE_NAME,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Its name, instead of its id.")
                .define(
                        TOKEN_FILE,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "File with the container's own token, which opens the trusted profile; read for each token of IAM's."
                                + " If empty, where IBM's Kubernetes and Code Engine put it.");
    }

    /// Whether any way is set.
    public static boolean areIn(Map<String, String> given) {
        return WAYS.stream().anyMatch(way -> isSet(given, way));
    }

    private static boolean isSet(Map<String, String> given, String name) {
        return !given.getOrDefault(name, "").isBlank();
    }

    /// @param account as messages call it
    /// @param named   what a setting is called there
    /// @throws ConfigException if it is not exactly one way, or its file cannot be read
    static Credentials of(Map<String, String> given, String account, UnaryOperator<String> named) {
        var ways = WAYS.stream().filter(way -> isSet(given, way)).toList();
        if (ways.isEmpty()) {
            throw new ConfigException(account + " has no credentials: set " + named.apply(API_KEY) + ", or instead "
                    + String.join(", ", WAYS.stream().skip(1).map(named).toList()));
        }
        if (ways.size() > 1) {
            throw new ConfigException(account + " has more than one way to authenticate: "
                    + String.join(", ", ways.stream().map(named).toList()) + ". Leave one of them");
        }
        var way = ways.getFirst();
        if (isSet(given, TOKEN_FILE) && (way.equals(API_KEY) || way.equals(API_KEY_FILE))) {
            throw new ConfigException(named.apply(TOKEN_FILE) + " is that of a trusted profile, and " + account
                    + " has an API key: " + named.apply(way) + ". Leave one of them");
        }
        String value = given.getOrDefault(way, "").strip();
        return switch (way) {
            case API_KEY -> new Credentials.ApiKey(new Secret(value));
            case API_KEY_FILE -> new Credentials.ApiKeyFile(readable(value, named.apply(API_KEY_FILE)));
            case PROFILE_ID -> profile(given, new Credentials.Profile.Id(value), named);
            default -> profile(given, new Credentials.Profile.Name(value), named);
        };
    }

    private static Credentials profile(
            Map<String, String> given, Credentials.Profile profile, UnaryOperator<String> named) {
        return new Credentials.TrustedProfile(
                profile,
                isSet(given, TOKEN_FILE)
                        ? Optional.of(readable(given.getOrDefault(TOKEN_FILE, ""), named.apply(TOKEN_FILE)))
                        : Optional.empty());
    }

    /// What is not there at the start was misspelt, or not mounted.
    private static Path readable(String file, String setting) {
        Path path = Path.of(file);
        try {
            SecretFile.read(path);
            return path;
        } catch (IllegalArgumentException wrong) {
            throw new ConfigException(setting + " is of no use: " + wrong.getMessage());
        }
    }
}
