package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.StepName;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExplanationTest {
    @Test
    void a_failed_cluster_is_explained_by_its_fault_its_story_what_is_left_and_what_to_do() {
        var explained = new Explanation(
                Statuses.failed(),
                List.of(
                        line(1, 0, AuditEvent.REQUEST_ACCEPTED, StepName.UNKNOWN, "Run 1 begins"),
                        line(1, 1, AuditEvent.STEP_STARTED, StepName.ROOT_KEY, "PROVISION sent"),
                        line(1, 2, AuditEvent.STEP_DEFERRED, StepName.ROOT_KEY, "asked again"),
                        line(1, 3, AuditEvent.STEP_DEFERRED, StepName.ROOT_KEY, "asked again"),
                        line(1, 4, AuditEvent.STEP_FAILED, StepName.ROOT_KEY, "IBM said FORBIDDEN"),
                        line(2, 9, AuditEvent.REQUEST_ACCEPTED, StepName.UNKNOWN, "Run 2 begins")))
                .text();

        assertThat(explained.lines()).containsSubsequence(
                "default/hpc-1 is not encrypted: nothing has been brought about for it.",
                "What happened:",
                "  +0.0 s  Run 1 begins",
                "  +2.0 s  asked again",
                "  +4.0 s  IBM said FORBIDDEN",
                "          ROOT_KEY waited 2 times in all: keyfold history --run 1",
                "Nothing of it is listed in the IBM Cloud account.",
                "What to do now: Grant the Manager role, then: keyfold retry hpc-1");
        assertThat(explained).contains("with request r-1, failed and was undone", "Because: Key Protect refused",
                "IBM's transaction is 7f3a.").doesNotContain("PROVISION sent", "Run 2");
    }

    @Test
    void an_encrypted_cluster_names_its_keys_and_what_was_made() {
        assertThat(new Explanation(Statuses.customerManaged(), List.of()).text().lines()).containsSubsequence(
                "default/hpc-1 is encrypted with the customer's root key \"hpc-1-${key}\", since 2026-01-31T11:00:00Z.",
                "In the IBM Cloud account:",
                "  KMS_INSTANCE  hpc-1-kms  made by run 1  crn:instance",
                "What to do now: nothing.");
    }

    @Test
    void what_a_verification_has_found_is_said_with_what_to_do() {
        assertThat(new Explanation(Statuses.drifted(), List.of()).text())
                .contains("and not all of that is as it should be any more", "It is suspended. Enable it.");
    }

    @Test
    void a_request_that_broke_rules_lists_them_and_nothing_from_outside_drives_the_terminal() {
        var status = ClusterEncryptionStatus.newBuilder(Statuses.failed())
                .setLastRun(
                        RunStatus.newBuilder(Statuses.failed().getLastRun()).setRun(0).setState(RunState.REJECTED)
                                .setViolations(List.of("region = \"\u001b]0;x\u0007\"", "zone = 1")).build())
                .build();

        assertThat(new Explanation(status, List.of()).text()).contains(
                "was rejected, and nothing was done. It broke these rules:\n  - region = \"?]0;x?\"\n  - zone = 1");
    }

    private static ClusterEncryptionAudit line(int run, int second, AuditEvent event, StepName step, String message) {
        return ClusterEncryptionAudit.newBuilder().setClusterId("default/hpc-1").setRun(run).setEvent(event)
                .setStep(step).setMessage(message).setOccurredAt(Statuses.NOON.plusSeconds(second)).build();
    }
}
