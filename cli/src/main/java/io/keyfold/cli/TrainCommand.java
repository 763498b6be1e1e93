package io.keyfold.cli;

import io.keyfold.cli.demo.Training;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.process.AotCaches;
import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold train`: what lets services start sooner.
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Makes the AOT caches from which services start in half the time, by a demo of about a minute. The"
                + " launcher does it by itself, in the background, where it also builds. A service without a cache, or"
                + " whose cache does not fit, only starts more slowly.")
final class TrainCommand implements Callable<Integer> {
    @Option(names = "--dir", paramLabel = "DIR", description = "Default: where the launcher looks for them.")
    private Optional<Path> told = Optional.empty();

    @Override
    public Integer call() throws IOException {
        var directory = told.or(AotCaches::usualDirectory)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "nobody says where the caches are to lie", "Give --dir, or use ./keyfold"));
        Files.createDirectories(directory);
        try (var file = FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = file.tryLock()) {
            if (lock == null) {
                System.out.println("Another keyfold trains them already.");
                return ExitCode.OK;
            }
            return train(directory);
        }
    }

    private static int train(Path directory) {
        try (var training = new Training(Installation.locate(), directory, System.out::println)) {
            Runtime.getRuntime().addShutdownHook(new Thread(training::close, "shutdown-of-training"));
            var written = training.run();
            var table = new Table("SERVICE", "CACHE", "MIB");
            written.forEach(service -> {
                var cache = AotCaches.file(directory, service);
                table.row(service, cache.toString(), String.valueOf(mebibytes(cache)));
            });
            System.out.println(table);
            return written.containsAll(AotCaches.SERVICES) ? ExitCode.OK : ExitCode.UNHEALTHY;
        }
    }

    private static long mebibytes(Path file) {
        try {
            return Files.size(file) >> 20;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
