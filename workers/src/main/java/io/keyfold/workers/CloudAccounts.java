package io.keyfold.workers;

import io.keyfold.regions.Network;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// The accounts of IBM Cloud that commands may name, by alias.
///
/// One is set by the plain names, and called as `account` says; every other by the same names behind
/// `account.<alias>.`, where an address that is not set is the plain one's.
///
/// @param byAlias at least one, in alphabetical order
public record CloudAccounts(SortedMap<String, IbmCloudSettings> byAlias) {
    public static final String PREFIX = "account.";

    /// What an account may have for itself: its id and one way to authenticate it must.
    public static final List<String> OF_EACH = Stream.concat(
            CredentialSettings.ALL.stream(),
            Stream.of(
                    WorkerSettings.ACCOUNT_ID, WorkerSettings.IAM_URL, WorkerSettings.RESOURCE_CONTROLLER_URL,
                    WorkerSettings.KEY_PROTECT_URL))
            .toList();

    private static final ConfigDef.Range POSITIVE = ConfigDef.Range.atLeast(1);
    private static final Pattern ALIAS = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");
    private static final int LONGEST_ALIAS = 32;

    /// The plain names with their defaults.
    public static final ConfigDef DEFINITION = define(new ConfigDef());

    public CloudAccounts {
        byAlias = Collections.unmodifiableSortedMap(new TreeMap<>(byAlias));
    }

    static ConfigDef define(ConfigDef settings) {
        defineAccount(settings);
        CredentialSettings.define(settings);
        defineCalls(settings);
        return settings;
    }

