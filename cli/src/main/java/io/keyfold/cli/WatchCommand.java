package io.keyfold.cli;

import io.keyfold.cli.output.Board;
import io.keyfold.cli.output.Readership;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.contract.ClusterEncryptionStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold watch`: statuses as they change.
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Shows what holds now, then every change: a table on a terminal, lines in a pipe.")
final class WatchCommand extends ClientCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);

    @Parameters(
            arity = "0..1",
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default. All clusters if left out.")
    private @Nullable String cluster;

    @Option(
            names = "--until-ended",
            description = "End with the cluster's run; the exit code says how it ended.")
    private boolean untilEnded;

    @Override
    public Integer call() {
        if (untilEnded && cluster == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--until-ended is about one cluster",
                    "Name it: keyfold watch CLUSTER --until-ended");
        }
        var board =
                new Board(new StatusReport(Terminal.ofThisProcess()), Terminal.ofThisProcess(), System.out::println);
        var asked = Optional.ofNullable(cluster).map(ClientCommand::clusterId);
        try (var feed = StatusFeed.fromBeginning(connection(), asked)) {
            while (true) {
                var changed = new LinkedHashMap<String, ClusterEncryptionStatus>();
                do { // at first everything there is; the latest of each cluster is enough
                    feed.next(POLL).statuses().forEach(status -> changed.put(status.getClusterId(), status));
                } while (!feed.isCaughtUp());
                changed.values().removeIf(status -> asked.isPresent() && !asked.get().equals(status.getClusterId()));
                board.show(changed.values());
                if (Readership.hasLeft()) { // keyfold watch | head -1
                    return ExitCode.NOBODY_READS;
                }
                var ended = changed.values().stream()
                        .filter(status -> !Outcome.isGoing(status))
                        .findAny();
                if (untilEnded && ended.isPresent()) {
                    return Outcome.exitCode(ended.get());
                }
            }
        }
    }
}
