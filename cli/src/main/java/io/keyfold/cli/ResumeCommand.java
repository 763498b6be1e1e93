package io.keyfold.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold resume`: lifts a pause.
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Lifts the pause of a worker kind or of all workers of an account.")
final class ResumeCommand extends ClientCommand implements Callable<Integer> {
    @Mixin
    private final WorkerSelection workers = new WorkerSelection();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever looks.")
    private String reason = "";

    @Option(names = "--yes", description = "Do it. Without it, only what it would be done to is shown.")
    private boolean yes;

    @Override
    public Integer call() {
        return new WorkerPause(connection(), false, reason, Duration.ofSeconds(15)).run(workers, yes);
    }
}
