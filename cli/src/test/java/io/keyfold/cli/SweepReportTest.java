package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keyfold.cli.sweep.Judgement;
import io.keyfold.cli.sweep.Seen;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.StepName;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.IbmAnswer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SweepReportTest {
    private static final String US = "iam-ServiceId-us";
    private static final Instant MADE = Instant.parse("2026-01-31T12:00:00Z");

    private final SweepReport report = new SweepReport(
            List.of(new SweepReport.Account("default", US, true), new SweepReport.Account("prod", "IBMid-me", false)),
            List.of(
                    orphan(ResourceKind.ROOT_KEY, StepName.ROOT_KEY, "k-lost"),
                    orphan(
                            ResourceKind.AUTHORIZATION_POLICY, StepName.BLOCK_STORAGE_AUTHORIZATION, "p-lost"),
                    new Judgement.Unexplained(seen(ResourceKind.ROOT_KEY, "k-odd"), "who knows")),
            false);

    @Test
    void it_says_of_each_root_key_that_its_deletion_wants_a_reason() {
        assertThat(report.rootKeys()).isEqualTo(1);
        assertThat(report.table(Map.of()).lines())
                .anyMatch(line -> line.contains("k-lost") && line.stripTrailing().endsWith("--reason"))
                .anyMatch(line -> line.contains("p-lost") && !line.contains("--reason"))
                .last().asString().startsWith("2 orphans, 1 for a person to look at");
    }

    @Test
    void it_says_which_accounts_were_looked_at_and_as_whom() {
        assertThat(report.table(Map.of())).contains(
                "Looked at: default as iam-ServiceId-us, prod as IBMid-me (who has created no instance that is in a"
                        + " status, and is taken for one of ours).");
        assertThat(report.json(Map.of()).toString()).contains("\"account\":\"prod\"", "\"looked_at_as\":\"IBMid-me\"");
    }

    @Test
    void an_account_with_clusters_that_nobody_has_looked_at_ends_it() {
        var seen = List.of("default");
        var view = new WholeView("nothing is called an orphan", "sweep");
        view.requireAllAccounts(seen, new TreeMap<String, List<String>>());

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(
                        () -> view.requireAllAccounts(seen, new TreeMap<>(Map.of("dead", List.of("dead/cut")))))
                .withMessageContaining("account dead was not looked at, and is that of dead/cut. Looked at: default")
                .satisfies(failure -> {
                    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
                    assertThat(failure.remedy()).contains(
                            "account.dead.ibm.api.key and account.dead.ibm.account.id", "--only-account ALIAS");
                });
    }

    @Test
    void the_sum_counts_what_was_deleted_as_deleted() {
        Map<String, SweepDeletion.End> ends = Map.of(
                "k-lost", new SweepDeletion.End.NotDeleted("DELETION_PROTECTED"),
                "p-lost", new SweepDeletion.End.Deleted("is gone"));

        assertThat(report.table(ends).lines()).last().asString()
                .startsWith("1 deleted, 1 orphan left, 1 for a person to look at");
        assertThat(report.isClean(ends)).isFalse();
    }

    @Test
    void a_view_that_is_not_complete_ends_with_one_and_the_same_code_whatever_the_reason() {
        var answer = IbmAnswer.ofOurs("IAM: list policies", "the list broke off");
        for (Fault fault : List.of(
                new Fault.Transient(FaultCode.TRANSIENT, answer, Optional.empty()),
                new Fault.Permanent(FaultCode.FORBIDDEN, answer))) {
            var failure = new WholeView("nothing is called an orphan", "sweep").incomplete("prod", fault);
            assertThat(failure.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
            assertThat(failure).hasMessageContainingAll("account prod is not complete", "the list broke off");
        }
    }

    private static Judgement.Orphan orphan(ResourceKind kind, StepName step, String id) {
        return new Judgement.Orphan(seen(kind, id), "default/hpc-1", step, 1);
    }

    private static Seen seen(ResourceKind kind, String id) {
        return new Seen(
                "default", kind, id, "", "", Optional.empty(), "kms-1", "us-south", Optional.of(MADE), "");
    }
}
