package io.keyfold.cli;

import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.gateway.fleet.Cluster;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold list`: the clusters that are like this.
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Shows a row for each cluster that is like what is given; all of it has to hold at once.")
final class ListCommand extends ClientCommand implements Callable<Integer> {
    @Mixin
    private final Filter filter = new Filter();

    @Option(names = "--needs-person", description = "All clusters for which somebody has to do something.")
    private boolean needsPerson;

    @Option(names = "--search", paramLabel = "TEXT",
            description = "All clusters with this in their name or external id.")
    private @Nullable String search;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        Formats.refuseTfvars(format, "a list");
        List<ClusterEncryptionStatus> all;
        try (var topics = new TopicReader(connection())) {
            all = List.copyOf(topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS).values());
        }
        var listed = all.stream().filter(this::isWanted).toList();
        if (format.isData()) {
            System.out.println(format.of(listed));
        } else if (all.isEmpty()) {
            System.out.println("There is no cluster yet. Ask for one: keyfold deploy -f FILE");
        } else if (listed.isEmpty()) {
            System.out.println("None of the " + all.size() + " clusters is like that.");
        } else {
            System.out.println(new StatusReport(Terminal.ofThisProcess()).fleet(listed));
            var waiting = listed.stream().filter(Cluster::needsPerson).count();
            System.out.println();
            System.out.println(
                    listed.size() + " of " + all.size() + " clusters"
                            + (waiting == 0 ? "" : ", " + waiting + " of them for somebody to look at: keyfold explain"
                                    + " CLUSTER"));
        }
        return ExitCode.OK;
    }

    private boolean isWanted(ClusterEncryptionStatus status) {
        return filter.contains(status) && (!needsPerson || Cluster.needsPerson(status))
                && (search == null || isFound(status));
    }

    private boolean isFound(ClusterEncryptionStatus status) {
        var text = String.valueOf(search).toLowerCase(Locale.ROOT);
        return status.getClusterId().toLowerCase(Locale.ROOT).contains(text)
                || status.getExternalId().toLowerCase(Locale.ROOT).contains(text);
    }
}
