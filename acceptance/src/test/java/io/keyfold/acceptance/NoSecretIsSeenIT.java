package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.settings.SettingSources;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.schemas.Party;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.CloudAccounts;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Keyfold is given in confidence (API keys, passwords, tokens, key material), and the tokens that IAM gives it, show
/// nowhere, whatever becomes of the runs: not in a topic, a log, a command's words, an argument, a thread's name.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("case-111")
@Tag("case-112")
@Order(2)
class NoSecretIsSeenIT {
    @TempDir
    private static Path directory = Path.of("");

    private static SecretSite site;

    /// Found in every place that is looked at, so that the search is known to look there.
    private static final String CANARY = "canary-of-the-search-0815";
    private static final PlantedSecrets CANARIES = new PlantedSecrets();

    @BeforeAll
    static void a_whole_run_with_all_that_can_go_wrong() {
        CANARIES.plant("canary", CANARY);
        site = new SecretSite(directory);
        clustersAreDeployedChangedAndRemoved();
        runsFail();
        workersHaveWrongCredentials();
        peopleLookAtAllOfIt();
    }

    @AfterAll
    static void close() {
        site.close();
    }

    // ---- the run

    private static void clustersAreDeployedChangedAndRemoved() {
        String fromFile = site.deploy(Site.request("file").setKeyMaterialReference(site.materialInAFile("file.key")));
        String fromVault =
                site.deploy(Site.request("vault").setKeyMaterialReference(site.materialInTheVault("vault-key")));
        String elsewhere = site.deploy(Site.request("generated").setAccount("prod"));
        for (String cluster : List.of(fromFile, fromVault, elsewhere)) {
            assertThat(site.awaitEnd(cluster).getLastRun().getState()).as(cluster).isEqualTo(RunState.COMPLETED);
        }
        assertThat(site.cloud().keys("vault-key")).allMatch(site.cloud()::isImported);
        control(fromFile, ControlAction.VERIFY, "r-file");
        site.awaitStatus(fromFile, status -> status.getVerification() != null);
        control(elsewhere, ControlAction.DEPROVISION, "r-generated");
        site.awaitStatus(elsewhere, status -> status.getStanding() == Standing.DEPROVISIONED);

        site.cloud().fault("""
                {"name": "slow", "operation": "key-protect.create_key", "count": 1,
                 "fault": {"type": "latency", "ms": 2000}}""");
        String cancelled =
                site.deploy(Site.request("cancelled").setKeyMaterialReference(site.materialInAFile("cancelled.key")));
        await().atMost(SecretSite.SOON).until(() -> site.cloud().hasStruck("slow"));
        control(cancelled, ControlAction.CANCEL, "r-cancelled");
        assertThat(site.awaitEnd(cancelled).getLastRun().getState()).isEqualTo(RunState.CANCELLED);
    }

    /// Everybody who refuses says more than he should.
    private static void runsFail() {
        String says = "cr_token=" + site.containerToken() + " Authorization: Bearer " + site.lastToken()
                + " is not allowed this";
        site.cloud().fault("{\"name\":\"talks\",\"operation\":\"iam*create_policy\",\"count\":1,\"fault\":{\"type\":"
                + "\"status\",\"status\":400,\"body\":\"{\\\"errors\\\":[{\\\"code\\\":\\\"invalid_body\\\","
                + "\\\"message\\\":\\\"" + says + "\\\"}]}\"}}");
        String refused = site.deploy(Site.request("refused"));
        var status = site.awaitEnd(refused);
        assertThat(status.getLastRun().getState()).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getMessage()).contains("is not allowed this", "[hidden]");
        site.cloud().noMoreFaults();

        String noMaterial = site.deploy(Site.request("no-material").setKeyMaterialReference("vault:none"));
        assertThat(site.awaitEnd(noMaterial).getLastRun().getFault().getCode())
                .isEqualTo(FaultCode.KEY_MATERIAL_UNUSABLE);

        String shutOut = site.deploy(Site.request("shut-out").setAccount("shut-out"));
        site.awaitStatus(
                shutOut, shut -> shut.getSteps().stream().anyMatch(
                        step -> step.getLastError() != null
                                && step.getLastError().getCode() == FaultCode.CREDENTIALS_REJECTED));

