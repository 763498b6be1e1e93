package io.keyfold.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import io.keyfold.cli.settings.InvalidSetting;
import io.keyfold.cli.settings.SettingSources;
import io.keyfold.cli.topic.Connection;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.KafkaAdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `deployment/clients`: each file is read by the classes that read it where it is used, with what it refers to in a
/// directory of the test's. No broker and no registry is reached.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ClientConfigurationsTest {
    private static final Path CLIENTS = Variables.ROOT.resolve("deployment/clients");
    private static final String PASSWORD = "sesame-4711";

    @TempDir
    Path secrets;

    @BeforeEach
    void mountSecrets() throws IOException {
        var certificate = new HeldCertificate.Builder().commonName("keyfold-workflow").ecdsa256().build();
        write("kafka/user", "a-user");
        write("kafka/password", PASSWORD);
        write("kafka/user.crt", certificate.certificatePem());
        write("kafka/user.key", certificate.privateKeyPkcs8Pem());
        write("authority/ca.crt", certificate.certificatePem());
        write("registry/user-info", "a-key:" + PASSWORD);
    }

    static Stream<Path> files() throws IOException {
        try (var directories = Files.list(CLIENTS)) {
            return Stream.concat(
                    directories.map(directory -> directory.resolve("client.properties")).sorted().toList().stream(),
                    Stream.of(Variables.ROOT.resolve("deployment/kubernetes/base/client.properties")));
        }
    }

    @Test
    void every_provider_has_one() throws IOException {
        assertThat(files().map(file -> file.getParent().getFileName().toString()))
                .containsExactly("confluent-cloud", "event-streams", "msk", "strimzi", "base");
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_process_takes_it(Path file) throws IOException {
        var workflow = WorkflowSettings.of(settings(file, WorkflowSettings.DEFINITION, Map.of()));
        var worker = WorkerSettings.of(
                settings(
                        file, WorkerSettings.DEFINITION,
                        Map.of("ibm.account.id", "0123456789abcdef", "ibm.api.key", "nobodys")));
        var gateway = GatewaySettings.of(settings(file, GatewaySettings.DEFINITION, Map.of()));
        var command = new Connection(settings(file, Connection.settings(), Map.of()));

        assertThat(List.of(
                workflow.bootstrapServers(), worker.bootstrapServers(), gateway.bootstrapServers(),
                command.bootstrapServers())).containsOnly(lines(file).get("bootstrap.servers"));
        assertThat(List.of(
                workflow.serdes().registryUrl(), worker.serdes().registryUrl(), gateway.serdes().registryUrl(),
                command.registryUrl())).containsOnly(lines(file).get("schema.registry.url"));
        assertThat(workflow.kafkaOthers()).isEqualTo(worker.kafkaOthers()).isEqualTo(gateway.kafkaOthers());
        assertThat(workflow + " " + worker + " " + gateway).doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_name_is_one_of_kafkas_or_of_the_registrys_client(Path file) throws IOException {
        var kafka = new TreeSet<String>();
        kafka.addAll(ConsumerConfig.configNames());
        kafka.retainAll(ProducerConfig.configNames()); // what the workflow gets goes to all its clients
        kafka.retainAll(AdminClientConfig.configNames());
        var registry = new TreeSet<>(AbstractKafkaSchemaSerDeConfig.baseConfigDef().names());

        assertThat(lines(file).keySet()).allSatisfy(name -> {
            if (name.startsWith("kafka.")) {
                assertThat(isKnown(name.substring("kafka.".length()), kafka)).as(name).isTrue();
            } else if (name.startsWith("registry.")) {
                assertThat(isKnown(name.substring("registry.".length()), registry)).as(name).isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void what_it_refers_to_reaches_every_client_of_kafkas(Path file) throws IOException {
        var workflow = WorkflowSettings.of(settings(file, WorkflowSettings.DEFINITION, Map.of()));
        var config = new HashMap<String, Object>(workflow.kafkaOthers());
        config.put("bootstrap.servers", "127.0.0.1:1");
        config.put("application.id", "of-a-test");

        var streams = new StreamsConfig(config);
        Stream.<Function<StreamsConfig, Map<String, Object>>>of(
                given -> given.getMainConsumerConfigs("group", "client", 0),
                given -> given.getProducerConfigs("client"),
                given -> given.getAdminConfigs("client"))
                .forEach(clients -> assertThat(clients.apply(streams).values().stream().map(String::valueOf))
                        .noneMatch(value -> value.contains("${")));
        // Reads what it is given: certificates, and the login module's name.
        KafkaAdminClient.create(config).close();
        var jaas = new AdminClientConfig(config).originals().get("sasl.jaas.config");
        assertThat(jaas == null || jaas.toString().contains("password=\"" + PASSWORD + "\"")).isTrue();
        assertThat(workflow.serdes().client().getOrDefault("basic.auth.user.info", PASSWORD)).contains(PASSWORD);
    }

    @ParameterizedTest
    @MethodSource("files")
    void it_holds_no_secret(Path file) throws IOException {
        assertThat(Files.readString(file)).doesNotContainPattern("(?i)(password|user\\.info|key)=(?!\"?\\$\\{|token:)")
                .doesNotContain(PASSWORD);
    }

    @Test
    void a_name_that_nobody_knows_is_refused() {
        assertThatThrownBy(() -> new SettingSources(Map.of(), Map.of(), Map.of("bootstrap.server", "x:1"))
                .resolve(WorkflowSettings.DEFINITION.names(), WorkflowSettings.DEFINITION.names()))
                .isInstanceOf(InvalidSetting.class).hasMessageContaining("did you mean bootstrap.servers?");
    }

    private Map<String, String> settings(Path file, ConfigDef process, Map<String, String> others) throws IOException {
        var mounted = Files.writeString(
                secrets.resolve("client.properties"),
                Files.readString(file).replace("/etc/keyfold", secrets.toString()));
        var settings = new HashMap<>(
                new SettingSources(Map.of(), Map.of(), SettingSources.read(mounted))
                        .resolve(process.names(), process.names()));
        settings.putAll(others);
        return settings;
    }

    /// With those that are commented out for who wants them.
    private static Map<String, String> lines(Path file) throws IOException {
        return Files.readString(file).lines().map(line -> line.replaceFirst("^#(?=kafka\\.|registry\\.)", ""))
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .collect(Collectors.toMap(line -> line.split("=", 2)[0], line -> line.split("=", 2)[1],
                        (one, _) -> one));
    }

    private static boolean isKnown(String name, Set<String> names) {
        return names.contains(name) || name.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG);
    }

    private void write(String file, String content) throws IOException {
        var path = secrets.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
