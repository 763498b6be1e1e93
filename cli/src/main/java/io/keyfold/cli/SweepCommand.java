package io.keyfold.cli;

import io.keyfold.cli.output.Format;
import io.keyfold.cli.sweep.CloudSurvey;
import io.keyfold.cli.sweep.Judgement;
import io.keyfold.cli.sweep.Orphans;
import io.keyfold.cli.sweep.SagaView;
import io.keyfold.cli.topic.Backlog;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Members;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.CloudAccounts;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold sweep`: finds what runs have left behind that no saga knows of, and has it deleted if asked to.
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description = "Lists what lies in IBM Cloud, carries this installation's mark, is of a run that is over, in no saga's"
                + " state and older than 7 days and an hour. Looks with an API key that may read all of it, such as the"
                + " workers'. A view of cloud or sagas that is not complete ends it.",
        footer = {"The API key has no flag: see keyfold worker --help."})
final class SweepCommand extends InstallationCommand implements Callable<Integer> {
    /// A workflow that works is up to date in much less.
    private static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(5);

    private static final int FEW = 3;

    @Option(names = "--only-account", paramLabel = "ALIAS",
            description = "Only this account of IBM Cloud. Default: all.")
    private @Nullable String account;

    @Option(names = "--all", description = "List also what looks like ours and is left alone, and why.")
    private boolean all;

    @Option(
            names = "--delete",
            description = "Have what was found deleted: with --yes; without it, it is only shown. Workflow, ledger and workers"
                    + " each decide again; nothing is forced.")
    private boolean delete;

    @Option(names = "--yes", description = "With --delete: do it.")
    private boolean yes;

    @Option(names = "--reason", paramLabel = "TEXT",
            description = "With --delete: why, for the audit. Without it no root key is deleted: that makes what it still"
                    + " protects unreadable for good.")
    private String reason = "";

    @Option(
            names = "--approved-by",
            paramLabel = "WHO",
            description = "Who else has agreed, where the installation wants a second person.")
    private String approvedBy = "";

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "PT10M",
            description = "With --delete: how long its end is waited for. Default: PT10M.")
    private Duration limit = Duration.ZERO;

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default) or json.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        var settings = resolve();
        var connection = new Connection(settings);
        // The cloud first: what is made from now on stands in no list, whatever the sagas say of it later.
        List<CloudSurvey> surveys = accounts(settings).entrySet().stream()
                .map(each -> survey(each.getKey(), each.getValue(), installation(settings))).toList();
        requireWorkflow(connection, workflowGroup(settings));
        try (var topics = new TopicReader(connection)) {
            SagaView view = SagaView.read(topics, surveys.stream().flatMap(it -> it.candidates().stream()).toList());
            List<Judgement> judged = new ArrayList<>();
            for (CloudSurvey survey : surveys) {
                requireAllSeen(survey, view);
                judged.addAll(Orphans.among(survey, view));
            }
            return told(connection, view, judged);
        }
    }

    private int told(Connection connection, SagaView view, List<Judgement> judged) {
        var report = new SweepReport(judged, all);
        if (!delete || !yes || report.orphans().isEmpty()) {
            report.print(format, Map.of());
            if (delete && !yes && !report.orphans().isEmpty()) {
                System.err.println("Nothing was asked for yet. To have these " + report.orphans().size()
                        + " deleted: add --yes" + (wantsReason(report) ? " and --reason TEXT" : ""));
            }
            return report.isClean() ? ExitCode.OK : ExitCode.ORPHANS;
        }
        if (wantsReason(report)) {
            System.err
                    .println("Without --reason no root key is deleted: that leaves " + report.rootKeys() + " of these "
                            + report.orphans().size());
        }
        var deletion = new SweepDeletion(connection, reason, approvedBy, limit);
        var ends = deletion.of(report.orphans(), view);
        report.print(format, ends);
        return SweepDeletion.exitCode(ends.values(), report.isClean(ends));
    }

    private boolean wantsReason(SweepReport report) {
        return reason.isEmpty() && report.rootKeys() > 0;
    }

    private SortedMap<String, IbmCloudSettings> accounts(Map<String, String> settings) {
        if (settings.getOrDefault(WorkerSettings.API_KEY, "").isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no API key to look at IBM Cloud with",
                    "Set KEYFOLD_IBM_API_KEY, or ibm.api.key in the settings file");
        }
        try {
            var accounts = new TreeMap<>(CloudAccounts.of(settings).byAlias());
            if (account != null) {
                accounts.keySet().retainAll(List.of(account));
            }
            if (accounts.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.USAGE, "there are no credentials for the account \"" + account + "\"",
                        "Set account." + account + ".ibm.api.key and account." + account + ".ibm.account.id");
            }
            return accounts;
        } catch (ConfigException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, String.valueOf(e.getMessage()), "What can be set: docs/configuration.md");
        }
    }

    private static CloudSurvey survey(String alias, IbmCloudSettings settings, String installation) {
        try {
            return CloudSurvey.of(alias, settings, installation);
        } catch (FaultException e) {
            throw incomplete(alias, e.fault());
        }
    }

    /// However the look at an account broke off, and whether or not another try may do: nothing is decided on half a view.
    static CommandFailure incomplete(String account, Fault fault) {
        return new CommandFailure(
                ExitCode.UNHEALTHY,
                "the view of account " + account + " is not complete, so nothing is called an orphan: " + fault.code()
                        + ", " + fault.answer(),
                "Mend that, or wait until it is over, and sweep again; another account alone: --only-account ALIAS. Rights"
                        + " that it takes: docs/ibm-cloud.md");
    }

    /// What the topics say is what the sagas know only while the workflow works and has read all that there is.
    private static void requireWorkflow(Connection connection, String group) {
        if (new Members(connection).of(group) == 0) {
            throw incomplete(
                    "the workflow does not run: its group " + group + " has no member",
                    "Start it (keyfold workflow), or say which it is: --installation, --application-id");
        }
        List<Topic<?>> sources =
                Stream.concat(Topics.SAGA_SOURCES.stream(), Stream.of(Topics.LEDGER_REQUESTS)).toList();
        var left = new Backlog(connection, group, sources).left(CATCHES_UP_WITHIN);
        if (!left.isEmpty()) {
            throw incomplete(
                    "the workflow has not read all yet: " + firstOf(
                            left.entrySet().stream()
                                    .map(behind -> behind.getValue() + " records of " + behind.getKey()).toList()),
                    "Sweep again when it has caught up; whether it works: keyfold doctor");
        }
    }

    /// Who may not read something is shown lists without it, and not a word.
    private static void requireAllSeen(CloudSurvey survey, SagaView view) {
        List<String> missing = view.notSeen(survey);
        if (!missing.isEmpty()) {
            throw incomplete(
                    "in account " + survey.account() + " there was not to be seen what is in use: " + firstOf(missing),
                    "Give " + survey.who() + " the right to read it (docs/ibm-cloud.md). If it is gone: keyfold verify"
                            + " finds that, and it is not looked for any more");
        }
    }

    private static CommandFailure incomplete(String why, String remedy) {
        return new CommandFailure(
                ExitCode.UNHEALTHY, "the view is not complete, so nothing is called an orphan: " + why, remedy);
    }

    private static String firstOf(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(FEW, all.size())))
                + (all.size() > FEW ? " and " + (all.size() - FEW) + " more" : "");
    }
}
