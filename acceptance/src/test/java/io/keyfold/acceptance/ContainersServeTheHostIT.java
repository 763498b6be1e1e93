package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The compose file, started on the engine of this machine and used from outside of it.
@Tag("containers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ContainersServeTheHostIT {
    private final Path home = Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize();

    @Test
    void an_example_is_deployed_from_the_host_and_known_after_a_restart() {
        try (var compose = Compose.up(home)) {
            String example = home.resolve("examples/1-new-instance-and-key.json").toString();
            Cli deployed = keyfold(compose, "deploy", "-f", example, "--wait", "--timeout", "PT2M");
            assertThat(deployed.exitCode()).as(() -> deployed + compose.logs()).isZero();

            Cli status = keyfold(compose, "status", "hpc-new").expect(0);
            assertThat(status.out()).contains("COMPLETED", "CUSTOMER_MANAGED", "hpc-new-kms", "hpc-new-key");

            compose.restart("kafka", "registry", "workflow");
            await().atMost(Site.SOON).until(() -> keyfold(compose, "topics", "verify").exitCode() == 0);
            Cli next = keyfold(
                    compose, "deploy", "-f", example, "--set", "cluster_prefix=after-restart", "--wait", "--timeout",
                    "PT2M");
            assertThat(next.exitCode()).as(() -> next + compose.logs()).isZero();
            assertThat(keyfold(compose, "status", "hpc-new").expect(0).out()).contains("CUSTOMER_MANAGED");
        }
    }

    private Cli keyfold(Compose compose, String... arguments) {
        return Cli.run(compose.clientSettings(), home, arguments);
    }
}
