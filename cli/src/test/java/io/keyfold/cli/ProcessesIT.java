package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import io.keyfold.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The broker and the registry that we start, and the commands against them.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProcessesIT {
    private static final Installation INSTALLATION = Installation.locate();
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    @TempDir
    private static Path directory = Path.of("");

    private static ChildProcess broker;
    private static RegistryServer registry;
    private static String brokerAddress = "";

    @BeforeAll
    static void a_broker_and_a_registry() {
        broker = start("broker", "--port", "0", "--dir", directory.resolve("broker").toString());
        registry = RegistryServer.start(
                INSTALLATION,
                new RegistryServer.Options("127.0.0.1", FreePorts.find(1).getFirst(), Optional.empty()),
                directory.resolve("registry.log"));
        brokerAddress = broker.awaitReady(READY_WITHIN);
        registry.awaitReady();
    }

    @AfterAll
    static void stop() {
        broker.close();
        registry.close();
    }

    @Test
    @Order(1)
    @Tag("case-81")
    void before_the_topics_are_created_a_command_says_that_they_are_missing() {
        var run = keyfold("status", "hpc-1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("there is no topic cluster-encryption-status", "keyfold topics create");
    }

    @Test
    @Order(2)
    void topics_and_schemas_are_created_once_and_then_as_the_catalogue_wants_them() {
        assertThat(keyfold("topics", "verify").exitCode()).isEqualTo(ExitCode.UNHEALTHY);

        var created = keyfold("topics", "create", "--partitions", "3");
        assertThat(created.exitCode()).as(created.err()).isEqualTo(ExitCode.OK);
        assertThat(created.out()).contains("cluster-encryption-status", "CREATED");

        var again = keyfold("topics", "create", "--partitions", "3");
        assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.OK);
        assertThat(again.out()).contains("AS_WANTED").doesNotContain("CREATED");
        assertThat(keyfold("topics", "verify").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    @Order(3)
    void topics_with_another_partition_count_than_wanted_are_named_with_what_to_do() {
        var run = keyfold("topics", "create", "--partitions", "6");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
        for (var topic : Topics.ALL) {
            assertThat(run.out()).contains(topic.name() + " has 3 partitions, wanted are 6: the number is fixed");
        }
        assertThat(run.err()).contains("not as they are wanted", "--partitions", "docs/operating.md");
    }

    @Test
    @Order(3)
    void watch_ends_when_nobody_reads_its_output_though_nothing_changes() throws Exception {
        var watch = new ProcessBuilder(INSTALLATION.keyfold(
                Installation.QUICK_START,
                List.of("watch", "--bootstrap-servers", brokerAddress, "--registry-url", registry.address())))
                .redirectError(directory.resolve("watch.log").toFile())
                .start();

        watch.getInputStream().close();

        assertThat(watch.waitFor(20, TimeUnit.SECONDS)).as("it goes on").isTrue();
        assertThat(watch.exitValue()).isEqualTo(ExitCode.NOBODY_READS);
        assertThat(directory.resolve("watch.log")).isEmptyFile();
    }

    @Test
    @Order(3)
    void an_unknown_cluster_has_an_exit_code_of_its_own() {
        var run = keyfold("status", "nobody");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run.err()).contains("there is no cluster default/nobody");
    }

    @Test
    @Order(3)
    void a_fleet_without_clusters_is_no_error() {
        assertThat(keyfold("status").out()).contains("There is no cluster yet");
        assertThat(keyfold("status", "-o", "json").out().strip()).isEqualTo("[ ]");
    }

    @Test
    @Order(3)
    void a_request_is_published_for_good_or_refused_before_it_is_sent() {
        var published = keyfold("deploy", "--set", "cluster_prefix=hpc-1", "--set", "zone=us-south-1");
        assertThat(published.exitCode()).as(published.err()).isEqualTo(ExitCode.OK);
        assertThat(published.out()).contains("for default/hpc-1 is published");

        assertThat(keyfold("deploy", "--set", "cluster_prefix=HPC").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    @Order(3)
    void waiting_ends_in_time_when_no_workflow_runs() {
        var run = keyfold(
                "deploy", "--set", "cluster_prefix=hpc-2", "--set", "zone=us-south-1", "--wait", "--timeout", "PT1S");

        assertThat(run.exitCode()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(run.err()).contains("has not ended within 1 s", "keyfold doctor");
    }

    @Test
    @Order(3)
    void an_unreachable_registry_is_said_in_two_lines() {
        var run = CommandRun.of(
                "deploy", "--set", "cluster_prefix=hpc-1", "--set", "zone=us-south-1",
                "--bootstrap-servers", brokerAddress, "--registry-url", "http://127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).contains("http://127.0.0.1:1", "keyfold registry");
    }

    @Test
    @Order(3)
    void the_doctor_sees_what_is_well_and_what_is_not() {
        var run = keyfold("doctor", "--iam-url", "http://127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
        assertThat(run.out())
                .containsPattern("ok +broker")
                .containsPattern("ok +topics")
                .containsPattern("ok +registry and schemas")
                .containsPattern("WRONG +workflow +is not running: its group keyfold-workflow-default has no member")
                .containsPattern("-> keyfold workflow")
                .containsPattern("WRONG +worker root-key +is not running: its group keyfold-default-root-key")
                .containsPattern("-> keyfold worker root-key")
                .containsPattern("WRONG +cloud +http://127.0.0.1:1 does not answer");
    }

    @Test
    @Order(4)
    void a_child_that_loses_its_parent_ends_by_itself() throws Exception {
        // A process that starts a broker and a registry of its own, and is killed the hard way.
        var parent = start(
                "registry", "--port", "0", "--dir", directory.resolve("second-registry").toString());
        parent.awaitReady(READY_WITHIN);
        var child = ProcessHandle.of(parent.pid()).orElseThrow().children().findFirst().orElseThrow();

        ProcessHandle.of(parent.pid()).orElseThrow().destroyForcibly();

        await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
    }

    @Test
    @Order(5)
    @Tag("case-75")
    void a_broker_keeps_its_records_over_a_restart() {
        broker.close();
        broker = start("broker", "--port", "0", "--dir", directory.resolve("broker").toString());
        brokerAddress = broker.awaitReady(READY_WITHIN);

        assertThat(keyfold("topics", "verify").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    @Order(6)
    void a_port_that_is_taken_is_said() {
        var second = start(
                "broker", "--port", brokerAddress.substring(brokerAddress.indexOf(':') + 1),
                "--dir", directory.resolve("second").toString());
        try (second) {
            assertThatThrownBy(() -> second.awaitReady(READY_WITHIN))
                    .hasMessageContaining("the broker ended before it was ready")
                    .hasMessageContaining("Address already in use");
        }
    }

    private static ChildProcess start(String name, String... arguments) {
        var words = new ArrayList<>(List.of(name));
        words.addAll(List.of(arguments));
        return ChildProcess.start(
                name,
                INSTALLATION.keyfold(Installation.QUICK_START, words),
                Map.of(),
                directory.resolve(name + "-" + System.nanoTime() + ".log"));
    }

    private static CommandRun keyfold(String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--bootstrap-servers", brokerAddress, "--registry-url", registry.address()));
        return CommandRun.of(words.toArray(String[]::new));
    }
}
