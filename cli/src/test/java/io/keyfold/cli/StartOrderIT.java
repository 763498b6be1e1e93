package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workflow and workers that are started before what they need.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StartOrderIT {
    private static final Installation INSTALLATION = Installation.locate();
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");

    private final List<Integer> ports = FreePorts.find(2);
    private final String brokerAddress = "127.0.0.1:" + ports.getFirst();
    private final String registryAddress = "http://127.0.0.1:" + ports.getLast() + "/apis/ccompat/v7";
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var process : open.reversed()) {
            process.close();
        }
    }

    @Test
    @Tag("case-72")
    void they_wait_for_broker_and_registry_say_so_once_and_come_up_by_themselves() throws Exception {
        try (var broker = broker(); var registry = registry()) {
            broker.awaitReady(SOON);
            registry.awaitReady();
            var created = CommandRun.of(
                    "topics", "create", "--partitions", "1", "--bootstrap-servers", brokerAddress,
                    "--registry-url", registryAddress);
            assertThat(created.exitCode()).as(created.err()).isEqualTo(ExitCode.OK);
        }
        var services = List.of(service("workflow"), service("worker", "all"));

        for (var service : services) {
            awaitLine(service, "Waiting for Kafka at " + brokerAddress);
        }
        open.add(broker());
        for (var service : services) {
            awaitLine(service, "Waiting for the schema registry at " + registryAddress);
        }
        assertThat(services).allMatch(ChildProcess::isAlive);
        open.add(registry());

        for (var service : services) {
            service.awaitReady(SOON);
            assertThat(Files.readString(service.log())).doesNotContain("ERROR", "\tat ", "Exception\n");
            assertThat(linesWith(service, "Waiting for Kafka")).isEqualTo(1);
            assertThat(linesWith(service, "Waiting for the schema registry")).isEqualTo(1);
        }
    }

    @Test
    @Tag("case-69")
    void one_that_waits_ends_when_it_is_told_to() throws Exception {
        var services = List.of(service("workflow"), service("worker", "all"));
        for (var service : services) {
            awaitLine(service, "Waiting for Kafka at " + brokerAddress);

            ProcessHandle.of(service.pid()).orElseThrow().destroy();

            await().atMost(Duration.ofSeconds(5)).until(() -> !service.isAlive());
            assertThat(Files.readAllLines(service.log())).hasSize(1);
        }
    }

    @Test
    @Tag("case-72")
    void a_host_that_is_not_known_yet_is_waited_for_and_an_address_that_is_none_is_not() throws Exception {
        var unknown = List.of(
                service(Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "no-such-host.invalid:9092"), "workflow"),
                service(Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "no-such-host.invalid:9092"), "worker", "all"));
        var wrong = List.of(
                service(Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "no host"), "workflow"),
                service(Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "no host"), "worker", "all"));

        for (var service : unknown) {
            awaitLine(service, "Waiting for Kafka at no-such-host.invalid:9092");
        }
        for (var service : wrong) {
            assertThat(service.awaitEnd()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(Files.readString(service.log())).contains("bootstrap.servers", "no host")
                    .doesNotContain("Waiting");
        }
        assertThat(unknown).allMatch(ChildProcess::isAlive);
    }

    private static void awaitLine(ChildProcess service, String text) {
        await("log of " + service.name()).atMost(SOON).untilAsserted(() -> {
            assertThat(service.isAlive()).as(Files.readString(service.log())).isTrue();
            assertThat(Files.readString(service.log())).contains(text);
        });
    }

    private static long linesWith(ChildProcess service, String text) throws IOException {
        try (var lines = Files.lines(service.log())) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }

    private ChildProcess broker() {
        return start(
                Map.of(), "broker", "--port", String.valueOf(ports.getFirst()), "--dir",
                directory.resolve("broker").toString());
    }

    private RegistryServer registry() {
        return RegistryServer.start(
                INSTALLATION,
                new RegistryServer.Options("127.0.0.1", ports.getLast(), Optional.of(directory.resolve("registry"))),
                directory.resolve("registry.log"));
    }

    private ChildProcess service(String... arguments) {
        return service(Map.of(), arguments);
    }

    private ChildProcess service(Map<String, String> otherwise, String... arguments) {
        var settings = new HashMap<>(Map.of(
                "KEYFOLD_BOOTSTRAP_SERVERS", brokerAddress,
                "KEYFOLD_SCHEMA_REGISTRY_URL", registryAddress,
                "KEYFOLD_CLOUD", "emulator",
                "KEYFOLD_STATE_DIR", directory.resolve("state").toString(),
                "KEYFOLD_START_TIMEOUT_MS", "2000"));
        settings.putAll(otherwise);
        var service = start(settings, arguments);
        open.add(service);
        return service;
    }

    private ChildProcess start(Map<String, String> settings, String... arguments) {
        return ChildProcess.start(
                arguments[0],
                INSTALLATION.keyfold(Installation.QUICK_START, List.of(arguments)),
                settings,
                directory.resolve(arguments[0] + "-" + System.nanoTime() + ".log"));
    }
}
