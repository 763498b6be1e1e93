package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandLineSaysWhatToDoIT {
    private static final String NOBODY = "127.0.0.1:1";

    private final Site site = Site.shared();

    @Test
    void a_cluster_is_deployed_and_followed_to_its_end(@TempDir Path directory) throws IOException {
        Path inputs = Files.writeString(
                directory.resolve("terraform.tfvars.json"),
                """
                        {"cluster_prefix": "by-cli", "zones": ["us-south-1"], "key_management": "key_protect",
                         "resource_group": "Default"}
                        """);
        Cli deployed = site.run("deploy", "-f", inputs.toString(), "--wait").expect(0);
        assertThat(deployed.out()).contains("COMPLETED");

        assertThat(site.run("status", "default/by-cli").expect(0).out()).contains("CUSTOMER_MANAGED", "by-cli-kms");
        assertThat(site.run("status", "default/by-cli", "--output", "tfvars").expect(0).out())
                .contains("kms_instance_name", "by-cli-kms", "kms_key_name", "by-cli-key")
                .contains("skip_iam_block_storage_authorization_policy", "true");
    }

    @Test
    void what_is_handed_to_the_next_stage_changes_nothing_when_it_is_fed_back(@TempDir Path directory)
            throws IOException {
        site.run(
                "deploy", "--wait", "--set", "cluster_prefix=hand-over", "--set", "region=us-south", "--set",
                "resource_group=hpc").expect(0);
        String handedOver = site.run("status", "hand-over", "--output", "tfvars").expect(0).out();
        Path inputs = Files.writeString(directory.resolve("next.tfvars"), handedOver);
        long before = site.cloud().lastEffect();

        site.run(
                "deploy", "--wait", "-f", inputs.toString(), "--set", "cluster_prefix=hand-over", "--set",
                "region=us-south").expect(0);

        assertThat(site.cloud().effects(before + 1)).isEmpty();
        assertThat(site.run("status", "hand-over", "--output", "tfvars").expect(0).out().lines().skip(1))
                .containsExactlyElementsOf(handedOver.lines().skip(1).toList());
    }

    @Test
    void what_has_failed_for_one_reason_is_shown_and_then_tried_again_all_at_once() {
        site.cloud().fault("{\"operation\":\"resource-controller.create_instance\",\"body_contains\":\"bulk-\","
                + "\"fault\":{\"type\":\"forbidden\"}}");
        String first = site.deploy(Site.request("bulk-1"));
        String second = site.deploy(Site.request("bulk-2"));
        assertThat(site.awaitEnd(first).getLastRun().getState()).isEqualTo(RunState.FAILED);
        assertThat(site.awaitEnd(second).getLastRun().getState()).isEqualTo(RunState.FAILED);
        site.cloud().noMoreFaults();
        assertThat(site.run("list", "--needs-person", "--search", "BULK-1").expect(0).out())
                .contains("default/bulk-1", "1 of them for somebody to look at").doesNotContain("bulk-2");
        assertThat(site.run("list", "--failed-with", "FORBIDDEN", "-o", "yaml").expect(0).out())
                .contains("cluster_id: \"default/bulk-2\"", "code: \"FORBIDDEN\"");
        assertThat(site.run("explain", "bulk-1").expect(0).out()).contains(
                "default/bulk-1 is not encrypted", "failed and was undone", "What happened:",
                "was refused (FORBIDDEN, HTTP 403",
                "What to do now:", "keyfold retry default/bulk-1");
        assertThat(site.run("history", "bulk-1").expect(0).out()).contains("REQUEST_ACCEPTED", "STEP_FAILED",
                "RUN_ENDED");
        assertThat(site.run("history", "bulk-1", "--run", "2").expect(3).err()).contains("its run 2");
        String[] selection = {"retry", "--last-run", "FAILED", "--failed-with", "FORBIDDEN"};

        assertThat(site.run(selection).expect(0).out()).contains("bulk-1", "bulk-2", "Nothing was asked for yet");
        assertThat(site.awaitEnd(first).getLastRun().getRun()).isEqualTo(1);

        assertThat(site.run(Stream.concat(Stream.of(selection), Stream.of("--yes")).toArray(String[]::new)).expect(0)
                .out()).contains("not done for 0");
        for (String cluster : List.of(first, second)) {
            site.awaitStatus(
                    cluster,
                    status -> status.getLastRun().getRun() == 2
                            && status.getLastRun().getState() == RunState.COMPLETED);
        }
    }

    @Test
    void what_could_not_be_done_is_listed_with_its_reason() {
        site.deploy(Site.request("bulk-done").setRequestedBy("bulk tester"));
        site.awaitEnd("default/bulk-done");

        Cli retried = site.run("retry", "--requested-by", "bulk tester", "--yes").expect(5);
        assertThat(retried.out()).contains("not done for 1", "default/bulk-done", "NOTHING_TO_RETRY");
    }

    @Test
    void an_unknown_cluster_is_one_line_and_a_failure() {
        Cli status = site.run("status", "default/nobody");

        assertThat(status.exitCode()).isNotZero();
        assertThat(status.err()).contains("default/nobody");
    }

    @Test
    void an_unreachable_broker_is_said_within_ten_seconds() {
        Cli status = site.run("status", "default/nobody", "--bootstrap-servers", NOBODY);

        assertThat(status.exitCode()).isNotZero();
        assertThat(status.err()).contains(NOBODY).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(status.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void an_unreachable_registry_is_said_within_ten_seconds() {
        String cluster = site.deploy(Site.request("no-reg").setKeyManagement(null));
        site.awaitEnd(cluster);
        Cli status = site.run("status", cluster, "--schema-registry-url", "http://" + NOBODY);

        assertThat(status.exitCode()).isNotZero();
        assertThat(status.err()).contains(NOBODY).doesNotContain("\tat ");
        assertThat(status.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void the_topics_are_verified_as_they_should_be() {
        site.run("topics", "verify").expect(0);
    }
}
