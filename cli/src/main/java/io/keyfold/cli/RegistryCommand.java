package io.keyfold.cli;

import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold registry`: one schema registry in the foreground.
@Command(
        name = "registry",
        mixinStandardHelpOptions = true,
        description = "Runs Apicurio Registry, which speaks the Confluent API, for demos, tests and small sites.")
final class RegistryCommand implements Callable<Integer> {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:KEYFOLD_REGISTRY_HOST:-127.0.0.1}",
            description = "Interface to listen on (KEYFOLD_REGISTRY_HOST). Default: 127.0.0.1.")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${env:KEYFOLD_REGISTRY_PORT:-8081}",
            description = "Port to listen on, 0 for a free one (KEYFOLD_REGISTRY_PORT). Default: 8081.")
    private int port;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "${env:KEYFOLD_REGISTRY_DIR:-.keyfold/registry}",
            description = "Where schemas and its log are kept (KEYFOLD_REGISTRY_DIR). Default: .keyfold/registry.")
    private Path directory = Path.of("");

    @Override
    public Integer call() {
        var options = new RegistryServer.Options(host, FreePorts.orFree(port), Optional.of(directory));
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("The directory " + directory + " cannot be made", e);
        }
        var registry = RegistryServer.start(Installation.locate(), options, directory.resolve("registry.log"));
        try {
            registry.awaitReady();
        } catch (RuntimeException e) {
            registry.close();
            throw e;
        }
        return Foreground.run("registry", registry.address(), registry, () -> awaitEnd(registry));
    }

    private static void awaitEnd(RegistryServer registry) throws InterruptedException, ExecutionException {
        var exitCode = registry.process().awaitEnd();
        throw new ExecutionException(new IllegalStateException(
                "exit code " + exitCode + ", log " + registry.process().log()));
    }
}
