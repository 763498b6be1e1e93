package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
    @Tag("case-124")
    void an_example_is_deployed_from_the_host_and_known_after_a_restart() {
        try (var compose = Compose.up(home)) {
            awaitTopics(compose);
            deploy(compose, "hpc-new");
            assertThat(status(compose, "hpc-new")).contains("COMPLETED", "CUSTOMER_MANAGED", "hpc-new-key");

            assertThat(throughTheGateway(compose, "/api/v1/clusters/default/hpc-new"))
                    .contains("COMPLETED", "CUSTOMER_MANAGED", "hpc-new-key");

            compose.restart("kafka", "registry", "workflow");
            awaitTopics(compose);
            deploy(compose, "hpc-next");
            assertThat(status(compose, "hpc-next")).contains("COMPLETED", "CUSTOMER_MANAGED", "hpc-next-key");
            assertThat(status(compose, "hpc-new")).contains("COMPLETED", "CUSTOMER_MANAGED", "hpc-new-key");
        }
    }

    /// As whoever knows the token of containers/gateway-callers.
    private static String throughTheGateway(Compose compose, String path) {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(compose.gateway().resolve(path))
                    .header("Authorization", "Bearer keyfold-trial").build();
            return await().atMost(Site.SOON).ignoreException(IOException.class).until(
                    () -> http.send(request, BodyHandlers.ofString()), answer -> answer.statusCode() == 200).body();
        }
    }

    private void awaitTopics(Compose compose) {
        await().atMost(Site.SOON).until(() -> keyfold(compose, "topics", "verify").exitCode() == 0);
    }

    private void deploy(Compose compose, String cluster) {
        String example = home.resolve("examples/new-instance-and-key.json").toString();
        Cli deployed = keyfold(
                compose, "deploy", "-f", example, "--set", "cluster_prefix=" + cluster, "--wait", "--timeout", "PT90S");
        assertThat(deployed.exitCode()).as(() -> deployed + "\n" + compose.logs()).isZero();
    }

    private String status(Compose compose, String cluster) {
        return keyfold(compose, "status", cluster).expect(0).out();
    }

    private Cli keyfold(Compose compose, String... arguments) {
        return Cli.run(compose.clientSettings(), home, arguments);
    }
}
