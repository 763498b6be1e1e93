package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.process.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// All of Keyfold in one process.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UpIT {
    private static final Installation INSTALLATION = Installation.locate();
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path directory = Path.of("");

    private final List<Integer> ports = FreePorts.find(2);
    private final int metrics = ports.getLast();
    private final HttpClient http = HttpClient.newHttpClient();

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();

    @BeforeEach
    void surroundings() {
        var broker = start(Map.of(), "broker", "--port", "0", "--dir", directory.resolve("broker").toString());
        var registry = RegistryServer.start(
                INSTALLATION, new RegistryServer.Options("127.0.0.1", ports.getFirst(), Optional.empty()),
                directory.resolve("registry.log"));
        var emulator = start(Map.of(), "emulator", "--port", "0");
        open.addAll(List.of(broker, registry, emulator));
        settings.put("KEYFOLD_BOOTSTRAP_SERVERS", broker.awaitReady(SOON));
        settings.put("KEYFOLD_SCHEMA_REGISTRY_URL", registry.awaitReady().address());
        settings.put("KEYFOLD_CLOUD", "emulator");
        settings.put("KEYFOLD_EMULATOR_URL", emulator.awaitReady(SOON));
        settings.put("KEYFOLD_STATE_DIR", directory.resolve("state").toString());
        settings.put("KEYFOLD_METRICS_PORT", String.valueOf(metrics));
        settings.put("KEYFOLD_GATEWAY_PORT", "0");
    }

    @AfterEach
    void end() throws Exception {
        for (var process : open.reversed()) {
            process.close();
        }
        http.close();
    }

    @Test
    void one_process_waits_for_its_topics_encrypts_clusters_shows_them_and_ends_in_order() throws Exception {
        try (var up = start(settings, "up")) {
            await("its health").atMost(SOON).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(
                    () -> assertThat(get("http://127.0.0.1:" + metrics + "/health/ready").statusCode()).isEqualTo(503));
            assertThat(get("http://127.0.0.1:" + metrics + "/health/live").statusCode()).isEqualTo(200);
            keyfold("topics", "create", "--partitions", "2");

            var page = URI.create(up.awaitReady(SOON));
            var ready = get("http://127.0.0.1:" + metrics + "/health/ready");
            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
            assertThat(ready.body()).contains("\"workflow ", "\"worker ", "\"gateway ");
            keyfold("deploy", "--set", "cluster_prefix=hpc-1", "--set", "zone=us-south-1", "--wait");
            await("the page's cluster").atMost(SOON).untilAsserted(
                    () -> assertThat(get(page.resolve("/api/v1/clusters").toString()).body())
                            .contains("default/hpc-1", "CUSTOMER_MANAGED"));
            assertThat(get("http://127.0.0.1:" + metrics + "/metrics").body())
                    .contains("keyfold_runs_ended_total", "keyfold_worker_commands_taken",
                            "keyfold_clusters_last_run");

            ProcessHandle.of(up.pid()).orElseThrow().destroy();
            await("its end").atMost(Duration.ofSeconds(30)).until(() -> !up.isAlive());
            assertThat(Files.readString(up.log())).doesNotContain("ERROR", "did not end in order");
        }
    }

    @Test
    void a_setting_that_none_of_the_three_knows_is_refused_and_one_of_theirs_is_not() throws Exception {
        var settingsFile =
                Files.writeString(directory.resolve("keyfold.properties"), "commit.interval.ms=100\niam.rat=5\n");
        try (var up = start(settings, "up", "--config", settingsFile.toString())) {
            assertThat(up.awaitEnd()).isEqualTo(ExitCode.USAGE);
            assertThat(Files.readString(up.log())).contains("iam.rat", "iam.rate");
        }
    }

    private void keyfold(String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of(
                "--bootstrap-servers", settings.get("KEYFOLD_BOOTSTRAP_SERVERS"), "--registry-url",
                settings.get("KEYFOLD_SCHEMA_REGISTRY_URL")));
        var run = CommandRun.of(words.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }

    private HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private ChildProcess start(Map<String, String> environment, String... arguments) {
        return ChildProcess.start(
                arguments[0], INSTALLATION.keyfold(Installation.QUICK_START, List.of(arguments)), environment,
                directory.resolve(arguments[0] + ".log"));
    }
}
