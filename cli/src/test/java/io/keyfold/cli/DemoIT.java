package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

/// `keyfold demo --keep`, and the commands that its last lines name.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
    private static final Duration ENDED_WITHIN = Duration.ofMinutes(4);

    @TempDir
    private static Path directory = Path.of("");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ChildProcess demo;

    @BeforeAll
    static void a_demo_that_is_kept() {
        demo = ChildProcess.start(
                "demo",
                Installation.locate().keyfold(Installation.QUICK_START, List.of("demo", "--keep", "--verbose")),
                Map.of(),
                directory.resolve("demo.log"));
        await().atMost(ENDED_WITHIN).until(() -> !demo.isAlive() || shown().contains("Look around from another shell"));
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @Test
    @Order(1)
    void each_example_ends_as_it_must() {
        assertThat(shown())
                .contains("All six ended as they must")
                .containsPattern("new instance, new key +default/hpc-new +CUSTOMER_MANAGED +COMPLETED +yes")
                .containsPattern("existing instance and key +default/hpc-existing +CUSTOMER_MANAGED +COMPLETED +yes")
                .containsPattern(
                        "new key in an existing instance +default/hpc-shared +CUSTOMER_MANAGED +COMPLETED +yes")
                .containsPattern("provider-managed +default/hpc-provider +PROVIDER_MANAGED +COMPLETED +yes")
                .containsPattern("bad request +default/HPC_Bad +NONE +REJECTED +yes")
                .containsPattern("fails midway, is undone +default/hpc-fail +NONE +FAILED +yes");
    }

    @Test
    @Order(1)
    void what_was_adopted_is_someone_elses_and_nothing_of_the_failed_one_is_left() {
        assertThat(shown())
                .containsPattern("default/hpc-existing +ROOT_KEY +ADOPTED +research-root-key")
                .containsPattern("default/hpc-existing +AUTHORIZATION_POLICY +SKIPPED +BLOCK_STORAGE_AUTHORIZATION")
                .containsPattern("default/hpc-shared +AUTHORIZATION_POLICY +ADOPTED +BLOCK_STORAGE_AUTHORIZATION")
                .containsPattern("instance +hpc-new-kms +us-south +Keyfold")
                .containsPattern("instance +research-kms +us-south +someone else")
                .doesNotContainPattern("instance +hpc-fail-kms +us-south");
    }

    @Test
    @Order(1)
    void the_README_shows_it_as_it_is() throws IOException {
        var readme = Files.readString(Installation.locate().home().resolve("README.md"));
        var sample = readme.split("`./keyfold demo` ends like this", 2)[1].split("```", 3)[1];

        assertThat(sample.lines().filter(line -> !line.isBlank())).hasSizeGreaterThan(15).allSatisfy(
                line -> assertThat(shown().lines()).anyMatch(
                        // An ellipsis stands for what is left out; how long it took is another time another one.
                        real -> real.startsWith(line.replaceAll("…$|[0-9.]+ s after the start.$", ""))));
    }

    @Test
    @Order(1)
    @Tag("case-108")
    void the_audit_tells_each_story_in_order() {
        var story = shown().substring(shown().indexOf("The audit's story of default/hpc-fail"));

        assertThat(story).containsSubsequence(
                "REQUEST_ACCEPTED", "STEP_COMPLETED", "STEP_FAILED", "COMPENSATION_STARTED", "STEP_COMPENSATED",
                "RUN_ENDED");
    }

    @Test
    @Order(2)
    void the_status_is_handed_to_the_next_stage() {
        var handedOver = keyfold("status", "hpc-new", "--output", "tfvars");

        assertThat(handedOver.exitCode()).as(handedOver.err()).isEqualTo(ExitCode.OK);
        assertThat(handedOver.out())
                .containsPattern("kms_instance_name += \"hpc-new-kms\"")
                .containsPattern("kms_key_name += \"hpc-new-key\"")
                .containsPattern("skip_kms_s2s_auth_policy += true")
                .containsPattern("kms_instance_crn += \"crn:v1:bluemix:public:kms:us-south:");
        assertThat(keyfold("status", "hpc-fail", "--output", "tfvars").exitCode()).isEqualTo(ExitCode.NOT_COMPLETED);
    }

    @Test
    @Order(2)
    void the_fleet_and_one_cluster_can_be_read_as_JSON() {
        assertThat(keyfold("status", "-o", "json").out()).contains("\"cluster_id\" : \"default/hpc-shared\"");
        assertThat(keyfold("status", "hpc-provider", "-o", "json").out())
                .contains("\"standing\" : \"PROVIDER_MANAGED\"");
    }

    @Test
    @Order(2)
    void a_run_that_has_ended_can_be_watched_to_its_end() {
        assertThat(keyfold("watch", "hpc-new", "--until-ended").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(keyfold("watch", "hpc-fail", "--until-ended").exitCode()).isEqualTo(ExitCode.NOT_COMPLETED);
    }

    @Test
    @Order(2)
    void nothing_is_left_to_cancel() {
        var cancelled = keyfold("cancel", "hpc-new");

        assertThat(cancelled.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(cancelled.err()).contains("the workflow refused");
    }

    @Test
    @Order(2)
    void the_doctor_finds_everything_well() {
        var doctor = keyfold("doctor");

        assertThat(doctor.exitCode()).as(doctor.out()).isEqualTo(ExitCode.OK);
        assertThat(doctor.out())
                .containsPattern("ok +workflow +runs")
                .containsPattern("ok +worker authorization +runs")
                .containsPattern("ok +cloud +http\\S+ is reachable\\R")
                .containsPattern(
                        "ok +account default +IAM takes its API key; roles are not tried without --roles-of\\R");
    }

    @Test
    @Order(3)
    void another_cluster_is_deployed_from_the_deployments_own_variables() {
        var examples = Installation.locate().home().resolve("examples");

        var deployed = keyfold(
                "deploy", "-f", examples.resolve("terraform.tfvars").toString(), "--wait", "--output", "tfvars");

        assertThat(deployed.exitCode()).as(deployed.err()).isEqualTo(ExitCode.OK);
        assertThat(deployed.err()).contains("passed over", "ssh_keys");
        assertThat(deployed.out()).containsPattern("kms_instance_name += \"hpc-tfvars-kms\"");
    }

    @Test
    @Order(4)
    @Tag("case-11")
    void the_same_request_again_has_no_effect() {
        String[] request = {
            "deploy", "--wait", "--set", "cluster_prefix=hpc-twice", "--set", "region=eu-de", "--set", "request_id=once"
        };
        assertThat(keyfold(request).exitCode()).isEqualTo(ExitCode.OK);

        assertThat(keyfold(request).exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    @Order(2)
    void its_gateway_tells_the_same_by_HTTP() throws Exception {
        var failed = get("/api/v1/clusters/default/hpc-fail");
        var history = get("/api/v1/clusters/default/hpc-fail/history");

        assertThat(get("/api/v1/clusters?run_state=FAILED").at("/clusters/0/cluster_id").asText())
                .isEqualTo("default/hpc-fail");
        assertThat(failed.at("/last_run/remedy").asText()).contains("keyfold retry default/hpc-fail");
        assertThat(failed.get("needs_person").asBoolean()).isTrue();
        assertThat(history.get("records")).extracting(record -> record.get("event").asText())
                .containsSubsequence("REQUEST_ACCEPTED", "STEP_FAILED", "COMPENSATION_STARTED", "RUN_ENDED");
    }

    @Test
    @Order(4)
    void a_cluster_is_asked_for_by_HTTP_and_what_the_workflow_says_of_a_control_stands_in_its_history()
            throws Exception {
        var asked = post(
                "/api/v1/clusters",
                "{\"request_id\": \"by-http\", \"cluster_prefix\": \"hpc-http\", \"region\": \"eu-de\"}");
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        var cluster = "/api/v1/clusters/default/hpc-http";
        await().atMost(ENDED_WITHIN).until(
                () -> get("/api/v1/clusters?q=hpc-http").at("/clusters/0/last_run/state").asText().equals("COMPLETED"));

        var cancel = post(cluster + "/cancel", "{\"control_id\": \"too-late\"}");

        assertThat(cancel.statusCode()).as(cancel.body()).isEqualTo(202);
        await().atMost(ENDED_WITHIN).untilAsserted(
                () -> assertThat(get(cluster + "/history?order=desc&limit=1").at("/records/0/code").asText())
                        .isEqualTo("ALREADY_FINISHED"));
    }

    @Test
    @Order(4)
    void every_curl_of_the_gateways_page_is_answered() throws Exception {
        var page = Files.readString(Installation.locate().home().resolve("docs/gateway.md"));
        var scripts = Pattern.compile("^```sh\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL).matcher(page).results()
                .map(block -> block.group(1)).toList();
        assertThat(scripts).hasSize(3);
        for (var script : scripts) {
            var shell = new ProcessBuilder("sh", "-eu", "-c", script).redirectErrorStream(true);
            shell.environment().put("GATEWAY", gateway().toString());
            var process = shell.start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).as(script + said).isZero();
            assertThat(said).contains("{");
        }
    }

    private static JsonNode get(String path) throws Exception {
        var request = HttpRequest.newBuilder(gateway().resolve(path)).build();
        return new ObjectMapper().readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(gateway().resolve(path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static URI gateway() {
        var line = Pattern.compile("^API and live page: (http://\\S+)$", Pattern.MULTILINE).matcher(shown());
        assertThat(line.find()).isTrue();
        return URI.create(line.group(1));
    }

    @Test
    @Order(5)
    void a_process_that_dies_is_named_with_its_end_its_log_and_what_to_do() {
        var row = Pattern.compile("^worker +([0-9]+) +(/.*/worker\\.log)$", Pattern.MULTILINE).matcher(shown());
        assertThat(row.find()).isTrue();

        ProcessHandle.of(Long.parseLong(row.group(1))).orElseThrow().destroyForcibly();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(shown()).endsWith(
                "\nThe worker (process " + row.group(1) + ") has ended by itself: exit code 137 (signal 9).\n"
                        + "Its log, until this demo ends: " + row.group(2) + "\n"
                        + "Start it again from another shell: ./keyfold worker kms-instance root-key authorization"
                        + " --config " + settingsFile() + "\n"));
    }

    @Test
    @Order(6)
    void its_end_leaves_neither_a_process_nor_a_file() {
        var processes = ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
        var kept = settingsFile().getParent();
        assertThat(processes).as("all but the one that died").hasSizeGreaterThanOrEqualTo(4);
        assertThat(kept).isDirectory();

        demo.close();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
        assertThat(kept).doesNotExist();
        assertThat(shown()).as("said of the one that died alone").containsOnlyOnce("has ended by itself");
    }

    private static CommandRun keyfold(String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--config", settingsFile().toString()));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private static Path settingsFile() {
        var prefix = "  export KEYFOLD_CONFIG=";
        return shown().lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> Path.of(line.substring(prefix.length())))
                .findFirst()
                .orElseThrow();
    }

    private static String shown() {
        try {
            return Files.exists(demo.log()) ? Files.readString(demo.log()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("What the demo has shown cannot be read", e);
        }
    }
}
