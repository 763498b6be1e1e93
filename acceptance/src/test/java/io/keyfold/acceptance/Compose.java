package io.keyfold.acceptance;

import io.keyfold.cli.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The containers of `docker-compose.yml`, under a project name and on ports of their own.
final class Compose implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final Path home;
    private final String project = "keyfold-test-" + ProcessHandle.current().pid();
    private final List<String> compose;
    private final Map<String, String> environment;
    private final List<Integer> ports = FreePorts.find(4);

    private Compose(Path home) {
        this.home = home;
        environment = Map.of(
                "KEYFOLD_IMAGE", System.getProperty("keyfold.image", "keyfold:local"), "KEYFOLD_COMPOSE_KAFKA_PORT",
                port(0), "KEYFOLD_COMPOSE_REGISTRY_PORT", port(1), "KEYFOLD_COMPOSE_EMULATOR_PORT", port(2),
                "KEYFOLD_COMPOSE_GATEWAY_PORT", port(3));
        compose = exitCode(List.of("docker", "compose", "version")) == 0
                ? List.of("docker", "compose")
                : List.of("docker-compose");
    }

    /// Starts every container and returns once those that others wait for are healthy.
    static Compose up(Path home) {
        var compose = new Compose(home);
        try {
            compose.run("up", "-d");
            return compose;
        } catch (RuntimeException | Error e) {
            try (compose) {
                throw new AssertionError("The containers did not start\n" + compose.logs(), e);
            }
        }
    }

    /// How a client on this machine reaches what runs in the containers.
    Map<String, String> clientSettings() {
        return Map.of(
                "KEYFOLD_BOOTSTRAP_SERVERS", "127.0.0.1:" + port(0), "KEYFOLD_SCHEMA_REGISTRY_URL",
                "http://127.0.0.1:" + port(1) + "/apis/ccompat/v7");
    }

    /// Where the gateway is reached from this machine.
    URI gateway() {
        return URI.create("http://127.0.0.1:" + port(3));
    }

    void restart(String... services) {
        var arguments = new ArrayList<>(List.of("restart"));
        arguments.addAll(List.of(services));
        run(arguments.toArray(String[]::new));
    }

    /// The last lines of every container's log.
    String logs() {
        return run("logs", "--no-color", "--tail", "40");
    }

    @Override
    public void close() {
        run("down", "--volumes", "--remove-orphans", "--timeout", "10");
    }

    private String port(int which) {
        return String.valueOf(ports.get(which));
    }

    private String run(String... arguments) {
        var command = new ArrayList<>(compose);
        command.addAll(List.of("-p", project, "-f", home.resolve("docker-compose.yml").toString()));
        command.addAll(List.of(arguments));
        var finished = execute(command);
        if (finished.exitCode() != 0) {
            throw new AssertionError(String.join(" ", command) + "\n" + finished.output());
        }
        return finished.output();
    }

    private int exitCode(List<String> command) {
        return execute(command).exitCode();
    }

    private record Finished(int exitCode, String output) {}

    private Finished execute(List<String> command) {
        try {
            // To a file: reading from a process that hangs would outlast the limit.
            Path output = Files.createTempFile("keyfold-compose", ".log");
            try {
                var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                var process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(
                            String.join(" ", command) + " did not end within " + LIMIT + "\n" + text(output));
                }
                return new Finished(process.exitValue(), text(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(command.getFirst() + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8); // whatever bytes there are
    }
}
