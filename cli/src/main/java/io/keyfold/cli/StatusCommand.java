package io.keyfold.cli;

import io.keyfold.cli.letters.Letter;
import io.keyfold.cli.letters.Letters;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.NextStage;
import io.keyfold.cli.output.Refusal;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold status`: what holds now, straight from the compacted topic.
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows what holds for one cluster, or a row for each.")
final class StatusCommand extends ClientCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default. All clusters if left out.")
    private @Nullable String cluster;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table (default), json, yaml, or tfvars: the variables of the next deployment stage.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        var report = new StatusReport(Terminal.ofThisProcess());
        try (var topics = new TopicReader(connection())) {
            if (cluster == null) {
                printAll(topics, report);
            } else {
                var status = find(topics, cluster);
                print(status, format, report);
                if (format == Format.TABLE) {
                    WaitsFor.of(status, () -> WorkerHealth.read(topics)).forEach(System.out::println);
                }
            }
        }
        return ExitCode.OK;
    }

    /// The latest status of a cluster that has one.
    static ClusterEncryptionStatus find(TopicReader topics, String cluster) {
        var key = key(cluster);
        return topics.latest(Topics.CLUSTER_ENCRYPTION_STATUS, key)
                .orElseThrow(() -> none(cluster, refusal(topics, key)));
    }

    private static CommandFailure none(String cluster, Optional<Refusal> refusal) {
        var what = "there is no cluster " + clusterId(cluster);
        return refusal.map(
                it -> new CommandFailure(ExitCode.NOT_FOUND, what + ": " + it.what(), it.remedy()))
                .orElseGet(
                        () -> new CommandFailure(
                                ExitCode.NOT_FOUND,
                                what,
                                "All clusters: keyfold list. A request that was only just published may not have been"
                                        + " read yet: keyfold watch " + cluster));
    }

    /// Why nothing came of what was asked, if anything was.
    private static Optional<Refusal> refusal(TopicReader topics, String key) {
        try {
            return Refusal.latest(topics.all(Topics.CLUSTER_ENCRYPTION_AUDIT, key), letters(topics, key));
        } catch (TopicFailure _) { // who may read statuses only is told what they say
            return Optional.empty();
        }
    }

    /// The requests under this key that became dead letters.
    static List<Letter> letters(TopicReader topics, String key) {
        return Letters.headsOf(
                topics,
                letter -> letter.key().equals(key) && Topics.REQUESTS.stream()
                        .anyMatch(topic -> topic.name().equals(letter.origin().topic())));
    }

    /// Under which its records are.
    static String key(String cluster) {
        var key = clusterId(cluster);
        if (ClusterId.parse(key).isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "\"" + cluster
                            + "\" can be no cluster: that is <account>/<cluster_prefix>, without spaces, of at most "
                            + ClusterId.MAX_LENGTH + " characters",
                    "All clusters: keyfold list");
        }
        return key;
    }

    static void print(ClusterEncryptionStatus status, Format format, StatusReport report) {
        System.out.println(
                switch (format) {
                    case TABLE -> report.detail(status);
                    case JSON, YAML -> format.of(status);
                    case TFVARS ->
                        NextStage.variables(status)
                                .map(String::stripTrailing)
                                .orElseThrow(() -> new CommandFailure(
                                        ExitCode.NOT_COMPLETED,
                                        "nothing holds for " + status.getClusterId()
                                                + " that could be handed to the next"
                                                + " stage (standing " + status.getStanding() + ")",
                                        "See how it goes: keyfold status " + status.getClusterId()));
                });
    }

    private void printAll(TopicReader topics, StatusReport report) {
        if (format == Format.TFVARS) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--output tfvars is about one cluster",
                    "Name it: keyfold status CLUSTER --output tfvars");
        }
        var all = topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS).values();
        if (format.isData()) {
            System.out.println(format.of(all));
        } else if (all.isEmpty()) {
            System.out.println("There is no cluster yet. Ask for one: keyfold deploy -f FILE");
        } else {
            System.out.println(report.fleet(all));
        }
    }
}
