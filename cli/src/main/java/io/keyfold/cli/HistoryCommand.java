package io.keyfold.cli;

import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.HistoryReport;
import io.keyfold.cli.output.Refusal;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold history`: the audit of one cluster.
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Shows all that has become of one cluster: every transition, who or what caused it, and what was asked"
                + " in vain.")
final class HistoryCommand extends ClientCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default.")
    private String cluster = "";

    @Option(names = "--run", paramLabel = "NUMBER", description = "Of this run only.")
    private @Nullable Integer run;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        Formats.refuseTfvars(format, "its history");
        List<ClusterEncryptionAudit> lines;
        Optional<Refusal> unreadable;
        try (var topics = new TopicReader(connection())) {
            var key = StatusCommand.key(cluster);
            lines = topics.all(Topics.CLUSTER_ENCRYPTION_AUDIT, key).stream()
                    .filter(line -> run == null || line.getRun() == run).toList();
            unreadable = lines.isEmpty() && run == null
                    ? Refusal.latest(lines, StatusCommand.letters(topics, key))
                    : Optional.empty();
        }
        if (lines.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "nothing was written down of " + clusterId(cluster) + (run == null ? "" : " and its run " + run)
                            + unreadable.map(it -> ": " + it.what()).orElse(""),
                    unreadable.map(Refusal::remedy).orElse(
                            "All clusters: keyfold list. What could not be read at all: keyfold dead-letters list"));
        }
        System.out.println(format == Format.TABLE ? HistoryReport.table(lines) : format.of(lines));
        return ExitCode.OK;
    }
}
