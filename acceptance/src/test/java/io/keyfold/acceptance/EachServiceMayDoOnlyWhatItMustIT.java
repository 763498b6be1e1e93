package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.WorkerControl;
import io.keyfold.schemas.Inspection;
import io.keyfold.schemas.Party;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.WorkerStartException;
import io.keyfold.workflow.stream.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A Kafka that lets nobody in without a password or certificate, and each service with a user of its own, who may do what
/// `keyfold topics acls` says.
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EachServiceMayDoOnlyWhatItMustIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String INSTALLATION = "secured";
    private static final Map<Party, WorkerKind> KINDS = Map.of(
            Party.KMS_INSTANCE_WORKER, WorkerKind.KMS_INSTANCE,
            Party.ROOT_KEY_WORKER, WorkerKind.ROOT_KEY,
            Party.AUTHORIZATION_WORKER, WorkerKind.AUTHORIZATION);

    @TempDir
    private static Path directory = Path.of("");

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static Site site;
    private static SecuredKafka kafka;

    @BeforeAll
    static void a_secured_kafka_with_a_user_for_each_service() throws InterruptedException {
        kafka = new SecuredKafka(
                Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize(), directory,
                INSTALLATION);
        OPEN.add(kafka);
        site = Site.shared(); // its registry and its cloud; meanwhile the broker starts
        kafka.awaitReady();
        assertThat(new Preparation(kafka.administrator()).grantAccess(kafka.rules()))
                .extracting(Inspection::state).containsOnly(Inspection.State.CREATED);
        new Preparation(connection(Party.INSTALLER)).createTopics(2, Optional.of((short) 1));

        var workflow = settings(Party.WORKFLOW);
        workflow.put("state.dir", directory.resolve("state").toString());
        workflow.put("num.stream.threads", "1");
        var started = Workflow.start(workflow);
        OPEN.add(started);
        for (var worker : KINDS.entrySet()) {
            OPEN.add(WorkerService.start(Set.of(worker.getValue()), settingsInTheCloud(worker.getKey())));
        }
        assertThat(started.awaitReady(SOON)).isTrue();
    }

    @AfterAll
    static void close() throws Exception {
        for (var resource : OPEN.reversed()) {
            resource.close();
        }
    }

    @Test
    @Order(1)
    @Tag("case-113")
    void a_cluster_is_deployed_and_none_of_the_services_is_refused_anything() {
        var request = Site.request("guarded").build();
        try (var orchestrator = new RequestPublisher(connection(Party.ORCHESTRATOR))) {
            orchestrator.publish(request);
        }

        // One reads by password, another by certificate, the third by token.
        for (var settings : List.of(
                kafka.settings(Party.OPERATOR), kafka.settingsByCertificate(Party.AUDITOR),
                kafka.settingsByToken(Party.ORCHESTRATOR))) {
            assertThat(endOf("default/guarded", settings).getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        }
        assertThat(kafka.log().lines().filter(line -> line.contains("Denied")))
                .allMatch(EachServiceMayDoOnlyWhatItMustIT::isAskedByTheWatchOfTransactions);
    }

    /// It looks wherever it may once a start takes long, and goes without the rest (docs/decisions/0056).
    private static boolean isAskedByTheWatchOfTransactions(String denied) {
        return denied.contains("User:keyfold-workflow")
                && (denied.contains("request = DescribeProducers")
                        || denied.contains("Topic:LITERAL:__consumer_offsets"));
    }

    @Test
    @Order(2)
    @Tag("case-113")
    void each_user_may_do_with_each_topic_what_the_catalogue_says() {
        for (Party party : Party.values()) {
            Map<String, Set<AclOperation>> expected = new TreeMap<>();
            kafka.rules().bindings().get(party).stream()
                    .filter(binding -> binding.pattern().resourceType() == ResourceType.TOPIC)
                    .filter(binding -> binding.pattern().patternType() == PatternType.LITERAL)
                    .forEach(binding -> expected.computeIfAbsent(binding.pattern().name(), _ -> new TreeSet<>())
                            .addAll(withDescribe(binding.entry().operation())));

            assertThat(allowed(party)).as(party.user()).isEqualTo(expected);
        }
    }

    @Test
    @Order(2)
    @Tag("case-83")
    @Tag("case-113")
    void a_worker_cannot_write_a_status_and_is_told_so() {
        assertThatThrownBy(() -> write(Party.ROOT_KEY_WORKER, Topics.CLUSTER_ENCRYPTION_STATUS))
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(TopicAuthorizationException.class)
                .hasMessageContaining("cluster-encryption-status");
        assertThat(kafka.log()).containsPattern(
                "User:keyfold-worker-root-key is Denied operation = \\w+ from host = \\S+ on resource ="
                        + " Topic:LITERAL:cluster-encryption-status");
        // Who may see the topic is refused the write itself.
        assertThatThrownBy(() -> write(Party.AUDITOR, Topics.CLUSTER_ENCRYPTION_STATUS))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThat(kafka.log()).containsPattern(
                "User:keyfold-auditor is Denied operation = WRITE from host = \\S+ on resource ="
                        + " Topic:LITERAL:cluster-encryption-status");
    }

    @Test
    @Order(2)
    @Tag("case-83")
    void who_is_refused_is_told_what_and_what_to_do() {
        try (var orchestrator = new RequestPublisher(connection(Party.ORCHESTRATOR))) {
            assertThatThrownBy(() -> orchestrator.publish("default/root-key", WorkerControl.newBuilder().build()))
                    .isInstanceOf(TopicFailure.class)
                    .hasMessageContaining("does not let this user do this with topic keyfold-worker-control")
                    .extracting(failure -> ((TopicFailure) failure).remedy()).asString()
                    .contains("keyfold topics acls --verify", "keyfold topics acls --apply");
        }
    }

    @Test
    @Order(2)
    @Tag("case-83")
    void a_worker_with_the_user_of_another_does_not_start_and_says_what_it_lacks() {
        var mixedUp = settingsInTheCloud(Party.KMS_INSTANCE_WORKER);
        mixedUp.put("start.timeout.ms", "1000");

        assertThatThrownBy(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), mixedUp))
                .isInstanceOf(WorkerStartException.class)
                .hasMessageMatching("Kafka at \\S+ does not let this user do this with topic root-key-\\w+\\..*"
                        + "keyfold topics acls --verify.*");
    }

    @Test
    @Order(2)
    @Tag("case-84")
    void a_wrong_password_is_said_and_not_shown() {
        var wrong = settingsInTheCloud(Party.ROOT_KEY_WORKER);
        wrong.compute(
                "kafka.sasl.jaas.config",
                (_, right) -> String.valueOf(right).replaceAll("password=\"[^\"]*\"", "password=\"not-this-one\""));
        wrong.put("start.timeout.ms", "1000");

        assertThatThrownBy(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), wrong))
                .isInstanceOf(WorkerStartException.class)
                .hasMessageContaining("refuses these credentials: Authentication failed")
                .hasMessageContaining("kafka.sasl.…")
                .hasMessageNotContaining("not-this-one");
        assertThatThrownBy(() -> new Preparation(new Connection(wrong)).verifyTopics())
                .isInstanceOf(TopicFailure.class)
                .hasMessageContaining("refuses these credentials")
                .hasMessageNotContaining("not-this-one");
    }

    @Test
    @Order(2)
    @Tag("case-115")
    void nobody_comes_in_without_TLS_or_without_a_certificate_that_is_known() {
        var plain = Map.of("bootstrap.servers", kafka.bootstrapServers());
        assertThatThrownBy(() -> new Preparation(new Connection(plain)).verifyTopics())
                .isInstanceOf(TopicFailure.class);

        var anonymous = kafka.settingsByCertificate(Party.AUDITOR);
        anonymous.keySet().removeIf(setting -> setting.startsWith("kafka.ssl.keystore."));
        assertThatThrownBy(() -> new Preparation(new Connection(anonymous)).verifyTopics())
                .isInstanceOf(TopicFailure.class);
    }

    @Test
    @Order(3)
    void what_is_missing_and_what_is_too_much_is_named() throws Exception {
        var missing = kafka.rules().bindings().get(Party.AUDITOR).getFirst();
        var tooMuch = allow("User:keyfold-worker-root-key", AclOperation.ALL, "cluster-encryption-audit");
        var byAnother = allow("User:someone", AclOperation.WRITE, "root-key-commands");
        var ofAnother = allow("User:someone", AclOperation.READ, "cluster-encryption-status");
        try (var admin = kafka.administrator().admin()) {
            admin.deleteAcls(List.of(missing.toFilter())).all().get();
            admin.createAcls(List.of(tooMuch, byAnother, ofAnother)).all().get();

            var verified = await().atMost(SOON).until(
                    () -> new Preparation(kafka.administrator()).verifyAccess(kafka.rules()),
                    found -> found.stream().filter(each -> !each.isGood()).count() == 3);
            assertThat(verified).filteredOn(each -> !each.isGood()).extracting(Inspection::name, Inspection::state)
                    .containsExactlyInAnyOrder(
                            tuple(
                                    "User:keyfold-auditor ALLOW READ topic cluster-deploy-requested",
                                    Inspection.State.MISSING),
                            tuple(
                                    "User:keyfold-worker-root-key ALLOW ALL topic cluster-encryption-audit",
                                    Inspection.State.DIFFERS),
                            tuple(
                                    "User:someone ALLOW WRITE topic root-key-commands", Inspection.State.DIFFERS));

            assertThat(new Preparation(kafka.administrator()).grantAccess(kafka.rules()))
                    .filteredOn(each -> each.state() == Inspection.State.CREATED)
                    .extracting(Inspection::name)
                    .containsExactly("User:keyfold-auditor ALLOW READ topic cluster-deploy-requested");
        }
    }

    private static AclBinding allow(String principal, AclOperation operation, String topic) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    private static Set<AclOperation> withDescribe(AclOperation operation) {
        return operation == AclOperation.READ || operation == AclOperation.WRITE
                ? Set.of(operation, AclOperation.DESCRIBE) : Set.of(operation);
    }

    /// What Kafka itself says that a party may do with each topic that it may see.
    private static Map<String, Set<AclOperation>> allowed(Party party) {
        var allowed = new TreeMap<String, Set<AclOperation>>();
        try (var admin = connection(party).admin()) {
            var described = admin.describeTopics(
                    Topics.ALL.stream().map(Topic::name).toList(),
                    new DescribeTopicsOptions().includeAuthorizedOperations(true)).topicNameValues();
            for (var topic : described.entrySet()) {
                try {
                    allowed.put(topic.getKey(), new TreeSet<>(topic.getValue().get().authorizedOperations()));
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(TopicAuthorizationException.class);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }
        return allowed;
    }

    private static void write(Party party, Topic<?> topic) throws ExecutionException, InterruptedException {
        var config = new HashMap<String, Object>();
        config.put("enable.idempotence", "false"); // else Kafka would refuse that before the write
        kafka.settings(party).forEach((name, value) -> config.put(name.replaceFirst("^kafka\\.", ""), value));
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), new byte[0])).get();
        }
    }

    private static ClusterEncryptionStatus endOf(String cluster, Map<String, String> settings) {
        var complete = new HashMap<>(settings);
        complete.put("schema.registry.url", site.registryUrl());
        try (var topics = new TopicReader(new Connection(complete))) {
            return await().atMost(SOON).until(
                    () -> topics.latest(Topics.CLUSTER_ENCRYPTION_STATUS, cluster),
                    status -> status.filter(found -> found.getLastRun().getEndedAt() != null).isPresent())
                    .orElseThrow();
        }
    }

    private static Connection connection(Party party) {
        return new Connection(settings(party));
    }

    private static Map<String, String> settings(Party party) {
        var settings = kafka.settings(party);
        settings.put("schema.registry.url", site.registryUrl());
        if (party == Party.WORKFLOW || Party.WORKERS.contains(party)) {
            settings.put("installation", INSTALLATION);
        }
        return settings;
    }

    private static Map<String, String> settingsInTheCloud(Party worker) {
        var settings = settings(worker);
        settings.put("iam.url", site.cloud().url());
        settings.put("resource.controller.url", site.cloud().url());
        settings.put("key.protect.url", site.cloud().url());
        settings.put("ibm.api.key", "emulator-api-key");
        settings.put("ibm.account.id", "0123456789abcdef0123456789abcdef");
        return settings;
    }
}
