package io.keyfold.cli;

import io.keyfold.cli.process.EmbeddedBroker;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold broker`: one genuine Apache Kafka broker in the foreground.
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Runs one Apache Kafka broker (KRaft) in the foreground, for demos, tests and small sites.")
final class BrokerCommand implements Callable<Integer> {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:KEYFOLD_BROKER_HOST:-127.0.0.1}",
            description = "Interface to listen on (KEYFOLD_BROKER_HOST). Default: 127.0.0.1.")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${env:KEYFOLD_BROKER_PORT:-9092}",
            description = "Port to listen on, 0 for a free one (KEYFOLD_BROKER_PORT). Default: 9092.")
    private int port;

    @Option(
            names = "--advertised-host",
            paramLabel = "NAME",
            defaultValue = "${env:KEYFOLD_BROKER_ADVERTISED_HOST:-}",
            description = "Name under which clients reach it (KEYFOLD_BROKER_ADVERTISED_HOST). Default: --host.")
    private String advertisedHost = "";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "${env:KEYFOLD_BROKER_DIR:-.keyfold/broker}",
            description = "Where its data is kept (KEYFOLD_BROKER_DIR). Default: .keyfold/broker.")
    private Path directory = Path.of("");

    @Option(
            names = "--secure",
            description = "Let nobody in without TLS and a password or certificate, and nobody do more than was granted."
                    + " Makes certificates and users when the directory is new; each user's settings lie in"
                    + " DIR/security/. Then: keyfold topics acls --apply.")
    private boolean isSecure;

    @Option(
            names = "--mtls-port",
            paramLabel = "PORT",
            defaultValue = "${env:KEYFOLD_BROKER_MTLS_PORT:-0}",
            description = "With --secure, where clients come by certificate instead of password"
                    + " (KEYFOLD_BROKER_MTLS_PORT). Default: a free one.")
    private int mtlsPort;

    @Option(
            names = "--property",
            paramLabel = "NAME=VALUE",
            description = "Any property of the broker, for example log.retention.hours=48.")
    private Map<String, String> properties = Map.of();

    @Override
    public Integer call() {
        int plainPort = FreePorts.orFree(port, mtlsPort);
        var options = new EmbeddedBroker.Options(
                host,
                plainPort,
                Optional.of(advertisedHost).filter(name -> !name.isEmpty()).orElse(host),
                directory,
                isSecure ? OptionalInt.of(FreePorts.orFree(mtlsPort, plainPort)) : OptionalInt.empty(),
                properties);
        var broker = EmbeddedBroker.start(Installation.locate().brokerLibraries(), options);
        return Foreground.run("broker", broker.address(), broker);
    }
}
