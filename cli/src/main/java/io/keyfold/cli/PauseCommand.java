package io.keyfold.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold pause`: workers call nothing until they are resumed.
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses a worker kind or all workers of an account: they call nothing, and what is asked of them waits.")
final class PauseCommand extends ClientCommand implements Callable<Integer> {
    @Mixin
    private final WorkerSelection workers = new WorkerSelection();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever looks.")
    private String reason = "";

    @Option(names = "--yes", description = "Do it. Without it, only what it would be done to is shown.")
    private boolean yes;

    @Override
    public Integer call() {
        return new WorkerPause(connection(), true, reason, Duration.ofSeconds(15)).run(workers, yes);
    }
}
