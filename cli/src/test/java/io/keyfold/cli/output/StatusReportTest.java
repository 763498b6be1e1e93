package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.workflow.wire.AvroJson;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import static org.assertj.core.api.Assertions.assertThat;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StatusReportTest {
    private final StatusReport report = new StatusReport(new Terminal(false));

    @Test
    void a_failed_cluster_says_why_in_IBMs_words_and_what_next() {
        assertThat(report.detail(Statuses.failed()).lines())
                .contains(
                        "standing   NONE",
                        "last run   FAILED, number 1, request r-1",
                        "why        FORBIDDEN: Key Protect refused to create key \"hpc-1-key\".",
                        "IBM says   FORBIDDEN_ERR No rights. (transaction 7f3a)",
                        "what next  Grant the Manager role, then: keyfold retry hpc-1");
    }

    @Test
    void a_completed_cluster_shows_keys_authorizations_and_whose_each_is() {
        assertThat(report.detail(Statuses.customerManaged()).lines())
                .contains(
                        "last run  COMPLETED, number 1, request r-1, took 3.0 s",
                        "BLOCK_STORAGE   CUSTOMER_MANAGED  hpc-1-${key}  CREATED  12          policy-1       ADOPTED",
                        "KMS_INSTANCE  CREATED  hpc-1-kms  1    2026-01-31T12:00:00Z  crn:instance",
                        "KMS_INSTANCE  CREATED  1         -           -");
    }

    @Test
    void a_fleet_is_one_row_a_cluster_and_says_since_when_each_stands_so() {
        assertThat(report.fleet(List.of(Statuses.customerManaged(), Statuses.failed())).lines())
                .containsExactly(
                        "CLUSTER        STANDING          SINCE                 LAST RUN   WHAT",
                        "default/hpc-1  CUSTOMER_MANAGED  2026-01-31T11:00:00Z  COMPLETED",
                        "default/hpc-1  NONE              -                     FAILED     Key Protect refused to create"
                                + " key \"hpc-1-key\".");
    }

    @Test
    void what_went_wrong_is_told_once() {
        var failed = Statuses.failed();
        var fault = failed.getLastRun().getFault();
        var status = ClusterEncryptionStatus.newBuilder(failed)
                .setLastRun(
                        RunStatus.newBuilder(failed.getLastRun())
                                .setMessage("Failed: " + fault.getMessage() + " Nothing of it is left.").build())
                .setSteps(
                        List.of(
                                StepStatus.newBuilder().setStep(StepName.ROOT_KEY).setState("FAILED").setAttempts(1)
                                        .setLastError(fault).build()))
                .build();

        assertThat(report.detail(status)).containsOnlyOnce(fault.getMessage());
        assertThat(report.detail(status).lines()).contains("message    Failed. Nothing of it is left.")
                .anyMatch(line -> line.contains("FORBIDDEN (see why)"));
    }

    @Test
    void what_a_verification_found_is_told_with_what_to_do() {
        var drifted = Statuses.drifted();

        assertThat(report.detail(drifted).lines()).contains(
                "verified  DRIFTED at 2026-01-31T12:00:00Z of schedule",
                "          ROOT_KEY key-1 CHANGED: It is suspended. Enable it.");
        assertThat(report.fleet(List.of(drifted))).endsWith("Verification: ROOT_KEY CHANGED");
        assertThat(report.line(drifted, true)).endsWith("- Verification: ROOT_KEY CHANGED");
    }

    @Test
    void a_verification_shows_the_proof_and_names_each_difference() {
        var table = new VerificationTable(report);
        table.add("default/hpc-1", Statuses.drifted());
        table.notDone("default/hpc-2", "BUSY");

        assertThat(table.toString().lines()).contains(
                "default/hpc-1  DRIFTED  DRIFTED   BLOCK_STORAGE 12, OBJECT_STORAGE not counted",
                "default/hpc-1  ROOT_KEY key-1 CHANGED: It is suspended. Enable it.",
                "default/hpc-2  BUSY");
    }

    @Test
    void JSON_has_the_contracts_names_and_plain_values() {
        var json = AvroJson.of(Statuses.customerManaged());

        assertThat(json.path("cluster_id").textValue()).isEqualTo("default/hpc-1");
        assertThat(json.path("revision").longValue()).isEqualTo(7);
        assertThat(json.path("updated_at").textValue()).isEqualTo("2026-01-31T12:00:00Z");
        assertThat(json.path("last_run").path("state").textValue()).isEqualTo("COMPLETED");
        assertThat(json.path("standing_since").textValue()).isEqualTo("2026-01-31T11:00:00Z");
        assertThat(json.path("verification").isNull()).isTrue();
        assertThat(json.path("storage")).hasSize(2);
    }
}
