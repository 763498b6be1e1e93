package io.keyfold.cli;

import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.output.VerificationTable;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold verify`: looks whether what is in force is still as the status says.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Looks whether the instance, root keys and authorizations of clusters still are what their status"
                + " says, and counts what is encrypted with the keys by now. Looking changes nothing.")
final class VerifyCommand extends ClientCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default. Or --all, or a selection, see below.")
    private List<String> clusters = List.of();

    @Option(names = "--all", description = "All clusters that are encrypted with a customer's key.")
    private boolean all;

    @Mixin
    private final Selection selection = new Selection();

    @Option(
            names = "--repair",
            description = "Wait, then have what is found missing or changed brought back: with --yes; without it, only the"
                    + " clusters that it would be done to are shown. Disabled or deleted root keys are made usable again and"
                    + " lost authorizations made anew; a root key or an instance is never made in the place of another.")
    private boolean repair;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    private String reason = "";

    @Mixin
    private final FollowOptions following = new FollowOptions();

    @Override
    public Integer call() {
        if ((clusters.isEmpty() ? 0 : 1) + (all ? 1 : 0) + (selection.isGiven() ? 1 : 0) != 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "either clusters are named, or all, or selected by what their status says",
                    "keyfold verify CLUSTER, keyfold verify --all, or for example: keyfold verify --standing DRIFTED");
        }
        var connection = connection();
        var verifiable = chosen(connection);
        if (verifiable.isEmpty()) {
            System.out.println("No cluster is like that; nothing was looked at. All clusters: keyfold status");
            return ExitCode.OK;
        }
        var controls = verifiable.stream().map(status -> control(ControlAction.VERIFY, status)).toList();
        var isWaitedFor = following.isMeant() || repair;
        var verifications = new Verifications(connection, following.limit(), isWaitedFor);
        var results = verifications.ask(controls);
        if (!isWaitedFor) {
            System.out.println("Asked for " + controls.size() + " verification" + (controls.size() == 1 ? "" : "s")
                    + ". See what is found: keyfold status, or ask with --wait");
        }
        print(results);
        return repair ? repaired(verifications, results) : results.exitCode();
    }

    private int repaired(Verifications verifications, Verifications.Results verified) {
        var drifted = verified.drifted();
        if (drifted.isEmpty()) {
            return verified.exitCode();
        }
        System.out.println();
        if (!selection.isMeant()) {
            System.out.println(
                    "Nothing was repaired yet. To have it repaired, as far as it can be: add --yes");
            return verified.exitCode();
        }
        var results =
                verifications.ask(drifted.stream().map(status -> control(ControlAction.REPAIR, status)).toList());
        print(results);
        return results.exitCode() == ExitCode.OK ? verified.withoutDrift().exitCode() : results.exitCode();
    }

    private List<ClusterEncryptionStatus> chosen(Connection connection) {
        try (var topics = new TopicReader(connection)) {
            if (!clusters.isEmpty()) {
                return clusters.stream().map(cluster -> StatusCommand.find(topics, cluster)).toList();
            }
            return topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS).values().stream()
                    .filter(Verifications::isVerifiable).filter(selection::contains).toList();
        }
    }

    private ClusterControlRequested control(ControlAction action, ClusterEncryptionStatus status) {
        return Controls.of(action, status.getClusterId(), Controls.latestRequest(status), reason).build();
    }

    private static void print(Verifications.Results results) {
        var table = new VerificationTable(new StatusReport(Terminal.ofThisProcess()));
        results.ended().forEach(table::add);
        results.notDone().forEach(table::notDone);
        if (!table.isEmpty()) {
            System.out.println(table);
        }
    }
}
