package io.keyfold.cli;

import io.keyfold.cli.output.Format;
import io.keyfold.cli.sweep.CloudSurvey;
import io.keyfold.cli.sweep.Judgement;
import io.keyfold.cli.sweep.Orphans;
import io.keyfold.cli.sweep.SagaView;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
    private static final WholeView WHOLE_VIEW = new WholeView("nothing is called an orphan", "sweep");

    @Option(names = "--only-account", paramLabel = "ALIAS",
            description = "Only this account of IBM Cloud. Default: all, and there have to be credentials for each that a"
                    + " cluster is of.")
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

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        if (yes && !delete) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--yes says to do what --delete asks for, and --delete was not given",
                    "To have what is found deleted: keyfold sweep --delete --yes. To see it: leave --yes away");
        }
        var settings = resolve();
        var connection = new Connection(settings);
        // The cloud first: what is made from now on stands in no list, whatever the sagas say of it later.
        List<CloudSurvey> surveys =
                WHOLE_VIEW.surveys(
                        WHOLE_VIEW.accounts(settings, Optional.ofNullable(account).stream().toList()),
                        installation(settings));
        WHOLE_VIEW.requireWorkflow(connection, workflowGroup(settings));
        WHOLE_VIEW.requireAllRead(connection, workflowGroup(settings));
        try (var topics = new TopicReader(connection)) {
            Predicate<String> elsewhere = elsewhere(surveys);
            SagaView view = SagaView.read(topics, surveys, elsewhere);
            WHOLE_VIEW.requireAllAccounts(
                    surveys.stream().map(CloudSurvey::account).toList(), view.unseen(elsewhere));
            List<Judgement> judged = new ArrayList<>();
            for (CloudSurvey survey : surveys) {
                requireAllSeen(survey, view);
                judged.addAll(Orphans.among(survey, view));
            }
            var accounts = surveys.stream()
                    .map(
                            survey -> new SweepReport.Account(
                                    survey.account(), survey.who(), view.makers(survey).contains(survey.who())))
                    .toList();
            return told(connection, view, new SweepReport(accounts, judged, all));
        }
    }

    /// The accounts that had to be looked at and were not; none if only one was asked for.
    private Predicate<String> elsewhere(List<CloudSurvey> surveys) {
        Set<String> seen = surveys.stream().map(CloudSurvey::account).collect(Collectors.toSet());
        return alias -> account == null && !seen.contains(alias);
    }

    private int told(Connection connection, SagaView view, SweepReport report) {
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

    /// Who may not read something is shown lists without it, and not a word.
    private static void requireAllSeen(CloudSurvey survey, SagaView view) {
        List<String> missing = view.notSeen(survey);
        if (!missing.isEmpty()) {
            throw WHOLE_VIEW.incomplete(
                    "in account " + survey.account() + " there was not to be seen what is in use: "
                            + WholeView.firstOf(missing),
                    "Give " + survey.who() + " the right to read it (docs/ibm-cloud.md). If it is gone: keyfold verify"
                            + " finds that, and it is not looked for any more");
        }
    }
}
