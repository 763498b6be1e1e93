package io.keyfold.cli;

import io.keyfold.cli.bench.Bench;
import io.keyfold.cli.bench.BenchReport;
import io.keyfold.cli.bench.Effort;
import io.keyfold.cli.bench.Tuning;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.process.Installation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold bench`: how fast all of it is on this machine, beside what the machine allows.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Starts a broker, a registry, an emulated IBM Cloud, the workflow and the workers, measures how fast"
                + " and at what cost clusters are encrypted, and beside it what Kafka and HTTP alone take on this"
                + " machine, and removes everything again. What the figures mean: docs/performance.md.")
final class BenchCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Option(
            names = "--quick",
            description = "In less than a minute, and so less exactly, and with the quick compiler alone: the better one is not"
                    + " done with its work by then.")
    private boolean quick;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the requests and the emulator's ids are drawn from. Default: 1.")
    private long seed;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting of workflow or workers, to see what it gives; may be repeated.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--jvm-flag",
            paramLabel = "FLAG",
            description = "A flag of the JVM for all processes but the registry, to see what it gives; may be repeated.")
    private List<String> jvmFlags = List.of();

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long the load goes on before throughput is measured. Default: 120, with --quick 12.")
    private @Nullable Integer warmUp;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "How many workflows are under way at a time where throughput is measured. Default: 400.")
    private @Nullable Integer inFlight;

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        if (format == Format.TFVARS) {
            throw new CommandFailure(ExitCode.USAGE, "--output tfvars is not for figures", "Give table or json");
        }
        var usual = quick ? Effort.quick() : Effort.full();
        var effort = usual.with(
                warmUp == null ? usual.warmUp() : Duration.ofSeconds(positive("--warm-up", warmUp)),
                inFlight == null ? usual.inFlight() : positive("--in-flight", inFlight));
        var tuning = new Tuning(settings, quick && jvmFlags.isEmpty() ? Installation.QUICK_START : jvmFlags);
        try (var bench = new Bench(Installation.locate(), effort, seed, tuning, System.err::println)) {
            Runtime.getRuntime().addShutdownHook(new Thread(bench::close, "shutdown-of-bench"));
            try {
                print(bench.run());
                return ExitCode.OK;
            } catch (RuntimeException e) {
                if (bench.isClosed()) {
                    return INTERRUPTED; // Ctrl-C took the processes away from under us
                }
                System.err.println("The logs stay in " + bench.leaveLogs());
                throw e;
            }
        }
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new CommandFailure(ExitCode.USAGE, option + " is " + value, "Give 1 or more");
        }
        return value;
    }

    private void print(BenchReport report) {
        System.out.println(format.isData() ? format.of(report.json()) : report.text());
    }
}
