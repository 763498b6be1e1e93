package io.keyfold.cli;

import io.keyfold.audit.Auditor;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.Moment;
import io.keyfold.audit.Report;
import io.keyfold.audit.Violation;
import io.keyfold.cli.audit.CloudLook;
import io.keyfold.cli.audit.EmulatorLedger;
import io.keyfold.cli.audit.Look;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.topic.Connection;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold audit`: holds everything that must never be otherwise against topics and cloud.
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Reads all topics, looks at IBM Cloud with an API key that may read all of it, such as the workers', and"
                + " checks every invariant (docs/audit.md), the seals of the audit's records among them. Looking changes"
                + " nothing. What goes on is no violation: what was found is looked at once more before it is told. A view"
                + " that is not complete ends it.",
        footer = {"The API key has no flag: see keyfold worker --help."})
final class AuditCommand extends InstallationCommand implements Callable<Integer> {
    private static final WholeView WHOLE_VIEW = new WholeView("that there is no violation is not known", "audit");

    @Option(names = "--cluster", paramLabel = "CLUSTER",
            description = "Only this cluster, <account>/<cluster_prefix>; may be repeated. Default: all.")
    private List<String> clusters = List.of();

    @Option(names = "--only-account", paramLabel = "ALIAS",
            description = "Compare only this account of IBM Cloud with the topics. Default: all, or those of the clusters.")
    private @Nullable String account;

    @Option(names = "--offline", description = "The topics only; needs no API key.")
    private boolean offline;

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        var settings = resolve();
        var connection = new Connection(settings);
        var chosen = clusters.stream().map(ClientCommand::clusterId).collect(Collectors.toCollection(TreeSet::new));
        var look = new Look(connection, installation(settings), chosen);
        Optional<Supplier<CloudLook>> cloud = cloud(settings, chosen);
        Runnable allIsRead = () -> WHOLE_VIEW.requireAllRead(connection, workflowGroup(settings));
        Evidence seen = look.evidence(cloud, allIsRead);
        Report first = Auditor.audit(seen, Moment.LIVE);
        if (first.violations().isEmpty()) {
            return told(first, List.of(), seen);
        }
        // Something may have happened between the looks at two things that have to agree.
        Report second = Auditor.audit(look.evidence(cloud, allIsRead), Moment.LIVE);
        var firstFound = new HashSet<>(first.violations());
        var secondFound = new HashSet<>(second.violations());
        List<Violation> both = second.violations().stream().filter(firstFound::contains).toList();
        List<Violation> once = Stream.concat(first.violations().stream(), second.violations().stream())
                .filter(violation -> !firstFound.contains(violation) || !secondFound.contains(violation)).toList();
        return told(new Report(second.checked(), both, second.told()), once, seen);
    }

    /// Unless one account alone is asked for: no violation is found in what nobody has looked at.
    private void requireAllAccounts(Evidence evidence) {
        if (account == null) {
            evidence.cloud().ifPresent(
                    cloud -> WHOLE_VIEW.requireAllAccounts(cloud.accounts(), evidence.notCompared()));
        }
    }

    private int told(Report report, List<Violation> once, Evidence seen) {
        new AuditReport(report, once, !offline).print(format);
        if (!report.violations().isEmpty()) {
            return ExitCode.VIOLATED;
        }
        requireAllAccounts(seen);
        return ExitCode.OK;
    }

    private Optional<Supplier<CloudLook>> cloud(Map<String, String> settings, Set<String> chosen) {
        if (offline) {
            return Optional.empty();
        }
        var only = account != null ? List.of(account)
                : chosen.stream().map(cluster -> cluster.substring(0, cluster.indexOf('/'))).distinct().toList();
        SortedMap<String, IbmCloudSettings> accounts = WHOLE_VIEW.accounts(settings, only);
        return Optional.of(() -> look(accounts, installation(settings)));
    }

    private static CloudLook look(SortedMap<String, IbmCloudSettings> accounts, String installation) {
        var aliases = new TreeMap<String, String>();
        accounts.forEach((alias, credentials) -> aliases.put(credentials.accountId(), alias));
        Optional<EmulatorLedger> ledger =
                accounts.values().stream().findFirst().flatMap(any -> EmulatorLedger.at(any.iamUrl()));
        try {
            // Calls first: whatever they are about is then known to the state.
            var effects = ledger.flatMap(EmulatorLedger::effects);
            var surveys = WHOLE_VIEW.surveys(accounts, installation);
            var emulator = effects.flatMap(
                    calls -> ledger.flatMap(EmulatorLedger::state).map(state -> new CloudLook.Emulator(calls, state)));
            return new CloudLook(surveys, aliases, emulator);
        } finally {
            ledger.ifPresent(EmulatorLedger::close);
        }
    }
}
