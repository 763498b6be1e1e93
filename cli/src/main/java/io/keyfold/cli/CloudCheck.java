package io.keyfold.cli;

import io.keyfold.workers.CloudAccounts;
import io.keyfold.workers.WorkerSettings;
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
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// What can be found out about the accounts of IBM Cloud that the workers are to act in, without changing anything: whether
/// the way there is open, and whether each API key is one, and of the account that it is set for.
final class CloudCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Of the workers' settings those that say which accounts there are and where.
    private static final List<String> SETTINGS = List.of(
            WorkerSettings.ACCOUNT, WorkerSettings.API_KEY, WorkerSettings.ACCOUNT_ID, WorkerSettings.ENDPOINTS,
            WorkerSettings.IAM_URL, WorkerSettings.RESOURCE_CONTROLLER_URL, WorkerSettings.KEY_PROTECT_URL);

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

    static List<Finding> findings(Map<String, String> resolved) {
        var given = new HashMap<>(resolved);
        given.put(WorkerSettings.CONNECT_TIMEOUT, Long.toString(PATIENCE.toMillis()));
        given.put(WorkerSettings.CALL_TIMEOUT, Long.toString(PATIENCE.toMillis()));
        var hasKey = !given.getOrDefault(WorkerSettings.API_KEY, "").isEmpty();
        if (!hasKey) {
            given.put(WorkerSettings.API_KEY, NO_KEY);
            given.putIfAbsent(WorkerSettings.ACCOUNT_ID, NO_KEY);
        }
        try {
            return findings(given, CloudAccounts.of(given), hasKey);
        } catch (ConfigException e) {
            return List.of(new Finding(
                    "cloud", false, String.valueOf(e.getMessage()), "What can be set: docs/configuration.md"));
        }
    }

    private static List<Finding> findings(Map<String, String> given, CloudAccounts accounts, boolean hasKey) {
        var findings = new ArrayList<Finding>();
        var addresses = new LinkedHashSet<URI>();
        accounts.byAlias().values().forEach(account -> addresses.add(account.iamUrl()));
        accounts.byAlias().values().forEach(account -> addresses.add(account.resourceControllerUrl()));
        addresses.forEach(address -> findings.add(reached(address)));
        var plain = given.getOrDefault(WorkerSettings.ACCOUNT, "default");
        accounts.byAlias().forEach((alias, account) -> {
            if (!alias.equals(plain)) {
                findings.add(account(alias, account, CloudAccounts.PREFIX + alias + "."));
            } else if (hasKey) {
                findings.add(account(alias, account, ""));
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
    private static Finding account(String alias, IbmCloudSettings settings, String prefix) {
        var subject = "account " + alias;
        try (var cloud = new IbmCloud(settings)) {
            var whose = cloud.identity().accountId().orElse(settings.accountId());
            return whose.equals(settings.accountId())
                    ? new Finding(subject, true, "IAM takes its API key; rights are not tried", "")
                    : new Finding(
                            subject,
                            false,
                            "its API key belongs to account " + whose + ", not to " + settings.accountId(),
                            "Correct " + prefix + WorkerSettings.ACCOUNT_ID + " or " + prefix
                                    + WorkerSettings.API_KEY);
        } catch (FaultException e) {
            return new Finding(
                    subject,
                    false,
                    e.fault().answer().toString(),
                    e.fault().code() == FaultCode.CREDENTIALS_REJECTED
                            ? "Put a valid API key into " + prefix + WorkerSettings.API_KEY + " and restart the workers"
                            : "Check --endpoints, " + prefix + WorkerSettings.IAM_URL + " and the way out to it");
        }
    }
}
