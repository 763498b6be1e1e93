package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.audit.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The proof of the whole (docs/proof.md): `-Dkeyfold.workflows=N -Dkeyfold.kills=K -Dkeyfold.fault.percent=P
/// -Dkeyfold.seed=SEED` for another size.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Order(3)
class TenThousandWorkflowsIT {
    private static final int WORKFLOWS = Integer.getInteger("keyfold.workflows", 10_000);
    private static final int KILLS = Integer.getInteger("keyfold.kills", 200);
    private static final double FAULT_PERCENT = Double.parseDouble(System.getProperty("keyfold.fault.percent", "5"));
    private static final long SEED = Long.getLong("keyfold.seed", 20_261_129);

    /// An operation that is called more often meets faults for certain.
    private static final long OFTEN = 1_000;

    @Test
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    @Tag("case-29")
    @Tag("case-48")
    @Tag("case-58")
    @Tag("case-59")
    @Tag("case-61")
    @Tag("case-75")
    void nothing_is_lost_doubled_or_left_behind_by_ten_thousand_workflows_in_a_storm() throws Exception {
        Path sites = Files.createDirectories(Program.present().home().resolve("acceptance/target/sites"));
        var proof = new Proof(SEED, WORKFLOWS, KILLS, FAULT_PERCENT);
        try (var storm = new Storm(Files.createTempDirectory(sites, "storm"), SEED, WORKFLOWS, KILLS, FAULT_PERCENT)) {
            Report report = storm.rage(proof);
            System.out.println(proof);

            assertThat(report.violations()).as("violations").isEmpty();
            assertThat(proof.lost()).as("workflows without an answer").isZero();
            assertThat(proof.runsWithoutOneEnd()).as("runs without exactly one end").isZero();
            assertThat(storm.unexpectedEnds()).as("runs that ended as they must not").isEmpty();
            assertThat(storm.endedByThemselves()).as("processes that ended by themselves").isEmpty();
            assertThatItWasAStorm(storm, proof);
        }
    }

    private static void assertThatItWasAStorm(Storm storm, Proof proof) {
        assertThat(storm.killed()).as("kills").isEqualTo(KILLS);
        assertThat(storm.completed()).as("completed deploys").isGreaterThan(WORKFLOWS / 2);
        assertThat(proof.share().percent()).as("share of the calls that met a fault, in %")
                .isGreaterThan(FAULT_PERCENT * 0.8);
        proof.shares().forEach((operation, share) -> {
            if (share.calls() >= OFTEN) {
                assertThat(share.percent()).as("share of %s", operation).isGreaterThan(FAULT_PERCENT / 2);
            }
        });
    }
}
