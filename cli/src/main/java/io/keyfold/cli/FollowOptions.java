package io.keyfold.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/// Whether, and how long, a command follows the run that it has asked for.
final class FollowOptions {
    @Option(names = "--wait", description = "Follow the run until it ends or waits for a person.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "PT35M",
            description = "How long --wait waits at most, for example PT10M. Default: PT35M, a run's own deadline and"
                    + " some.")
    private Duration limit = Duration.ZERO;

    boolean isMeant() {
        return wait;
    }

    Duration limit() {
        return limit;
    }
}
