package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Workflow and workers that are started before what they need.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StartOrderIT {
    private static final Installation INSTALLATION = Installation.locate();
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");

    private final List<Integer> ports = FreePorts.find(3);
    private final String brokerAddress = "127.0.0.1:" + ports.getFirst();
    private final String registryAddress = "http://127.0.0.1:" + ports.get(1) + "/apis/ccompat/v7";
    private final String cloudPort = String.valueOf(ports.getLast());
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
        createTopics();
        var begin = System.nanoTime();
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
            // Once; and again every half minute, which a slow machine may come to.
            var most = 1 + Duration.ofNanos(System.nanoTime() - begin).toSeconds() / 30;
            assertThat(linesWith(service, "Waiting for Kafka")).isBetween(1L, most);
            assertThat(linesWith(service, "Waiting for the schema registry")).isBetween(1L, most);
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

    /// Who of broker, registry, cloud and services is started after whom: all 24.
    static Stream<List<String>> orders() {
        return permutations(List.of("services", "registry", "broker", "cloud"));
    }

    private static Stream<List<String>> permutations(List<String> parts) {
        return parts.isEmpty() ? Stream.of(List.of()) : parts.stream().flatMap(first -> {
            var others = parts.stream().filter(part -> !part.equals(first)).toList();
            return permutations(others).map(rest -> Stream.concat(Stream.of(first), rest.stream()).toList());
        });
    }

    @ParameterizedTest(name = "{0}")
    @EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
    @MethodSource("orders")
    @Tag("case-72")
    void in_whatever_order_they_start_what_was_asked_for_is_done_as_soon_as_all_are_there(List<String> order)
            throws Exception {
        createTopics();
        var there = new HashSet<String>();
        List<ChildProcess> services = List.of();
        for (var part : order) {
            there.add(part);
            switch (part) {
                case "broker" -> started(broker()).awaitReady(SOON);
                case "registry" -> {
                    var registry = registry();
                    open.add(registry);
                    registry.awaitReady();
                }
                case "cloud" -> started(start(Map.of(), "emulator", "--listen-port", cloudPort)).awaitReady(SOON);
                default -> services = List.of(service("workflow"), service("worker", "all"));
            }
            var canRun = there.containsAll(List.of("broker", "registry"));
            for (var service : services) {
                if (canRun) {
                    service.awaitReady(SOON);
                } else {
                    awaitLine(service, "Waiting for ");
                }
            }
            if (canRun && (part.equals("broker") || part.equals("registry"))) {
                var asked = CommandRun.of(
                        "deploy", "--set", "cluster_prefix=early", "--set", "zone=us-south-1",
                        "--bootstrap-servers", brokerAddress, "--registry-url", registryAddress);
                assertThat(asked.exitCode()).as(asked.err()).isEqualTo(ExitCode.OK);
            }
        }

        try (var topics = new TopicReader(
                new Connection(
                        Map.of("bootstrap.servers", brokerAddress, "schema.registry.url", registryAddress)))) {
            await("the end of its run").atMost(Duration.ofMinutes(2)).until(
                    () -> topics.latest(Topics.CLUSTER_ENCRYPTION_STATUS, "default/early"),
                    status -> status.filter(found -> found.getLastRun().getState() == RunState.COMPLETED)
                            .isPresent());
        }
        assertThat(services).hasSize(2).allMatch(ChildProcess::isAlive);
    }

    private void createTopics() {
        try (var broker = broker(); var registry = registry()) {
            broker.awaitReady(SOON);
            registry.awaitReady();
            var created = CommandRun.of(
                    "topics", "create", "--partitions", "1", "--bootstrap-servers", brokerAddress,
                    "--registry-url", registryAddress);
            assertThat(created.exitCode()).as(created.err()).isEqualTo(ExitCode.OK);
        }
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
                new RegistryServer.Options("127.0.0.1", ports.get(1), Optional.of(directory.resolve("registry"))),
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
                "KEYFOLD_EMULATOR_URL", "http://127.0.0.1:" + cloudPort,
                "KEYFOLD_STATE_DIR", directory.resolve("state").toString(),
                "KEYFOLD_START_TIMEOUT_MS", "2000"));
        settings.putAll(otherwise);
        return started(start(settings, arguments));
    }

    private ChildProcess started(ChildProcess process) {
        open.add(process);
        return process;
    }

    private ChildProcess start(Map<String, String> settings, String... arguments) {
        return ChildProcess.start(
                arguments[0],
                INSTALLATION.keyfold(Installation.QUICK_START, List.of(arguments)),
                settings,
                directory.resolve(arguments[0] + "-" + System.nanoTime() + ".log"));
    }
}
