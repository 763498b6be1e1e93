package io.keyfold.acceptance;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.yaml.snakeyaml.Yaml;

/// What the compose file and the image's description allow a process, read without an engine: nothing that it can do without.
@Tag("case-124")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ContainersAreConfinedTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// Whatever else a service could be given in this file: each of these could take back what is taken away.
    private static final Set<String> HARMLESS = Set.of(
            "image", "pull_policy", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "mem_limit",
            "stop_grace_period", "depends_on", "environment", "healthcheck", "command", "ports", "volumes", "secrets");

    @TestFactory
    Stream<DynamicTest> every_service_is_confined() throws Exception {
        var services = services();
        assertThat(services).containsKeys(
                "kafka", "registry", "topics", "emulator", "workflow", "worker-root-key", "gateway");
        return services.entrySet().stream()
                .map(service -> DynamicTest.dynamicTest(service.getKey(), () -> isConfined(service.getValue())));
    }

    private static void isConfined(Map<String, Object> service) {
        assertThat(service).containsEntry("read_only", true)
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"))
                .containsKey("mem_limit");
        assertThat(HARMLESS).as("no user, privileged, cap_add, network_mode, pid, devices …")
                .containsAll(service.keySet());
        assertThat(list(service, "tmpfs")).singleElement().asString().startsWith("/tmp:").contains("size=");
        assertThat(list(service, "volumes")).as("a volume of its own, no directory of the host")
                .allSatisfy(volume -> assertThat(volume.toString()).matches("[a-z]+:/var/lib/keyfold"));
        assertThat(list(service, "ports")).as("reached from this machine only")
                .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
        assertThat(service.get("image")).asString().isEqualTo("${KEYFOLD_IMAGE:-keyfold:local}");
    }

    @Test
    void nothing_but_the_gateway_sees_who_may_call_it() throws Exception {
        var compose = compose();

        assertThat(services().entrySet()).filteredOn(service -> service.getValue().containsKey("secrets"))
                .singleElement()
                .satisfies(service -> assertThat(service.getKey()).isEqualTo("gateway"))
                .satisfies(
                        service -> assertThat(list(service.getValue(), "secrets"))
                                .isEqualTo(List.of("gateway-callers")));
        assertThat(compose.get("secrets")).isEqualTo(
                Map.of(
                        "gateway-callers",
                        Map.of("file", "${KEYFOLD_COMPOSE_GATEWAY_CALLERS:-./containers/gateway-callers}")));
    }

    @Test
    void the_image_runs_as_a_user_without_a_name_on_a_base_without_a_compiler() throws Exception {
        assertThat(text("cli/pom.xml", "//plugin[artifactId='jib-maven-plugin']//container/user"))
                .isEqualTo("10001:10001");
        assertThat(text("pom.xml", "//*[local-name()='keyfold.base.image']")).endsWith("-jre");
    }

    @Test
    void only_the_place_of_the_state_is_open_to_whatever_user() throws Exception {
        var permissions = "//plugin[artifactId='jib-maven-plugin']//permissions/permission";

        assertThat(text("cli/pom.xml", "count(" + permissions + ")")).isEqualTo("1");
        assertThat(text("cli/pom.xml", permissions + "/file")).isEqualTo("/var/lib/keyfold");
    }

    @Test
    void the_documents_run_a_single_container_confined_too() throws Exception {
        var run = Pattern.compile("docker run .*keyfold:local")
                .matcher(Files.readString(ROOT.resolve("docs/containers.md")));

        assertThat(run.results().map(each -> each.group())).isNotEmpty().allSatisfy(
                line -> assertThat(line).contains("--read-only", "--cap-drop ALL", "--security-opt no-new-privileges"));
    }

    private static Map<String, Object> compose() throws Exception {
        try (var file = Files.newBufferedReader(ROOT.resolve("docker-compose.yml"))) {
            return new Yaml().load(file);
        }
    }

    @SuppressWarnings("unchecked") // YAML's maps have whatever in them
    private static Map<String, Map<String, Object>> services() throws Exception {
        return ((Map<String, Object>) compose().get("services")).entrySet().stream()
                .collect(toMap(Map.Entry::getKey, service -> (Map<String, Object>) service.getValue()));
    }

    private static List<?> list(Map<String, Object> service, String name) {
        return (List<?>) service.getOrDefault(name, List.of());
    }

    private static String text(String file, String expression) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        Document pom = factory.newDocumentBuilder().parse(ROOT.resolve(file).toFile());
        return XPathFactory.newInstance().newXPath().evaluate(expression, pom);
    }
}