        send("default/" + CANARY, CANARY);
        try (var topics = new TopicReader(site.connection(Party.OPERATOR))) {
            await("the dead letter").atMost(SecretSite.SOON)
                    .until(() -> !topics.all(Topics.DEAD_LETTERS, "default/" + CANARY).isEmpty());
        }
    }

    private static void workersHaveWrongCredentials() {
        var password = site.environment(Party.ROOT_KEY_WORKER);
        password.compute(
                "KEYFOLD_KAFKA_SASL_JAAS_CONFIG",
                (_, right) -> String.valueOf(right).replaceAll(
                        "password=\"[^\"]*\"",
                        "password=\"" + site.secrets.plant("wrong Kafka password") + "\""));
        var truststore = site.environment(Party.ROOT_KEY_WORKER);
        truststore.put("KEYFOLD_KAFKA_SSL_TRUSTSTORE_PASSWORD", site.secrets.plant("wrong truststore password"));
        var vault = site.environment(Party.ROOT_KEY_WORKER);
        vault.put("KEYFOLD_MATERIAL_VAULT_TOKEN", site.secrets.plant("vault token with a line's end") + "\n\u00e9");
        var address = site.environment(Party.ROOT_KEY_WORKER);
        address.put("KEYFOLD_IAM_URL", "https://keyfold:" + site.secrets.plant("password in a URL") + "@localhost");
        List.of(password, truststore, vault, address).parallelStream().forEach(wrong -> {
            wrong.put("KEYFOLD_START_TIMEOUT_MS", "1000");
            assertThat(site.run(SecretSite.verbose(wrong), "worker", "root-key").exitCode()).isNotZero();
        });
    }

    private static void peopleLookAtAllOfIt() {
        var someKey = site.environment(Party.OPERATOR);
        someKey.put("KEYFOLD_IBM_API_KEY", site.unknownKey());
        var right = SecretSite.verbose(site.environment(Party.OPERATOR));
        List.of("doctor", "audit", "sweep").parallelStream().forEach(command -> {
            site.run(right, command);
            site.run(someKey, command);
        });
        site.run(Party.OPERATOR, "status").expect(0);
        site.run(Party.OPERATOR, "status", "refused", "-o", "json").expect(0);
        assertThat(site.run(Party.OPERATOR, "dead-letters", "list", "-o", "json").expect(0).out()).contains(CANARY);
        site.run(Party.OPERATOR, "topics", "verify");
        // What is refused is not repeated.
        var flag = site.run(
                Party.OPERATOR, "worker", "all", "--property", "ibm.api.key=" + site.secrets.plant("key in a flag"));
        assertThat(flag.exitCode()).isEqualTo(2);
        var jaas = site.run(
                Party.OPERATOR, "status", "--property",
                "kafka.sasl.jaas.config=password=" + site.secrets.plant("password in a flag"));
        assertThat(jaas.exitCode()).isEqualTo(2);
    }

    private static void control(String cluster, ControlAction action, String requestId) {
        try (var publisher = new RequestPublisher(site.connection(Party.OPERATOR))) {
            publisher.publish(
                    ClusterControlRequested.newBuilder().setControlId(action + requestId).setClusterId(cluster)
                            .setAction(action).setRequestId(requestId).setReason("the test wants it")
                            .setRequestedBy("acceptance test").setRequestedAt(Instant.EPOCH).build());
        }
    }

    private static void send(String key, String value) {
        var config = new HashMap<String, Object>();
        site.settings(Party.ORCHESTRATOR)
                .forEach((name, setting) -> config.put(name.replaceFirst("^kafka\\.", ""), setting));
        config.put("enable.idempotence", "false");
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<>(Topics.CLUSTER_DEPLOY_REQUESTED.name(), bytes(key), bytes(value));
            record.headers().add("x-" + CANARY, bytes("header"));
            producer.send(record);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- the search

    @Test
    void every_secret_there_is_was_planted() {
        assertThat(site.secrets.names()).contains(
                "API key of the root-key worker", "API key of account prod", "API key of account shut-out", "IAM token",
                "API key of the KMS-instance worker", "container's token",
                "vault token", "registry password", "truststore password", "token for the receiver of spans",
                "material file.key", "material vault-key",
                "Kafka password of keyfold-worker-root-key", "Kafka password of keyfold-workflow");
        assertThat(site.tokensLearned()).isGreaterThan(4);
    }

    @Test
    void no_record_of_any_topic_shows_one() {
        var topics = Records.everythingByTopic(site.kafka().administratorsConfig());

        assertThat(topics).containsKeys("__consumer_offsets", "__transaction_state")
                .containsKeys(Topics.ALL.stream().map(topic -> topic.name()).toArray(String[]::new));
        assertThat(topics.keySet()).filteredOn(name -> name.endsWith("-changelog")).hasSizeGreaterThan(1);
        assertThat(site.seen(topics)).isEmpty();
        assertThat(topics).allSatisfy(
                (topic, text) -> assertThat(CANARIES.seenIn(text).isEmpty()).as(topic).isEqualTo(
                        !Set.of(Topics.CLUSTER_DEPLOY_REQUESTED.name(), Topics.DEAD_LETTERS.name()).contains(topic)));
    }

    @Test
    void nothing_that_a_process_says_shows_one() throws IOException {
        var said = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
                said.put(log.getFileName().toString(), Files.readString(log, StandardCharsets.ISO_8859_1));
            }
        }
        for (Cli command : site.commands()) {
            said.merge("keyfold " + command.arguments().getFirst(), command.out() + command.err(), String::concat);
        }

        assertThat(said).containsKeys(
                "secured-broker.log", "workflow.log", "worker-root-key.log", "worker-authorization.log",
                "keyfold worker", "keyfold doctor", "keyfold audit", "keyfold sweep");
        assertThat(said.get("worker-root-key.log")).contains("DEBUG");
        assertThat(site.seen(said)).isEmpty();
        assertThat(CANARIES.seenIn(String.valueOf(said.get("keyfold dead-letters")))).isNotEmpty();
    }

    @Test
    void no_span_shows_one() throws IOException {
        String spans = Files.readString(site.spans(), StandardCharsets.ISO_8859_1);

        assertThat(spans).contains(
                "run deploy", "Key Protect: create root key", "IAM: fetch token", "CREDENTIALS_REJECTED",
                "keyfold-worker-root-key");
        assertThat(site.seen(Map.of("spans", spans))).isEmpty();
        assertThat(CANARIES.seenIn(spans)).as("a key that nobody could read").isEmpty();
    }

    @Test
    void no_process_has_one_among_its_arguments() {
        var arguments = new TreeMap<String, String>();
        site.parts().forEach(part -> Processes.withDescendants(part.pid())
                .forEach(process -> arguments.put(process.pid() + "", Processes.commandLine(process))));

        assertThat(arguments).hasSizeGreaterThanOrEqualTo(7);
        assertThat(arguments.values()).filteredOn(line -> line.contains("keyfold.jar")).hasSizeGreaterThanOrEqualTo(7);
        assertThat(site.seen(arguments)).isEmpty();
    }

    @Test
    void no_thread_dump_shows_one() {
        var dumps = new TreeMap<String, String>();
        for (Part part : site.parts()) {
            dumps.put(part.log().getFileName().toString(), Processes.threads(part.pid()));
        }

        assertThat(dumps).hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy((process, dump) -> assertThat(dump).as(process).contains("\"main\"", "java.base"));
        assertThat(site.seen(dumps)).isEmpty();
        String name = Thread.currentThread().getName();
        Thread.currentThread().setName(CANARY);
        assertThat(CANARIES.seenIn(Processes.threads(ProcessHandle.current().pid()))).isNotEmpty();
        Thread.currentThread().setName(name);
    }

    @Test
    void no_object_of_ours_says_one_in_its_toString() throws Exception {
        var rootKey = site.settings(Party.ROOT_KEY_WORKER);
        var emulator = EmulatorSettings.of(Map.of("api.keys", site.apiKey(Party.ROOT_KEY_WORKER)));
        var accounts = CloudAccounts.of(rootKey);
        var fromFile = CloudAccounts.of(site.settings(Party.KMS_INSTANCE_WORKER));
        var byProfile = CloudAccounts.of(site.settings(Party.AUTHORIZATION_WORKER));
        var roots = new ArrayList<Object>(
                List.of(
                        WorkerSettings.of(rootKey), new ClientConfig("", "", rootKey),
                        new SettingSources(rootKey, rootKey, rootKey), accounts, fromFile, byProfile,
                        emulator,
                        site.connection(Party.OPERATOR),
                        WorkflowSettings.of(site.settings(Party.WORKFLOW)),
                        new Preparation(site.connection(Party.INSTALLER))));
        try (var workers = WorkerService.start(Set.of(WorkerKind.ROOT_KEY), rootKey);
                var cloud = new IbmCloud(accounts.byAlias().firstEntry().getValue());
                var cloudFromFile = new IbmCloud(fromFile.byAlias().firstEntry().getValue());
                var cloudByProfile = new IbmCloud(byProfile.byAlias().firstEntry().getValue());
                var server = EmulatorServer.start(emulator);
                var publisher = new RequestPublisher(site.connection(Party.ORCHESTRATOR));
                var reader = new TopicReader(site.connection(Party.OPERATOR))) {
            assertThat(List.of(cloud, cloudFromFile, cloudByProfile))
                    .allMatch(each -> each.identity().accountId().equals(Optional.of(SecretSite.ACCOUNT)));
            reader.latest(Topics.CLUSTER_ENCRYPTION_STATUS, "default/file");
            roots.addAll(List.of(workers, cloud, cloudFromFile, cloudByProfile, server, publisher, reader));

            var objects = Reachable.oursFrom(roots);

            assertThat(objects).hasAtLeastOneElementOfType(Secret.class)
                    .extracting(object -> object.getClass().getSimpleName()).contains(
                            "IbmCloudSettings", "IamTokens", "ErrorReader", "VaultMaterials", "SerdeSettings",
                            "ApiKeys", "Entry", "Connection", "KeyedConsumer", "ClientConfig", "KeyProtect",
                            "SettingSources");
            var said = new TreeMap<String, String>();
            objects.forEach(object -> said.merge(object.getClass().getName(), "\n" + object, String::concat));
            assertThat(site.seen(said)).isEmpty();
            assertThat(CANARIES.seenIn("" + Reachable.oursFrom(List.of(Map.of(1, new Talkative(CANARY))))))
                    .isNotEmpty();
        }
    }

    private record Talkative(String secret) {}
}
