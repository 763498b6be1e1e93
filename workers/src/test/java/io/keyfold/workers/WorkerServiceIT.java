package io.keyfold.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.Finding;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerState;
import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.delivery.LocalKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// All three workers as they are started for real, on a broker and the emulated cloud.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerServiceIT {
    private LocalKafka kafka;
    private EmulatorServer emulator;
    private AvroSerdes serdes;

    @BeforeAll
    void start() throws Exception {
        kafka = new LocalKafka();
        for (Topic<?> topic : Topics.ALL) {
            kafka.createTopic(topic.name(), 3);
        }
        emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
        serdes = new AvroSerdes(SerdeSettings.from(settings()));
    }

    @AfterAll
    void stop() throws Exception {
        emulator.close();
        kafka.close();
    }

    @Test
    void three_workers_make_an_instance_a_key_and_an_authorization_and_remove_them_again() throws Exception {
        try (WorkerService workers = WorkerService.start(EnumSet.allOf(WorkerKind.class), settings())) {
            assertThat(workers.awaitReady(Duration.ofSeconds(30))).isTrue();

            ResourceRef instance = answer(instanceCommand(CommandAction.PROVISION, null)).getResource();
            RootKeyEvent key = answer(keyCommand(CommandAction.PROVISION, instance, null));
            AuthorizationEvent authorization = answer(authorizationCommand(CommandAction.PROVISION, instance, null));

            assertThat(key.getFinding()).isEqualTo(Finding.CREATED);
            assertThat(key.getResource().getInstanceId()).isEqualTo(instance.getId());
            assertThat(authorization.getFinding()).isEqualTo(Finding.CREATED);
            assertThat(authorization.getAttempts()).isEqualTo(2);

            String keyId = key.getResource().getId();
            String policyId = authorization.getResource().getId();
            emulator.cloud().vaults().register(
                    instance.getId(), keyId, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1", false, "is");
            assertThat(answer(instanceCommand(CommandAction.VERIFY, instance.getId())).getInspection().getCondition())
                    .isEqualTo(ResourceCondition.INTACT);
            assertThat(answer(authorizationCommand(CommandAction.VERIFY, instance, policyId)).getInspection()
                    .getCondition()).isEqualTo(ResourceCondition.INTACT);
            RootKeyEvent seen = answer(keyCommand(CommandAction.VERIFY, instance, keyId));
            assertThat(seen.getType()).isEqualTo(StepEventType.VERIFIED);
            assertThat(seen.getResource()).isEqualTo(key.getResource());
            assertThat(seen.getInspection().getCondition()).isEqualTo(ResourceCondition.INTACT);
            assertThat(seen.getInspection().getRegistrationsCounted()).isTrue();
            assertThat(seen.getInspection().getRegistrations()).singleElement().satisfies(counted -> {
                assertThat(counted.getStorageService()).isEqualTo(StorageService.BLOCK_STORAGE);
                assertThat(counted.getResourceType()).isEqualTo("volume");
                assertThat(counted.getCount()).isEqualTo(1);
            });
            emulator.cloud().vaults().destroy(keyId, "somebody");
            emulator.cloud().clock().advance(Duration.ofSeconds(31));
            assertThat(answer(keyCommand(CommandAction.VERIFY, instance, keyId)).getInspection().getCondition())
                    .isEqualTo(ResourceCondition.MISSING);
            RootKeyEvent repaired = answer(keyCommand(CommandAction.REPAIR, instance, keyId));
            assertThat(repaired.getFinding()).isEqualTo(Finding.CREATED);
            assertThat(repaired.getResource()).isEqualTo(key.getResource());
            emulator.cloud().vaults().deregister("crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");

            assertThat(answer(keyCommand(CommandAction.COMPENSATE, instance, keyId)).getType())
                    .isEqualTo(StepEventType.COMPENSATED);
            assertThat(answer(authorizationCommand(CommandAction.COMPENSATE, instance, policyId)).getType())
                    .isEqualTo(StepEventType.COMPENSATED);
            assertThat(answer(instanceCommand(CommandAction.COMPENSATE, instance.getId())).getType())
                    .isEqualTo(StepEventType.COMPENSATED);
        }
    }

    @Test
    void a_worker_shows_what_it_does_and_that_it_is_ready() throws Exception {
        Map<String, String> given = settings();
        given.put(WorkerSettings.INSTALLATION, "measured");
        try (Monitor monitor = Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", 0)));
                HttpClient http = HttpClient.newHttpClient()) {
            seenAtWork(WorkerService.start(Set.of(WorkerKind.AUTHORIZATION), given, monitor), monitor, http);
            assertThat(get(http, monitor, "/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(http, monitor, "/health/live").statusCode()).as("it has ended as it was told")
                    .isEqualTo(200);
        }
    }

    private void seenAtWork(WorkerService started, Monitor monitor, HttpClient http) throws Exception {
        try (WorkerService workers = started) {
            assertThat(workers.awaitReady(Duration.ofSeconds(30))).isTrue();
            await().untilAsserted(() -> assertThat(get(http, monitor, "/health/ready").body()).contains("\"UP\""));
            assertThat(get(http, monitor, "/health/live").statusCode()).isEqualTo(200);

            answer(authorizationCommand(CommandAction.VERIFY,
                    ResourceRef.newBuilder().setId(UUID.randomUUID().toString())
                            .setInstanceId(UUID.randomUUID().toString()).setRegion("us-south").build(),
                    UUID.randomUUID().toString()));

            await().untilAsserted(
                    () -> assertThat(get(http, monitor, "/metrics").body()).containsPattern(
                            "keyfold_worker_command_duration_seconds_count\\{action=\"verify\",outcome=\"verified\","
                                    + "step=\"block_storage_authorization\",worker=\"authorization\"} [1-9]")
                            .contains(
                                    "keyfold_cloud_call_duration_seconds_count{api=\"IAM\",operation=\"get authorization\",",
                                    "keyfold_worker_commands_in_flight{worker=\"authorization\"} 0.0\n",
                                    "keyfold_worker_circuit_open{account=\"default\",worker=\"authorization\"} 0.0\n",
                                    "kafka_consumer_coordinator_assigned_partitions{"));
        }
    }

    private static HttpResponse<String> get(HttpClient http, Monitor monitor, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(monitor.address().orElseThrow() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Tag("case-58")
    void a_worker_that_dies_between_its_create_and_its_answer_is_followed_by_one_that_finds_what_was_created()
            throws Exception {
        Map<String, String> given = settings();
        given.put(WorkerSettings.INSTALLATION, "crash");
        given.put(WorkerSettings.DRAIN_TIMEOUT, "0");
        KmsInstanceCommand command = KmsInstanceCommand.newBuilder(instanceCommand(CommandAction.PROVISION, null))
                .setClusterId("default/crash").setInstanceName("crash-kms").build();
        emulator.cloud().addFaults(
                "{\"operation\":\"resource-controller.create_instance\",\"count\":1,\"fault\":{\"type\":\"hang_after\"}}");
        try (WorkerService dying = WorkerService.start(Set.of(WorkerKind.KMS_INSTANCE), given)) {
            assertThat(dying.awaitReady(Duration.ofSeconds(30))).isTrue();
            send(Topics.KMS_INSTANCE_COMMANDS, command.getClusterId(), command);
            await().atMost(Duration.ofSeconds(30)).until(() -> creationsOf("crash-kms") == 1);
        }

        try (WorkerService next = WorkerService.start(Set.of(WorkerKind.KMS_INSTANCE), given)) {
            assertThat(next.awaitReady(Duration.ofSeconds(30))).isTrue();
            KmsInstanceEvent event = find(
                    Topics.KMS_INSTANCE_EVENTS, answer -> answer.getCommandId().equals(command.getCommandId())
                            && answer.getType() != StepEventType.DEFERRED);

            assertThat(event.getType()).isEqualTo(StepEventType.COMPLETED);
            assertThat(event.getFinding()).isEqualTo(Finding.CREATED);
            assertThat(creationsOf("crash-kms")).isEqualTo(1);
        }
    }

    private long creationsOf(String name) {
        long count = 0;
        for (var instance : emulator.cloud().state().path("instances")) {
            count += instance.path("name").asText().equals(name) ? 1 : 0;
        }
        return count;
    }

    @Test
    @Tag("case-35")
    void a_worker_whose_key_is_revoked_fails_no_cluster_and_goes_on_once_it_is_back() throws Exception {
        Map<String, String> given = settings();
        given.put(CredentialSettings.API_KEY, "not-yet-known");
        given.put(WorkerSettings.INSTALLATION, "revoked");
        try (WorkerService workers = WorkerService.start(Set.of(WorkerKind.KMS_INSTANCE), given)) {
            assertThat(workers.awaitReady(Duration.ofSeconds(30))).isTrue();

            KmsInstanceEvent waiting = answer(instanceCommand(CommandAction.RESOLVE, null));
            assertThat(waiting.getType()).isEqualTo(StepEventType.DEFERRED);
            assertThat(waiting.getWhy()).contains("CREDENTIALS_REJECTED");

            emulator.cloud().addStartingKey("not-yet-known");
            await().atMost(Duration.ofSeconds(40)).pollDelay(Duration.ofMillis(500)).until(
                    () -> answer(instanceCommand(CommandAction.RESOLVE, null)).getType() == StepEventType.COMPLETED);
        }
    }

    @Test
    void a_kind_that_was_paused_before_its_process_started_calls_nothing_and_says_so_until_it_is_resumed()
            throws Exception {
        Map<String, String> given = settings();
        given.put(WorkerSettings.INSTALLATION, "paused");
        Instant asked = pause(true);
        try (WorkerService workers = WorkerService.start(Set.of(WorkerKind.AUTHORIZATION), given)) {
            assertThat(workers.awaitReady(Duration.ofSeconds(30))).isTrue();
            ResourceRef instance = ResourceRef.newBuilder().setId("11111111-0000-4000-8000-000000000001")
                    .setRegion("us-south").build();

            AuthorizationEvent waiting = answer(authorizationCommand(CommandAction.RESOLVE, instance, null));
            assertThat(waiting.getType()).isEqualTo(StepEventType.DEFERRED);
            assertThat(waiting.getStopsClock()).isTrue();
            assertThat(waiting.getAttempts()).isZero();
            assertThat(waiting.getWhy()).isEqualTo("The authorization worker is paused by alice since " + asked
                    + ": maintenance");
            assertThat(find(Topics.WORKER_STATUS, told -> told.getState() == WorkerState.PAUSED).getSince())
                    .isEqualTo(asked);

            pause(false);
            await().atMost(Duration.ofSeconds(30)).until(
                    () -> answer(authorizationCommand(CommandAction.RESOLVE, instance, null))
                            .getType() == StepEventType.COMPLETED);
        }
    }

    private Instant pause(boolean paused) throws Exception {
        Instant asked = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        send(
                Topics.WORKER_CONTROL,
                "default/authorization",
                WorkerControl.newBuilder().setControlId("c-1").setWorker(io.keyfold.contract.WorkerKind.AUTHORIZATION)
                        .setPaused(paused).setReason("maintenance").setRequestedBy("alice").setRequestedAt(asked)
                        .build());
        return asked;
    }

    @Test
    @Tag("case-72")
    void a_broker_that_is_not_there_is_said_so_in_time() {
        Map<String, String> given = settings();
        given.put(WorkerSettings.BOOTSTRAP_SERVERS, "127.0.0.1:1");
        given.put(WorkerSettings.START_TIMEOUT, "1500");

        assertThatThrownBy(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), given))
                .isInstanceOf(WorkerStartException.class)
                .hasMessageStartingWith("Kafka at 127.0.0.1:1 does not answer")
                .hasMessageEndingWith("Check that it runs and that bootstrap.servers is right.")
                .extracting(failure -> ((WorkerStartException) failure).waitsFor())
                .isEqualTo(Optional.of("Kafka at 127.0.0.1:1"));
    }

    @Test
    void a_registry_that_is_not_there_is_said_so_before_any_command_is_taken() {
        Map<String, String> given = settings();
        given.put(SerdeSettings.REGISTRY_URL, "http://127.0.0.1:1");
        given.put(WorkerSettings.START_TIMEOUT, "500");

        assertThatThrownBy(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), given))
                .isInstanceOf(WorkerStartException.class)
                .hasMessageStartingWith("The schema registry at http://127.0.0.1:1 does not answer")
                .extracting(failure -> ((WorkerStartException) failure).waitsFor())
                .isEqualTo(Optional.of("the schema registry at http://127.0.0.1:1"));
    }

    @Test
    @Tag("case-81")
    void topics_that_are_missing_are_named() throws Exception {
        try (LocalKafka empty = new LocalKafka()) {
            Map<String, String> given = settings();
            given.put(WorkerSettings.BOOTSTRAP_SERVERS, empty.bootstrapServers());
            given.put(WorkerSettings.START_TIMEOUT, "500");

            assertThatThrownBy(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), given))
                    .isInstanceOf(WorkerStartException.class)
                    .hasMessageContaining(
                            "has no topic keyfold-dead-letters, keyfold-worker-control, keyfold-worker-status,"
                                    + " root-key-commands, root-key-events. Create the topics first: keyfold topics create");
        }
    }

    private KmsInstanceEvent answer(KmsInstanceCommand command) throws Exception {
        send(Topics.KMS_INSTANCE_COMMANDS, command.getClusterId(), command);
        return find(Topics.KMS_INSTANCE_EVENTS, event -> event.getCommandId().equals(command.getCommandId()));
    }

    private RootKeyEvent answer(RootKeyCommand command) throws Exception {
        send(Topics.ROOT_KEY_COMMANDS, command.getClusterId(), command);
        return find(Topics.ROOT_KEY_EVENTS, event -> event.getCommandId().equals(command.getCommandId()));
    }

    private AuthorizationEvent answer(AuthorizationCommand command) throws Exception {
        send(Topics.AUTHORIZATION_COMMANDS, command.getClusterId(), command);
        return find(Topics.AUTHORIZATION_EVENTS, event -> event.getCommandId().equals(command.getCommandId()));
    }

    private <T extends SpecificRecord> void send(Topic<T> topic, String key, T value) throws Exception {
        try (var serializer = serdes.serializer(topic)) {
            kafka.send(new ProducerRecord<>(
                    topic.name(), key.getBytes(StandardCharsets.UTF_8), serializer.serialize(topic.name(), value)));
        }
    }

    private <T extends SpecificRecord> T find(Topic<T> topic, Predicate<T> wanted) {
        List<T> found = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (var deserializer = serdes.deserializer(topic)) {
                kafka.read(topic.name()).stream()
                        .map(record -> deserializer.deserialize(topic.name(), record.headers(), record.value()))
                        .filter(wanted)
                        .forEach(found::add);
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private static KmsInstanceCommand instanceCommand(CommandAction action, String expectedId) {
        return KmsInstanceCommand.newBuilder()
                .setCommandId(UUID.randomUUID())
                .setClusterId("default/hpc-1")
                .setStep(StepName.KMS_INSTANCE)
                .setAction(action)
                .setMark("mark")
                .setNotAfter(inTenMinutes())
                .setFirstIssuedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setExpectedId(expectedId)
                .setInstanceName("hpc-1-kms")
                .setRegion("us-south")
                .build();
    }

    private static RootKeyCommand keyCommand(CommandAction action, ResourceRef instance, String expectedId) {
        return RootKeyCommand.newBuilder()
                .setCommandId(UUID.randomUUID())
                .setClusterId("default/hpc-1")
                .setStep(StepName.ROOT_KEY)
                .setAction(action)
                .setMark("kf-test-abcdefgh-1-root-key-1")
                .setNotAfter(inTenMinutes())
                .setExpectedId(expectedId)
                .setInstanceId(instance.getId())
                .setInstanceCrn(instance.getCrn())
                .setRegion(instance.getRegion())
                .setKeyName("hpc-1-key")
                .build();
    }

    private static AuthorizationCommand authorizationCommand(
            CommandAction action, ResourceRef instance, String expectedId) {
        return AuthorizationCommand.newBuilder()
                .setCommandId(UUID.randomUUID())
                .setClusterId("default/hpc-1")
                .setStep(StepName.BLOCK_STORAGE_AUTHORIZATION)
                .setAction(action)
                .setMark("kf-test-abcdefgh-1-block-storage-authorization-1")
                .setNotAfter(inTenMinutes())
                .setExpectedId(expectedId)
                .setStorageService(StorageService.BLOCK_STORAGE)
                .setSourceService("server-protect")
                .setTargetInstanceId(instance.getId())
                .setRegion(instance.getRegion())
                .setRoles(List.of("Reader"))
                .build();
    }

    private static Instant inTenMinutes() {
        return Instant.now().plus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MILLIS);
    }

    private Map<String, String> settings() {
        String url = emulator == null ? "http://127.0.0.1:1" : emulator.baseUrl().toString();
        Map<String, String> settings = new HashMap<>();
        settings.put(WorkerSettings.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        settings.put(SerdeSettings.REGISTRY_URL, "mock://worker-service");
        settings.put("registry.auto.register.schemas", "true");
        settings.put(WorkerSettings.IAM_URL, url);
        settings.put(WorkerSettings.RESOURCE_CONTROLLER_URL, url);
        settings.put(WorkerSettings.KEY_PROTECT_URL, url);
        settings.put(CredentialSettings.API_KEY, EmulatorSettings.USUAL_API_KEY);
        settings.put(WorkerSettings.ACCOUNT_ID, EmulatorSettings.USUAL_ACCOUNT);
        return settings;
    }
}
