package io.keyfold.cli;

import io.keyfold.workers.CloudAccounts;
import io.keyfold.workers.CredentialSettings;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// What can be found out about the accounts of IBM Cloud that the workers are to act in, without changing anything: whether
/// the way there is open, and whether IAM takes each account's credentials, and they are of that account.
final class CloudCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Of the workers' settings those that say which accounts there are and where.
    private static final List<String> SETTINGS = Stream.concat(
            CredentialSettings.ALL.stream(),
            Stream.of(
                    WorkerSettings.ACCOUNT, WorkerSettings.ACCOUNT_ID, WorkerSettings.ENDPOINTS, WorkerSettings.IAM_URL,
                    WorkerSettings.RESOURCE_CONTROLLER_URL, WorkerSettings.KEY_PROTECT_URL))
            .toList();

    /// Stands for an API key that was not given where only the addresses are of interest.
    private static final String NO_KEY = "-";

    private CloudCheck() {}

    /// The same settings as the workers', none of them needed.
    static ConfigDef define(ConfigDef settings) {
        var workers = CloudAccounts.DEFINITION.configKeys();
        SETTINGS.stream().map(workers::get).forEach(key -> settings.define(
                key.name, key.type, key.hasDefault() ? key.defaultValue : "", key.importance, key.documentation));
        return settings;
    }

    static boolean declares(String setting) {
        return SETTINGS.contains(setting);
    }

    /// @param kinds the worker kinds whose roles are to be looked at, as far as reads tell
    static List<Finding> findings(Map<String, String> resolved, Set<WorkerKind> kinds) {
        var given = new HashMap<>(resolved);
        given.put(WorkerSettings.CONNECT_TIMEOUT, Long.toString(PATIENCE.toMillis()));
        given.put(WorkerSettings.CALL_TIMEOUT, Long.toString(PATIENCE.toMillis()));
        var hasKey = CredentialSettings.areIn(given);
        if (!hasKey) {
            given.put(CredentialSettings.API_KEY, NO_KEY);
            given.putIfAbsent(WorkerSettings.ACCOUNT_ID, NO_KEY);
        }
        try {
            return findings(given, CloudAccounts.of(given), hasKey, kinds);
        } catch (ConfigException e) {
            return List.of(new Finding(
                    "cloud", false, String.valueOf(e.getMessage()), "What can be set: docs/configuration.md"));
        }
    }

    private static List<Finding> findings(
            Map<String, String> given, CloudAccounts accounts, boolean hasKey, Set<WorkerKind> kinds) {
        var findings = new ArrayList<Finding>();
        var addresses = new LinkedHashSet<URI>();
        accounts.byAlias().values().forEach(account -> addresses.add(account.iamUrl()));
        accounts.byAlias().values().forEach(account -> addresses.add(account.resourceControllerUrl()));
        addresses.forEach(address -> findings.add(reached(address)));
        var plain = given.getOrDefault(WorkerSettings.ACCOUNT, "default");
        accounts.byAlias().forEach((alias, account) -> {
            if (!alias.equals(plain)) {
                findings.addAll(account(alias, account, CloudAccounts.PREFIX + alias + ".", kinds));
            } else if (hasKey) {
                findings.addAll(account(alias, account, "", kinds));
            }
        });
        return findings;
    }

    /// Any answer will do: what it says to a stranger is its own business, and proves no more than the way there.
    private static Finding reached(URI address) {
        try (var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            http.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.discarding());
            return new Finding("cloud", true, address + " is reachable", "");
        } catch (IOException | IllegalArgumentException e) {
            return new Finding(
                    "cloud",
                    false,
                    address + " does not answer: "
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    "Check --endpoints, the address and the way out to it; for the emulator: keyfold emulator");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /// @param prefix of its settings' names
    private static List<Finding> account(
            String alias, IbmCloudSettings settings, String prefix, Set<WorkerKind> kinds) {
        var subject = "account " + alias;
        try (var cloud = new IbmCloud(settings)) {
            var whose = cloud.identity().accountId().orElse(settings.accountId());
            if (!whose.equals(settings.accountId())) {
                return List.of(
                        new Finding(
                                subject,
                                false,
                                "its " + words(settings) + " belongs to account " + whose + ", not to "
                                        + settings.accountId(),
                                "Correct " + prefix + WorkerSettings.ACCOUNT_ID + " or " + prefix + way(settings)));
            }
            var findings = new ArrayList<Finding>();
            findings.add(
                    new Finding(
                            subject, true, "IAM takes its " + words(settings)
                                    + (kinds.isEmpty() ? "; roles are not tried without --roles-of" : ""),
                            ""));
            if (!kinds.isEmpty()) {
                findings.addAll(RightsCheck.findings(alias, cloud, kinds));
            }
            return findings;
        } catch (FaultException e) {
            return List.of(
                    new Finding(
                            subject,
                            false,
                            e.fault().answer().toString(),
                            e.fault().code() == FaultCode.CREDENTIALS_REJECTED
                                    ? mended(settings, prefix)
                                    : "Check --endpoints, " + prefix + WorkerSettings.IAM_URL
                                            + " and the way out to it"));
        }
    }

    private static String words(IbmCloudSettings settings) {
        return settings.credentials() instanceof Credentials.TrustedProfile ? "trusted profile" : "API key";
    }

    /// The setting by which the account knows us.
    private static String way(IbmCloudSettings settings) {
        return switch (settings.credentials()) {
            case Credentials.ApiKey _ -> CredentialSettings.API_KEY;
            case Credentials.ApiKeyFile _ -> CredentialSettings.API_KEY_FILE;
            case Credentials.TrustedProfile(Credentials.Profile.Id _, _) -> CredentialSettings.PROFILE_ID;
            case Credentials.TrustedProfile(Credentials.Profile.Name _, _) -> CredentialSettings.PROFILE_NAME;
        };
    }

    private static String mended(IbmCloudSettings settings, String prefix) {
        return switch (settings.credentials()) {
            case Credentials.ApiKey _ ->
                "Put a valid API key into " + prefix + CredentialSettings.API_KEY + " and restart the workers";
            case Credentials.ApiKeyFile(var file) -> "Put a valid API key into " + file + " (" + prefix
                    + CredentialSettings.API_KEY_FILE + "); the workers take it up by themselves";
            case Credentials.TrustedProfile _ -> "Correct " + prefix + way(settings)
                    + ", link the trusted profile to this container, or mend " + prefix + CredentialSettings.TOKEN_FILE;
        };
    }
}
