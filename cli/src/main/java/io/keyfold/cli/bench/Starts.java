package io.keyfold.cli.bench;

import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/// How long a person waits for a short command, by the launcher, as a shell would start it.
final class Starts {
    private final Installation installation;
    private final Path settings;
    private final int times;

    /// @param settings of a running site, for the commands that ask it
    Starts(Installation installation, Path settings, int times) {
        this.installation = installation;
        this.settings = settings;
        this.times = times;
    }

    /// The median of each, in milliseconds.
    Map<String, Double> measure() {
        var starts = new LinkedHashMap<String, Double>();
        var example = installation.home().resolve("examples/new-instance-and-key.json").toString();
        starts.put("--help", median(List.of("--help")));
        starts.put("plan", median(List.of("plan", "-f", example)));
        starts.put("status", median(List.of("status", "no-such-cluster", "--config", settings.toString())));
        return starts;
    }

    private double median(List<String> arguments) {
        var taken = new ArrayList<Double>();
        for (int n = 0; n < times; n++) {
            taken.add(start(arguments));
        }
        return taken.stream().sorted().toList().get(times / 2);
    }

    private double start(List<String> arguments) {
        var command = new ArrayList<>(List.of(installation.home().resolve("keyfold").toString()));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("KEYFOLD_SKIP_BUILD", "true");
        var begin = System.nanoTime();
        try {
            builder.start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("The launcher cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
        return (System.nanoTime() - begin) / 1e6;
    }
}
