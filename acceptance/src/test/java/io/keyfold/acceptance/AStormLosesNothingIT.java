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

/// The proof of the whole (docs/proof.md): ten thousand workflows with `-Pthorough`, and thirty in every build, from a
/// seed that it prints. `-Dkeyfold.workflows=N -Dkeyfold.kills=K -Dkeyfold.fault.percent=P -Dkeyfold.seed=SEED` for
/// another size.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Order(3)
class AStormLosesNothingIT {
    private static final boolean IS_WHOLE = Boolean.getBoolean("keyfold.thorough");
    private static final int WORKFLOWS = Integer.getInteger("keyfold.workflows", IS_WHOLE ? 10_000 : 30);
    private static final int KILLS = Integer.getInteger("keyfold.kills", IS_WHOLE ? 200 : 6);
    private static final double FAULT_PERCENT = Double.parseDouble(System.getProperty("keyfold.fault.percent", "5"));
    private static final long SEED =
            Long.getLong("keyfold.seed", IS_WHOLE ? 20_261_129 : System.currentTimeMillis());

    /// An operation that is called more often meets faults for certain.
    private static final long OFTEN = 1_000;

    @Test
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    @Tag("case-29")
    @Tag("case-48")
    @Tag("case-58")
    @Tag("case-59")
    @Tag("case-61")
    @Tag("case-74")
    void nothing_is_lost_doubled_or_left_behind_in_a_storm_of_faults_and_kills() throws Exception {
        Path sites = Files.createDirectories(Program.present().home().resolve("acceptance/target/sites"));
        System.out.println("A storm, again with -Dkeyfold.seed=" + SEED);
        var proof = new Proof(SEED, WORKFLOWS, KILLS, FAULT_PERCENT);
        try (var storm = new Storm(Files.createTempDirectory(sites, "storm"), SEED, WORKFLOWS, IS_WHOLE ? 2 : 1, KILLS,
                FAULT_PERCENT)) {
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
                .isGreaterThan(FAULT_PERCENT * (IS_WHOLE ? 0.8 : 0.3));
        proof.shares().forEach((operation, share) -> {
            if (share.calls() >= OFTEN) {
                assertThat(share.percent()).as("share of %s", operation).isGreaterThan(FAULT_PERCENT / 2);
            }
        });
    }
}
