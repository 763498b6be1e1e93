package io.keyfold.acceptance.deployment;

import static io.keyfold.acceptance.deployment.Manifests.command;
import static io.keyfold.acceptance.deployment.Manifests.container;
import static io.keyfold.acceptance.deployment.Manifests.each;
import static io.keyfold.acceptance.deployment.Manifests.environment;
import static io.keyfold.acceptance.deployment.Manifests.name;
import static io.keyfold.acceptance.deployment.Manifests.pod;
import static io.keyfold.acceptance.deployment.Manifests.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.schemas.Party;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.WorkerGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// `deployment/kubernetes`, as it lies there: fields, names, ports and variables are those of Kubernetes' and of the code.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ManifestsFitTheCodeTest {
    private static final Path KUBERNETES = Variables.ROOT.resolve("deployment/kubernetes");
    private static final Manifests BASE = manifests(KUBERNETES.resolve("base"));

    private static final JsonNode CONFINED = Yaml.documents("""
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
            """).getFirst();

    /// Whose user of Kafka's each of them is.
    private static final Map<String, Party> USERS = Map.of(
            "keyfold-topics", Party.INSTALLER,
            "keyfold-workflow", Party.WORKFLOW,
            "keyfold-worker-kms-instance", Party.KMS_INSTANCE_WORKER,
            "keyfold-worker-root-key", Party.ROOT_KEY_WORKER,
            "keyfold-worker-authorization", Party.AUTHORIZATION_WORKER,
            "keyfold-gateway", Party.ORCHESTRATOR);

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> every_object_is_as_its_kind_wants_it() throws IOException {
        return files().stream().filter(file -> !file.endsWith("kustomization.yaml")).map(
                file -> DynamicTest.dynamicTest(
                        KUBERNETES.relativize(file).toString(),
                        () -> assertThat(Yaml.documents(file)).isNotEmpty()
                                .allSatisfy(object -> assertThat(KubernetesSchemas.errors(object)).isEmpty())));
    }

    @Test
    void what_is_no_field_of_a_kind_is_found() {
        var object = Yaml.documents("""
                apiVersion: v1
                kind: Service
                metadata: {name: x, lables: {}}
                spec: {ports: [{port: "80"}], clusterIP: 7, type: [a]}
                """).getFirst();

        assertThat(KubernetesSchemas.errors(object)).containsExactlyInAnyOrder(
                "x.metadata.lables is unknown",
                "x.spec.ports[0].port is \"80\", but has to be of the type integer",
                "x.spec.clusterIP is 7, but has to be of the type string",
                "x.spec.type is [\"a\"], but has to be of the type string");
    }

    @TestFactory
    Stream<DynamicTest> what_is_put_together_is_there() throws IOException {
        return files().stream().filter(file -> file.endsWith("kustomization.yaml")).map(
                file -> DynamicTest.dynamicTest(KUBERNETES.relativize(file).toString(), () -> {
                    var kustomization = Yaml.documents(file).getFirst();
                    var named = new ArrayList<String>();
                    Stream.of("resources", "components").forEach(
                            list -> each(kustomization.path(list)).map(JsonNode::asText).forEach(named::add));
                    each(kustomization.path("configMapGenerator")).flatMap(map -> each(map.path("files")))
                            .map(JsonNode::asText).forEach(named::add);
                    assertThat(named).isNotEmpty()
                            .allSatisfy(path -> assertThat(file.resolveSibling(path).normalize()).exists());
                    assertThat(kustomization.has("secretGenerator")).as("a secret in a file of ours").isFalse();
                }));
    }

    @Test
    void every_process_of_ours_is_there_and_no_other() {
        assertThat(BASE.workloads().map(Manifests::name)).containsExactlyInAnyOrderElementsOf(USERS.keySet());
        assertThat(BASE.workloads().filter(workload -> command(workload).equals("worker"))
                .map(workload -> container(workload).at("/args/1").asText()))
                .containsExactlyInAnyOrderElementsOf(Party.WORKERS.stream().map(Party::service).toList());
        assertThat(container(BASE.one("Job", "keyfold-topics")).path("args").toString())
                .isEqualTo(
                        "[\"topics\",\"create\",\"--partitions=" + Topics.DEFAULT_PARTITIONS
                                + "\",\"--replication-factor=3\"]");
        assertThat(BASE.one("StatefulSet", "keyfold-workflow")).isNotNull();
    }

    @TestFactory
    Stream<DynamicTest> every_process_may_do_no_more_than_it_must() {
        return eachWorkload(ManifestsFitTheCodeTest::isConfined);
    }

    static void isConfined(JsonNode workload) {
        var pod = pod(workload);
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.path("enableServiceLinks").asBoolean(true))
                .as("the Service keyfold-gateway would set KEYFOLD_GATEWAY_PORT").isFalse();
        for (String shared : List.of("hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers")) {
            assertThat(pod.has(shared)).as(shared).isFalse();
        }
        var security = pod.path("securityContext");
        assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(security.path("runAsUser").asInt()).isEqualTo(10001);
        assertThat(security.path("runAsGroup").asInt()).isEqualTo(10001);
        assertThat(security.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.path("containers")).hasSize(1);
        assertThat(container(workload).path("securityContext")).isEqualTo(CONFINED);
        assertThat(container(workload).at("/resources/limits/memory").asText()).isNotEmpty()
                .isEqualTo(container(workload).at("/resources/requests/memory").asText());
        assertThat(each(pod.path("volumes"))).allSatisfy(
                volume -> assertThat(Stream.of("emptyDir", "configMap", "secret").filter(volume::has)).hasSize(1));
        assertThat(each(pod.path("volumes")).filter(volume -> volume.has("emptyDir")))
                .allSatisfy(volume -> assertThat(volume.at("/emptyDir/sizeLimit").asText()).isNotEmpty());
    }

    @TestFactory
    Stream<DynamicTest> every_variable_is_one_that_the_process_looks_at() {
        return eachWorkload(workload -> {
            assertThat(Variables.isCommand(command(workload))).as(command(workload)).isTrue();
            assertThat(environment(workload).keySet())
                    .allSatisfy(name -> assertThat(Variables.isKnown(command(workload), name)).as(name).isTrue());
            assertThat(each(container(workload).path("env")))
                    .as("no secret by variable: every process of a container sees it, and so does its description")
                    .allSatisfy(variable -> assertThat(variable.has("valueFrom")).isFalse());
        });
    }

    @Test
    void every_process_takes_the_values_that_it_is_given() throws IOException {
        var mounted = directory.resolve("api-key");
        Files.writeString(mounted, "nobodys");
        BASE.workloads().forEach(workload -> {
            var environment = new HashMap<>(environment(workload));
            environment
                    .replaceAll((name, value) -> name.equals("KEYFOLD_IBM_API_KEY_FILE") ? mounted.toString() : value);
            environment.put("KEYFOLD_BOOTSTRAP_SERVERS", "kafka:9092");
            environment.put("KEYFOLD_SCHEMA_REGISTRY_URL", "http://registry:8081");
            environment.put("KEYFOLD_INSTALLATION", "default");
            environment.put("KEYFOLD_IBM_ACCOUNT_ID", "0123456789abcdef");
            Variables.read(command(workload), environment);
        });
    }

    @TestFactory
    Stream<DynamicTest> every_setting_of_the_config_maps_is_one_of_some_process() throws IOException {
        return files().stream().filter(file -> file.endsWith("kustomization.yaml")).map(
                file -> DynamicTest.dynamicTest(
                        KUBERNETES.relativize(file).toString(),
                        () -> assertThat(each(Yaml.documents(file).getFirst().path("configMapGenerator"))
                                .flatMap(map -> each(map.path("literals")))
                                .map(literal -> literal.asText().split("=", 2)[0]))
                                .allSatisfy(name -> {
                                    assertThat(Variables.isKnown(name)).as(name).isTrue();
                                    assertThat(Variables.isSecret(name)).as(name + " is a secret").isFalse();
                                })));
    }

    @TestFactory
    Stream<DynamicTest> every_volume_is_mounted_and_every_file_lies_in_one() {
        return eachWorkload(workload -> {
            var volumes = new ArrayList<>(texts(pod(workload).path("volumes"), "name"));
            each(workload.at("/spec/volumeClaimTemplates")).map(Manifests::name).forEach(volumes::add);
            var mounts = container(workload).path("volumeMounts");
            assertThat(texts(mounts, "name")).containsExactlyInAnyOrderElementsOf(volumes);
            assertThat(environment(workload).values()).filteredOn(value -> value.startsWith("/"))
                    .allSatisfy(
                            path -> assertThat(texts(mounts, "mountPath"))
                                    .anySatisfy(mount -> assertThat(path).startsWith(mount + "/")));
            assertThat(each(mounts).filter(mount -> !Set.of("/tmp", "/var/lib/keyfold")
                    .contains(mount.path("mountPath").asText())))
                    .allSatisfy(mount -> assertThat(mount.path("readOnly").asBoolean()).isTrue());
        });
    }

    @TestFactory
    Stream<DynamicTest> every_process_has_a_user_of_kafkas_of_its_own() {
        return eachWorkload(workload -> {
            var party = Objects.requireNonNull(USERS.get(name(workload)));
            assertThat(each(pod(workload).path("volumes"))
                    .filter(volume -> volume.path("name").asText().equals("kafka-user"))
                    .map(volume -> volume.at("/secret/secretName").asText()))
                    .containsExactly(party.user());
        });
    }

    @TestFactory
    Stream<DynamicTest> labels_select_what_they_are_to_select() {
        return eachWorkload(workload -> {
            var labels = workload.at("/metadata/labels");
            assertThat(workload.at("/spec/template/metadata/labels")).isEqualTo(labels);
            if (!workload.path("kind").asText().equals("Job")) {
                assertThat(workload.at("/spec/selector/matchLabels")).isEqualTo(labels);
                assertThat(BASE.selected(labels)).containsExactly(name(workload));
                assertThat(pod(workload).at("/topologySpreadConstraints/0/labelSelector/matchLabels"))
                        .isEqualTo(labels);
                assertThat(BASE.selected(
                        BASE.one("PodDisruptionBudget", name(workload)).at("/spec/selector/matchLabels")))
                        .containsExactly(name(workload));
                assertThat(workload.at("/spec/replicas").asInt()).as("one may be gone").isGreaterThan(1);
            }
        });
    }

    @Test
    void services_lead_to_ports_that_there_are() {
        assertThat(BASE.of("Service")).isNotEmpty().allSatisfy(service -> {
            assertThat(BASE.selected(service.at("/spec/selector"))).containsExactly(name(service));
            assertThat(each(service.at("/spec/ports")).map(port -> port.path("targetPort").asText()))
                    .allSatisfy(port -> assertThat(ports(name(service))).contains(port));
        });
        var workflow = BASE.one("StatefulSet", "keyfold-workflow");
        assertThat(BASE.one("Service", workflow.at("/spec/serviceName").asText())).isNotNull();
    }

    @Test
    void the_gateway_is_asked_by_its_own_paths_on_its_own_port() throws IOException {
        var gateway = BASE.one("Deployment", "keyfold-gateway");
        var described = openApi().path("paths");

        assertThat(container(gateway).at("/ports/0/containerPort").asInt())
                .isEqualTo(GatewaySettings.DEFINITION.defaultValues().get(GatewaySettings.PORT));
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            var get = container(gateway).path(probe).path("httpGet");
            assertThat(described.has(get.path("path").asText())).as(probe + " asks " + get.path("path")).isTrue();
            assertThat(ports("keyfold-gateway")).contains(get.path("port").asText());
            assertThat(get.path("scheme").asText()).isEqualTo("HTTPS");
        }
    }

    @Test
    void the_others_are_asked_on_the_port_on_which_they_show_how_they_are() {
        assertThat(BASE.workloads().filter(workload -> Set.of("workflow", "worker").contains(command(workload))))
                .hasSize(4).allSatisfy(workload -> {
                    var probes = Map.of("livenessProbe", "/health/live", "readinessProbe", "/health/ready");
                    probes.forEach((probe, path) -> {
                        var get = container(workload).path(probe).path("httpGet");
                        assertThat(get.path("path").asText()).isEqualTo(path);
                        assertThat(ports(name(workload))).contains(get.path("port").asText());
                    });
                });
    }

    @Test
    void metrics_are_shown_on_the_port_that_the_container_names() {
        assertThat(BASE.workloads().filter(workload -> !workload.path("kind").asText().equals("Job"))).hasSize(5)
                .allSatisfy(workload -> {
                    var port = each(container(workload).path("ports"))
                            .filter(each -> each.path("name").asText().equals("metrics")).findFirst().orElseThrow();
                    assertThat(environment(workload))
                            .containsEntry("KEYFOLD_METRICS_PORT", port.path("containerPort").asText())
                            .containsEntry("KEYFOLD_METRICS_HOST", "0.0.0.0");
                });
    }

    @Test
    void workers_are_scaled_by_what_waits_for_them() {
        var keda = manifests(KUBERNETES.resolve("components/keda"));

        assertThat(keda.of("ScaledObject").map(Manifests::name)).containsExactlyInAnyOrderElementsOf(
                Party.WORKERS.stream().map(party -> "keyfold-" + party.id()).toList());
        assertThat(keda.of("ScaledObject")).allSatisfy(scaled -> {
            var worker = BASE.one("Deployment", scaled.at("/spec/scaleTargetRef/name").asText());
            var kind = container(worker).at("/args/1").asText();
            var kafka = scaled.at("/spec/triggers/0/metadata");
            assertThat(kafka.path("consumerGroup").asText()).isEqualTo(WorkerGroups.id("default", kind));
            assertThat(Topics.COMMANDS.stream().map(topic -> topic.name())).contains(kafka.path("topic").asText());
            assertThat(kafka.path("topic").asText()).startsWith(kind);
            assertThat(scaled.at("/spec/minReplicaCount")).isEqualTo(worker.at("/spec/replicas"));
            assertThat(scaled.at("/spec/maxReplicaCount").asInt()).isLessThanOrEqualTo(Topics.DEFAULT_PARTITIONS);
            assertThat(keda.one("TriggerAuthentication", scaled.at("/spec/triggers/0/authenticationRef/name").asText()))
                    .isNotNull();
        });
    }

    private static Set<String> ports(String workload) {
        return BASE.workloads().filter(each -> name(each).equals(workload))
                .flatMap(each -> each(container(each).path("ports"))).map(port -> port.path("name").asText())
                .collect(Collectors.toSet());
    }

    private static JsonNode openApi() throws IOException {
        try (var in = Objects.requireNonNull(GatewaySettings.class.getResourceAsStream("openapi.json"))) {
            return new ObjectMapper().readTree(in);
        }
    }

    private interface Look {
        void at(JsonNode workload) throws Exception;
    }

    private static Stream<DynamicTest> eachWorkload(Look look) {
        return BASE.workloads().map(workload -> DynamicTest.dynamicTest(name(workload), () -> look.at(workload)));
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.walk(KUBERNETES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private static Manifests manifests(Path directory) {
        try (var files = Files.list(directory)) {
            return new Manifests(
                    files.filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
                            .sorted().flatMap(file -> Yaml.documents(file).stream()).toList());
        } catch (IOException e) {
            throw new IllegalStateException(directory + " cannot be read", e);
        }
    }
}
