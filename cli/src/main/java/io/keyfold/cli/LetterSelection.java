package io.keyfold.cli;

import io.keyfold.cli.letters.Letter;
import io.keyfold.contract.DeadLetterReason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Dead letters by what they say of themselves. What is given has to hold all at once.
final class LetterSelection {
    @Option(names = "--topic", paramLabel = "TOPIC", description = "Those of records of this topic.")
    private @Nullable String topic;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Those written since: a time such as 2026-01-31T18:00:00Z, or how long ago, such as PT24H.")
    private @Nullable String since;

    @Option(names = "--reason", paramLabel = "REASON", description = "Those of this reason; docs/topics.md lists them.")
    private @Nullable DeadLetterReason reason;

    @Option(names = "--cluster", paramLabel = "CLUSTER", description = "Those of records with this cluster's key.")
    private @Nullable String cluster;

    private Instant from = Instant.MIN;

    boolean isGiven() {
        return topic != null || since != null || reason != null || cluster != null;
    }

    boolean contains(Letter letter) {
        var record = letter.record();
        return (topic == null || record.getSourceTopic().equals(topic))
                && (reason == null || record.getReason() == reason)
                && (cluster == null || letter.key().equals(ClientCommand.clusterId(cluster)))
                && !record.getWrittenAt().isBefore(from);
    }

    /// Begins: from now on is counted back how long ago something is wanted.
    void begin() {
        from = since == null ? Instant.MIN : time(since);
    }

    private static Instant time(String since) {
        try {
            return since.startsWith("P") || since.startsWith("p")
                    ? Instant.now().minus(Duration.parse(since))
                    : Instant.parse(since);
        } catch (DateTimeException | ArithmeticException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--since is neither a time nor how long ago: " + since,
                    "For example --since 2026-01-31T18:00:00Z, or --since PT24H");
        }
    }
}