    /// Which account it is, and where.
    private static void defineAccount(ConfigDef settings) {
        settings
                .define(
                        WorkerSettings.ACCOUNT,
                        Type.STRING,
                        "default",
                        ConfigDef.LambdaValidator.with(CloudAccounts::requireAlias, () -> "an alias"),
                        Importance.LOW,
                        "Alias of the IBM Cloud account that ibm.account.id names, as cluster_ids begin with it. Others are"
                                + " set as account.<alias>.ibm.api.key, or another way to authenticate, and"
                                + " account.<alias>.ibm.account.id, if need be with iam.url, resource.controller.url and"
                                + " key.protect.url of their own in the same way.")
                .define(
                        WorkerSettings.ACCOUNT_ID,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "Id of the IBM Cloud account, as IAM writes it.")
                .define(
                        WorkerSettings.ENDPOINTS,
                        Type.STRING,
                        WorkerSettings.PUBLIC_ENDPOINTS,
                        ConfigDef.ValidString.in(WorkerSettings.PUBLIC_ENDPOINTS, WorkerSettings.PRIVATE_ENDPOINTS),
                        Importance.MEDIUM,
                        "Which of IBM's addresses are called: public, or private, which are reached from a VPC only. An"
                                + " address that is set by itself wins.")
                .define(
                        WorkerSettings.IAM_URL,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Address of IAM, instead of IBM's own.")
                .define(
                        WorkerSettings.RESOURCE_CONTROLLER_URL,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Address of the Resource Controller, instead of IBM's own.")
                .define(
                        WorkerSettings.KEY_PROTECT_URL,
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Address of Key Protect, instead of IBM's own; {region} stands for the instance's region.");
    }

    /// How IBM Cloud is called, in each account alike.
    private static void defineCalls(ConfigDef settings) {
        settings
                .define(
                        WorkerSettings.CONNECT_TIMEOUT,
                        Type.LONG,
                        IbmCloudSettings.CONNECT_TIMEOUT.toMillis(),
                        POSITIVE,
                        Importance.LOW,
                        "How long a connection to IBM Cloud may take.")
                .define(
                        WorkerSettings.CALL_TIMEOUT,
                        Type.LONG,
                        IbmCloudSettings.CALL_TIMEOUT.toMillis(),
                        POSITIVE,
                        Importance.MEDIUM,
                        "How long a call to IBM Cloud may take. A create of unknown outcome is looked for after this.")
                .define(
                        WorkerSettings.IAM_RATE,
                        Type.INT,
                        IbmCloudSettings.RATE,
                        POSITIVE,
                        Importance.LOW,
                        perSecond("IAM"))
                .define(
                        WorkerSettings.RESOURCE_CONTROLLER_RATE,
                        Type.INT,
                        IbmCloudSettings.RATE,
                        POSITIVE,
                        Importance.LOW,
                        perSecond("the Resource Controller"))
                .define(
                        WorkerSettings.KEY_PROTECT_RATE,
                        Type.INT,
                        IbmCloudSettings.RATE,
                        POSITIVE,
                        Importance.LOW,
                        perSecond("Key Protect"));
    }

    private static String perSecond(String api) {
        return "The most calls to " + api + " in a second, for each worker process, kind and account.";
    }

    /// Whether it is a setting of a named account, even of one that is set wrongly.
    public static boolean isOfNamed(String setting) {
        return setting.startsWith(PREFIX);
    }

    /// @param given any settings; those of others are passed over
    /// @throws ConfigException naming the setting that is unknown, missing or wrong
    public static CloudAccounts of(Map<String, String> given) {
        String plain = given.getOrDefault(WorkerSettings.ACCOUNT, "default");
        var accounts = new TreeMap<String, IbmCloudSettings>();
        accounts.put(plain, new Account(given).cloud("IBM Cloud", name -> name));
        named(given).forEach((alias, own) -> {
            if (alias.equals(plain)) {
                throw new ConfigException("The account \"" + alias + "\" is set twice: by " + wayIn(given)
                        + " and by " + nameOf(alias, wayIn(own)));
            }
            var whole = new HashMap<>(given);
            whole.keySet().removeAll(CredentialSettings.ALL);
            whole.putAll(own);
            accounts.put(
                    alias,
                    new Account(whole).cloud("IBM Cloud's account \"" + alias + "\"", name -> nameOf(alias, name)));
        });
        requireDifferent(accounts);
        return new CloudAccounts(accounts);
    }

    /// What holds what is remembered by alias. Two of them for one account would delete under each other's hands.
    private static void requireDifferent(SortedMap<String, IbmCloudSettings> accounts) {
        var seen = new HashMap<String, String>();
        accounts.forEach((alias, account) -> {
            String other = seen.putIfAbsent(account.accountId(), alias);
            if (other != null) {
                throw new ConfigException("The accounts \"" + other + "\" and \"" + alias
                        + "\" have the same id " + account.accountId() + ": an account has one alias");
            }
        });
    }

    /// What each named account has for itself, by plain names.
    private static Map<String, Map<String, String>> named(Map<String, String> given) {
        var accounts = new TreeMap<String, Map<String, String>>();
        given.forEach((name, value) -> {
            if (isOfNamed(name)) {
                String own = OF_EACH.stream().filter(each -> name.endsWith("." + each)).findFirst()
                        .orElseThrow(() -> unknown(name));
                String alias = aliasIn(name, own).orElseThrow(() -> new ConfigException(
                        name + " does not name an account: its alias is " + aliasRule()));
                accounts.computeIfAbsent(alias, _ -> new TreeMap<>()).put(own, value);
            }
        });
        accounts.forEach((alias, own) -> {
            if (!CredentialSettings.areIn(own)) {
                throw halfSet(alias, CredentialSettings.API_KEY);
            }
            if (own.getOrDefault(WorkerSettings.ACCOUNT_ID, "").isBlank()) {
                throw halfSet(alias, WorkerSettings.ACCOUNT_ID);
            }
        });
        return accounts;
    }

    private static ConfigException halfSet(String alias, String missing) {
        return new ConfigException("The account \"" + alias + "\" is only half set: " + nameOf(alias, missing)
                + " is missing");
    }

    /// By which setting an account is authenticated.
    private static String wayIn(Map<String, String> own) {
        return CredentialSettings.WAYS.stream().filter(own::containsKey).findFirst()
                .orElse(CredentialSettings.API_KEY);
    }

    /// In a variable's name there can be no hyphen: `KEYFOLD_ACCOUNT_TEAM_A_IBM_API_KEY` is `team-a`'s.
    private static Optional<String> aliasIn(String name, String own) {
        int end = name.length() - own.length() - 1;
        return end <= PREFIX.length()
                ? Optional.empty()
                : Optional.of(name.substring(PREFIX.length(), end).replace('.', '-')).filter(CloudAccounts::isAlias);
    }

    public static String nameOf(String alias, String own) {
        return PREFIX + alias + "." + own;
    }

    private static ConfigException unknown(String name) {
        String[] parts = name.split("\\.", 3);
        String alias = isAlias(parts[1]) ? parts[1] : "<alias>";
        String rest = parts.length < 3 ? "" : parts[2];
        String nearest = OF_EACH.stream()
                .min(Comparator.comparingInt(own -> LevenshteinDistance.getDefaultInstance().apply(own, rest)))
                .orElseThrow();
        return new ConfigException("An account has no setting " + name + ". Did you mean " + nameOf(alias, nearest)
                + "?");
    }

    private static boolean isAlias(String alias) {
        return alias.length() <= LONGEST_ALIAS && ALIAS.matcher(alias).matches();
    }

    private static String aliasRule() {
        return "1 to " + LONGEST_ALIAS + " of a-z and 0-9, with single hyphens between";
    }

    private static void requireAlias(String name, Object value) {
        if (!isAlias(value.toString())) {
            throw new ConfigException(name, value, "must be " + aliasRule());
        }
    }

    private static final class Account extends AbstractConfig {
        private final Map<String, String> given;

        private Account(Map<String, String> given) {
            super(DEFINITION, given, false);
            this.given = given;
        }

        private IbmCloudSettings cloud(String called, UnaryOperator<String> named) {
            try {
                return new IbmCloudSettings(
                        urlOr(WorkerSettings.IAM_URL, IbmCloudSettings.iamUrl(network())),
                        urlOr(WorkerSettings.RESOURCE_CONTROLLER_URL,
                                IbmCloudSettings.resourceControllerUrl(network())),
                        keyProtectUrl(getString(WorkerSettings.KEY_PROTECT_URL)),
                        CredentialSettings.of(given, called, named),
                        getString(WorkerSettings.ACCOUNT_ID),
                        Duration.ofMillis(getLong(WorkerSettings.CONNECT_TIMEOUT)),
                        Duration.ofMillis(getLong(WorkerSettings.CALL_TIMEOUT)),
                        getInt(WorkerSettings.IAM_RATE),
                        getInt(WorkerSettings.RESOURCE_CONTROLLER_RATE),
                        getInt(WorkerSettings.KEY_PROTECT_RATE));
            } catch (IllegalArgumentException wrong) {
                ConfigException refused = new ConfigException(called + " cannot be called: " + wrong.getMessage());
                refused.initCause(wrong);
                throw refused;
            }
        }

        private KeyProtectUrl keyProtectUrl(String given) {
            return given.isEmpty() ? new KeyProtectUrl.OfIbm(network()) : new KeyProtectUrl.Given(given);
        }

        private URI urlOr(String name, URI otherwise) {
            return getString(name).isEmpty() ? otherwise : url(name, getString(name));
        }

        private Network network() {
            return getString(WorkerSettings.ENDPOINTS).equals(WorkerSettings.PRIVATE_ENDPOINTS)
                    ? Network.PRIVATE
                    : Network.PUBLIC;
        }
    }

    /// @throws IllegalArgumentException not the parser's own, which shows the text: there may be a password in it
    static URI url(String name, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException _) {
            throw new IllegalArgumentException(name + " is not a URL");
        }
    }
}
