package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.schemas.ContractClasses;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DeprovisionCommandTest {
    static {
        ContractClasses.trust();
    }

    private final ClusterEncryptionStatus status = ClusterEncryptionStatus.newBuilder().setClusterId("default/cr-1")
            .setLastRun(RunStatus.newBuilder().setRequestId("r-2").setState(RunState.COMPLETED).build()).build();

    @Test
    void a_deploy_that_there_never_was_is_not_deprovisioned_and_the_right_one_is_named() {
        var audit = List.of(line(AuditEvent.REQUEST_ACCEPTED, "r-1"), line(AuditEvent.CONTROL_ACCEPTED, "typo"));

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> DeprovisionCommand.requireKnown(status, "typo", audit))
                .withMessageContaining("has had no deploy \"typo\", so nothing is removed")
                .satisfies(failure -> {
                    assertThat(failure.exitCode()).isEqualTo(ExitCode.REFUSED);
                    assertThat(failure.remedy()).contains("Leave --request-id away", "r-2");
                });
    }

    @Test
    void whether_an_earlier_deploy_may_still_be_named_is_for_the_workflow_to_say() {
        assertThatCode(
                () -> DeprovisionCommand.requireKnown(
                        status, "r-1", List.of(line(AuditEvent.REQUEST_ACCEPTED, "r-1"))))
                .doesNotThrowAnyException();
    }

    private static ClusterEncryptionAudit line(AuditEvent event, String requestId) {
        return ClusterEncryptionAudit.newBuilder().setClusterId("default/cr-1").setEvent(event)
                .setRequestId(requestId).build();
    }
}
