package io.keyfold.cli;

import io.keyfold.cli.demo.Demo;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.output.Text;
import io.keyfold.cli.process.Installation;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold demo`: everything on this machine, from nothing to six final statuses.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a broker, a registry, an emulated IBM Cloud, the workflow and the workers; deploys six"
                + " examples, shows how they end, and removes everything again.")
final class DemoCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Option(names = "--keep", description = "Leave everything running until Ctrl-C, and say where.")
    private boolean keep;

    @Option(names = {"-v", "--verbose"}, description = "Tell each cluster's story from the audit topic.")
    private boolean verbose;

    @Option(
            names = "--secure",
            description = "With TLS, passwords and ACLs in Kafka: each service has a user of its own, who may do what it"
                    + " must and nothing else.")
    private boolean isSecure;

    @Option(names = "--broker-port", paramLabel = "PORT", description = "Default: a free one.")
    private int brokerPort;

    @Option(names = "--registry-port", paramLabel = "PORT", description = "Default: a free one.")
    private int registryPort;

    @Option(names = "--emulator-port", paramLabel = "PORT", description = "Default: a free one.")
    private int emulatorPort;

    @Option(names = "--gateway-port", paramLabel = "PORT", description = "Default: a free one.")
    private int gatewayPort;

    @Override
    public Integer call() throws InterruptedException {
        var started = System.nanoTime();
        try (var demo = new Demo(Installation.locate(), DemoCommand::say, Terminal.ofThisProcess(), isSecure)) {
            Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "shutdown-of-demo"));
            try {
                return run(demo, started);
            } catch (RuntimeException e) {
                if (demo.isClosed()) {
                    return INTERRUPTED; // Ctrl-C took the processes away from under us
                }
                demo.leaveLogs();
                throw e;
            }
        }
    }

    private int run(Demo demo, long started) throws InterruptedException {
        demo.start(brokerPort, registryPort, emulatorPort, gatewayPort);
        var allGood = demo.run();
        if (verbose) {
            demo.showStories();
        }
        say("");
        say((allGood ? "All six ended as they must" : "Not all ended as they must") + ", "
                + Text.duration(Duration.ofNanos(System.nanoTime() - started)) + " after the start.");
        if (!allGood) {
            demo.leaveLogs();
        }
        if (keep) {
            demo.showAddresses();
            demo.stay();
        }
        return allGood ? ExitCode.OK : ExitCode.UNHEALTHY;
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
