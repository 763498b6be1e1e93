package io.keyfold.acceptance.deployment;

import static io.keyfold.acceptance.deployment.Manifests.container;
import static io.keyfold.acceptance.deployment.Manifests.each;
import static io.keyfold.acceptance.deployment.Manifests.name;
import static io.keyfold.acceptance.deployment.Manifests.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Kustomize makes of `deployment/kubernetes`, where there is a `kubectl` that knows components. Nothing is sent to any
/// cluster.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RenderedManifestsTest {
    private static final Path KUBERNETES = Variables.ROOT.resolve("deployment/kubernetes");

    private record Finished(int exitCode, String output) {}

    @TempDir
    static Path directory;

    @BeforeAll
    static void kubectl_is_at_hand() {
        var version = run("kubectl", "version", "--client", "-o", "json");
        assumeTrue(
                version.exitCode() == 0 && version.output().contains("kustomizeVersion"),
                "no kubectl of 1.24 or later on the PATH: the manifests are not rendered");
    }

    @Test
    void the_base_is_rendered() {
        var rendered = rendered("base");

        assertThat(rendered.workloads()).hasSize(6);
        isWhole(rendered);
    }

    @Test
    void keyfold_on_ibm_cloud_is_rendered() {
        var rendered = rendered("overlays/event-streams");

        isWhole(rendered);
        rendered.objects().forEach(
                object -> assertThat(object.at("/metadata/namespace").asText()).as(name(object)).isEqualTo("keyfold"));
        assertThat(client(rendered)).contains("eventstreams.cloud.ibm.com");
    }

    @Test
    void keyfold_beside_strimzi_is_rendered_and_scaled_by_keda() {
        var rendered = rendered("overlays/strimzi");

        isWhole(rendered);
        assertThat(rendered.of("KafkaTopic")).hasSize(16);
        assertThat(rendered.of("KafkaUser")).hasSize(8);
        assertThat(client(rendered)).contains("keyfold-kafka-bootstrap:9093");
        assertThat(rendered.of("ScaledObject")).hasSize(3).allSatisfy(
                scaled -> assertThat(
                        rendered.one("Deployment", scaled.at("/spec/scaleTargetRef/name").asText()).path("spec")
                                .has("replicas"))
                        .as("left to KEDA").isFalse());
        assertThat(rendered.one("Deployment", "keyfold-gateway").at("/spec/replicas").asInt()).isEqualTo(2);
    }

    private static void isWhole(Manifests rendered) {
        rendered.objects().forEach(
                object -> assertThat(KubernetesSchemas.errors(object)).as(name(object)).isEmpty());
        rendered.workloads().forEach(ManifestsFitTheCodeTest::isConfined);
        Set<String> configMaps = rendered.of("ConfigMap").map(Manifests::name).collect(Collectors.toSet());
        rendered.workloads().forEach(workload -> {
            assertThat(configMaps).contains(container(workload).at("/envFrom/0/configMapRef/name").asText());
            assertThat(each(pod(workload).path("volumes")).filter(volume -> volume.has("configMap"))
                    .map(volume -> volume.at("/configMap/name").asText())).hasSize(1).isSubsetOf(configMaps);
        });
    }

    private static String client(Manifests rendered) {
        return rendered.of("ConfigMap").map(map -> map.at("/data").path("client.properties").asText())
                .collect(Collectors.joining());
    }

    private static Manifests rendered(String what) {
        var finished = run("kubectl", "kustomize", KUBERNETES.resolve(what).toString());
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        return new Manifests(Yaml.documents(finished.output()));
    }

    private static Finished run(String... command) {
        try {
            var output = Files.createTempFile(directory, "output", ".txt");
            Process process;
            try {
                process = new ProcessBuilder(List.of(command)).redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            } catch (IOException e) {
                return new Finished(127, command[0] + " is not there");
            }
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end within a minute");
            }
            return new Finished(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(command[0] + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
