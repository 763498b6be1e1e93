package io.keyfold.cli;

import io.keyfold.cli.sweep.CloudSurvey;
import io.keyfold.cli.topic.Backlog;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Members;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.CloudAccounts;
import io.keyfold.workers.CredentialSettings;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;

/// What commands do that compare the whole cloud with what the sagas know: they look at all of both, or say why not.
///
/// @param conclusion what is not done where the view is not complete
/// @param command    whose it is
record WholeView(String conclusion, String command) {
    /// A workflow that works is up to date in much less.
    private static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(5);

    private static final int FEW = 3;

    /// The accounts of IBM Cloud that there are credentials for.
    ///
    /// @param only aliases; empty for all
    SortedMap<String, IbmCloudSettings> accounts(Map<String, String> settings, Collection<String> only) {
        if (!CredentialSettings.areIn(settings)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no API key to look at IBM Cloud with",
                    "Set KEYFOLD_IBM_API_KEY, or ibm.api.key in the settings file");
        }
        try {
            var accounts = new TreeMap<>(CloudAccounts.of(settings).byAlias());
            for (String account : only) {
                if (!accounts.containsKey(account)) {
                    throw new CommandFailure(
                            ExitCode.USAGE, "there are no credentials for the account \"" + account + "\"",
                            "Set " + credentials(account));
                }
            }
            accounts.keySet().removeIf(alias -> !only.isEmpty() && !only.contains(alias));
            return accounts;
        } catch (ConfigException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, String.valueOf(e.getMessage()), "What can be set: docs/configuration.md");
        }
    }

    List<CloudSurvey> surveys(SortedMap<String, IbmCloudSettings> accounts, String installation) {
        return accounts.entrySet().stream().map(each -> survey(each.getKey(), each.getValue(), installation)).toList();
    }

    private CloudSurvey survey(String alias, IbmCloudSettings settings, String installation) {
        try {
            return CloudSurvey.of(alias, settings, installation);
        } catch (FaultException e) {
            throw incomplete(alias, e.fault());
        }
    }

    /// However the look at an account broke off, and whether or not another try may do: nothing is decided on half a view.
    CommandFailure incomplete(String account, Fault fault) {
        return new CommandFailure(
                ExitCode.UNHEALTHY,
                "the view of account " + account + " is not complete, so " + conclusion + ": " + fault.code() + ", "
                        + fault.answer(),
                "Mend that, or wait until it is over, and " + command
                        + " again; another account alone: --only-account ALIAS. Rights that it takes: docs/ibm-cloud.md");
    }

    void requireWorkflow(Connection connection, String group) {
        if (new Members(connection).of(group) == 0) {
            throw incomplete(
                    "the workflow does not run: its group " + group + " has no member",
                    "Start it (keyfold workflow), or say which it is: --installation, --application-id");
        }
    }

    /// What the topics say is what the sagas know only once the workflow has read all that there is.
    void requireAllRead(Connection connection, String group) {
        List<Topic<?>> sources =
                Stream.concat(Topics.SAGA_SOURCES.stream(), Stream.of(Topics.LEDGER_REQUESTS)).toList();
        var left = new Backlog(connection, group, sources).left(CATCHES_UP_WITHIN);
        if (!left.isEmpty()) {
            throw incomplete(
                    "the workflow has not read all yet: " + firstOf(
                            left.entrySet().stream()
                                    .map(behind -> behind.getValue() + " records of " + behind.getKey()).toList()),
                    Character.toUpperCase(command.charAt(0)) + command.substring(1)
                            + " again when it has caught up; whether it works: keyfold doctor");
        }
    }

    /// What lies in an account without credentials, nobody has seen.
    ///
    /// @param seen   the accounts that were looked at
    /// @param unseen clusters by account
    void requireAllAccounts(Collection<String> seen, SortedMap<String, ? extends Collection<String>> unseen) {
        if (!unseen.isEmpty()) {
            throw incomplete(
                    unseen.entrySet().stream().map(
                            each -> "account " + each.getKey() + " was not looked at, and is that of "
                                    + firstOf(List.copyOf(each.getValue())))
                            .collect(Collectors.joining("; "))
                            + ". Looked at: " + String.join(", ", seen),
                    "Set " + unseen.keySet().stream().map(WholeView::credentials).collect(Collectors.joining(", and "))
                            + "; or look at one account alone: --only-account ALIAS");
        }
    }

    private static String credentials(String alias) {
        return CloudAccounts.nameOf(alias, CredentialSettings.API_KEY) + " and "
                + CloudAccounts.nameOf(alias, WorkerSettings.ACCOUNT_ID);
    }

    CommandFailure incomplete(String why, String remedy) {
        return new CommandFailure(
                ExitCode.UNHEALTHY, "the view is not complete, so " + conclusion + ": " + why, remedy);
    }

    static String firstOf(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(FEW, all.size())))
                + (all.size() > FEW ? " and " + (all.size() - FEW) + " more" : "");
    }
}
