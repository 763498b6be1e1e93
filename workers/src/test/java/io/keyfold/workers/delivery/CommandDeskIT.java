package io.keyfold.workers.delivery;

import static io.keyfold.workers.delivery.LocalKafka.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.Finding;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.rootkey.KeyTarget;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StepRunners;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandDeskIT {
    private static final String REGISTRY = "mock://command-desk";
    private static final String COMMANDS = Topics.ROOT_KEY_COMMANDS.name();
    private static final String CLUSTER = "default/hpc-1";
    private static final Resource KEY = new Resource(
            "key-1", "crn:v1:bluemix:public:kms:us-south:a/acc:guid:key:key-1", "hpc-1-key", "guid", "us-south",
            Optional.empty());

    private final AvroSerdes serdes = serdes(REGISTRY);
    private final AtomicInteger carriedOut = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private LocalKafka kafka;

    @BeforeAll
    void start() throws Exception {
        kafka = new LocalKafka();
        for (Topic<?> topic : List.of(Topics.ROOT_KEY_COMMANDS, Topics.ROOT_KEY_EVENTS, Topics.DEAD_LETTERS)) {
            kafka.createTopic(topic.name(), 2);
        }
    }

    @AfterAll
    void stop() throws Exception {
        kafka.close();
    }

    @AfterEach
    void closeDesk() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        opened.clear();
    }

    @Test
    void a_command_is_answered_under_its_cluster_with_an_id_that_is_always_the_same() throws Exception {
        RootKeyCommand command = command(CLUSTER);
        ProducerRecord<byte[], byte[]> record = record(CLUSTER, encoded(command));
        record.headers().add("traceparent", utf8("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        kafka.send(record);
        kafka.send(record);
        serve(REGISTRY, (_, _, turn) -> new Outcome.Created(KEY, List.of(), turn.now()));

        await().until(() -> answersTo(command).size() == 2);
        ConsumerRecord<byte[], byte[]> answer = answersTo(command).getFirst();
        RootKeyEvent event = decoded(Topics.ROOT_KEY_EVENTS, answer);
        assertThat(event.getType()).isEqualTo(StepEventType.COMPLETED);
        assertThat(event.getFinding()).isEqualTo(Finding.CREATED);
        assertThat(event.getResource().getInstanceId()).isEqualTo("guid");
        assertThat(event.getStep()).isEqualTo(StepName.ROOT_KEY);
        assertThat(event.getVisibleSince()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(event.getWorker()).isEqualTo("test");
        assertThat(header(answer, CloudEventHeaders.ID)).isEqualTo(event.getEventId().toString());
        assertThat(header(answer, CloudEventHeaders.TYPE)).isEqualTo("io.keyfold.contract.RootKeyEvent");
        assertThat(header(answer, CloudEventHeaders.SOURCE)).isEqualTo("/keyfold/test/root-key");
        assertThat(header(answer, CloudEventHeaders.TRACE_PARENT))
                .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        RootKeyEvent again = decoded(Topics.ROOT_KEY_EVENTS, answersTo(command).getLast());
        assertThat(again.getEventId()).isEqualTo(event.getEventId());
    }

    @Test
    @Tag("case-1")
    void what_cannot_be_read_becomes_a_dead_letter_with_its_bytes_and_headers_and_the_next_is_answered()
            throws Exception {
        byte[] unknownSchema = {0, 0x7f, -1, -1, -1, 1, 2};
        byte[] right = encoded(command(CLUSTER));
        byte[] brokenOff = java.util.Arrays.copyOf(right, right.length / 2);
        byte[] wrongType = serdes.serializer(Topics.ROOT_KEY_EVENTS).serialize("", RootKeyEvent.newBuilder().build());
        String key = "default/poison-" + UUID.randomUUID();
        ProducerRecord<byte[], byte[]> random = record(key, utf8("not Avro"));
        random.headers().add("origin", new byte[]{1, 2, 3}).add("empty", null);
        kafka.send(random);
        kafka.send(record(key, unknownSchema));
        kafka.send(record(key, brokenOff));
        kafka.send(record(key, wrongType));
        kafka.send(record(key, null));
        kafka.send(record(key, encoded(command(CLUSTER))));
        RootKeyCommand good = command(key);
        kafka.send(record(key, encoded(good)));
        serve(REGISTRY, (_, _, turn) -> new Outcome.Created(KEY, List.of(), turn.now()));

        await().until(() -> answersTo(good).size() == 1);
        List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(Topics.DEAD_LETTERS.name()).stream()
                .filter(letter -> letter.key() != null && new String(letter.key(), StandardCharsets.UTF_8).equals(key))
                .toList();
        assertThat(letters)
                .extracting(letter -> decoded(Topics.DEAD_LETTERS, letter).getReason())
                .containsExactly(
                        DeadLetterReason.NOT_AVRO,
                        DeadLetterReason.UNKNOWN_SCHEMA,
                        DeadLetterReason.UNDECODABLE,
                        DeadLetterReason.WRONG_RECORD_TYPE,
                        DeadLetterReason.NULL_VALUE,
                        DeadLetterReason.KEY_MISMATCH);
        DeadLetter first = decoded(Topics.DEAD_LETTERS, letters.getFirst());
        assertThat(first.getOriginalValue()).isEqualTo(ByteBuffer.wrap(utf8("not Avro")));
        assertThat(first.getOriginalKey()).isEqualTo(ByteBuffer.wrap(utf8(key)));
        assertThat(first.getOriginalHeaders()).extracting(entry -> entry.getKey()).containsExactly("origin", "empty");
        assertThat(first.getOriginalHeaders().getFirst().getValue()).isEqualTo(ByteBuffer.wrap(new byte[]{1, 2, 3}));
        assertThat(first.getSourceTopic()).isEqualTo(COMMANDS);
        assertThat(header(letters.getFirst(), "keyfold_origin_topic")).isEqualTo(COMMANDS);
        assertThat(header(letters.getFirst(), "keyfold_origin_offset"))
                .isEqualTo(String.valueOf(first.getSourceOffset()));
        assertThat(first.getWrittenBy()).isEqualTo("/keyfold/test/root-key");
    }

    @Test
    @Tag("case-7")
    void a_command_without_a_key_becomes_a_dead_letter() throws Exception {
        byte[] value = encoded(command(CLUSTER));
        kafka.send(record(null, value));
        serve(REGISTRY, (_, _, turn) -> new Outcome.Created(KEY, List.of(), turn.now()));

        await().until(() -> kafka.read(Topics.DEAD_LETTERS.name()).stream()
                .map(letter -> decoded(Topics.DEAD_LETTERS, letter))
                .anyMatch(letter -> letter.getReason() == DeadLetterReason.NULL_KEY
                        && letter.getOriginalValue().equals(ByteBuffer.wrap(value))));
    }

    @Test
    void a_command_that_makes_no_sense_has_failed() throws Exception {
        RootKeyCommand command =
                RootKeyCommand.newBuilder(command(CLUSTER)).setRegion("../../us-south").build();
        kafka.send(record(CLUSTER, encoded(command)));
        serve(REGISTRY, (_, _, turn) -> new Outcome.Created(KEY, List.of(), turn.now()));

        await().until(() -> answersTo(command).size() == 1);
        RootKeyEvent event = decoded(Topics.ROOT_KEY_EVENTS, answersTo(command).getFirst());
        assertThat(event.getType()).isEqualTo(StepEventType.FAILED);
        assertThat(event.getFault().getMessage())
                .isEqualTo("hpc-1, root key: the command cannot be carried out. It is not a region of IBM Cloud:"
                        + " \"../../us-south\". Correct what was asked for.");
    }

    @Test
    void a_bug_in_one_commands_handling_is_answered_and_the_next_command_too() throws Exception {
        RootKeyCommand first = command(CLUSTER);
        RootKeyCommand second = command(CLUSTER);
        kafka.send(record(CLUSTER, encoded(first)));
        kafka.send(record(CLUSTER, encoded(second)));
        serve(REGISTRY, (command, _, turn) -> {
            if (command.id().equals(first.getCommandId())) {
                throw new IllegalStateException("a bug");
            }
            return new Outcome.Created(KEY, List.of(), turn.now());
        });

        await().until(() -> answersTo(second).size() == 1);
        RootKeyEvent event = decoded(Topics.ROOT_KEY_EVENTS, answersTo(first).getFirst());
        assertThat(event.getType()).isEqualTo(StepEventType.FAILED);
        assertThat(event.getFault().getMessage()).contains("something unforeseen (IllegalStateException)");
    }

    @Test
    @Tag("case-3")
    void a_registry_that_is_down_is_waited_for() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String cluster = "default/patient";
        RootKeyCommand command = command(cluster);
        kafka.send(record(cluster, encoded(command)));
        serve("http://127.0.0.1:" + port, (received, _, turn) -> {
            if (received.id().equals(command.getCommandId())) {
                carriedOut.incrementAndGet();
            }
            return new Outcome.Created(KEY, List.of(), turn.now());
        });
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(carriedOut).hasValue(0);

        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        registry.createContext("/", exchange -> {
            boolean reads = exchange.getRequestMethod().equals("GET");
            Topic<?> topic = reads ? Topics.ROOT_KEY_COMMANDS : Topics.ROOT_KEY_EVENTS;
            String schema = topic.schema().toString().replace("\\", "\\\\").replace("\"", "\\\"");
            byte[] answer = utf8(
                    "{\"id\":1,\"version\":1,\"subject\":\"" + topic.subject() + "\",\"schema\":\"" + schema + "\"}");
            exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        registry.start();
        opened.add(() -> registry.stop(0));

        await().atMost(Duration.ofSeconds(40)).until(() -> carriedOut.get() == 1);
    }

    private void serve(String registry, Worker<KeyTarget> worker) {
        Turn.Surroundings surroundings = new Turn.Surroundings(
                Clock.systemUTC(), MonotonicTime.SYSTEM, new Random(), Duration.ofSeconds(5), Duration.ofSeconds(1));
        ClientConfig config = new ClientConfig(kafka.bootstrapServers(), "test", Map.of());
        var desk = new CommandDesk<>(
                new RootKeyContract(),
                new StepRunners<>(Map.of("default", new StepRunner<>(worker, "default", surroundings, new Gate()))),
                config,
                serdes(registry),
                "/keyfold/test/root-key",
                "test",
                Clock.systemUTC(), DeliveryMeters.off(), CommandTraces.off());
        opened.add(desk);
        var consumer = new KeyedConsumer(
                "test",
                config.consumer(UUID.randomUUID().toString()),
                COMMANDS,
                new KeyedConsumer.Limits(100, Duration.ofSeconds(5)),
                desk);
        opened.add(consumer);
        consumer.start();
    }

    private List<ConsumerRecord<byte[], byte[]>> answersTo(RootKeyCommand command) throws Exception {
        try (var decoder = serdes.decoder(Topics.ROOT_KEY_EVENTS)) {
            return kafka.read(Topics.ROOT_KEY_EVENTS.name()).stream()
                    .filter(event -> decoder.decode(event.headers(),
                            event.value()) instanceof Decoded.Value<RootKeyEvent>(var answer)
                            && answer.getCommandId().equals(command.getCommandId()))
                    .toList();
        }
    }

    private static RootKeyCommand command(String cluster) {
        return RootKeyCommand.newBuilder()
                .setCommandId(UUID.randomUUID())
                .setClusterId(cluster)
                .setStep(StepName.ROOT_KEY)
                .setAction(CommandAction.PROVISION)
                .setRegion("us-south")
                .setInstanceId("guid")
                .setKeyName("hpc-1-key")
                .setNotAfter(Instant.now().plusSeconds(600).truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
                .build();
    }

    private byte[] encoded(RootKeyCommand command) {
        try (var serializer = serdes.serializer(Topics.ROOT_KEY_COMMANDS)) {
            return serializer.serialize(COMMANDS, command);
        }
    }

    private <T extends SpecificRecord> T decoded(Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
        try (var deserializer = serdes.deserializer(topic)) {
            return deserializer.deserialize(topic.name(), record.headers(), record.value());
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ProducerRecord<>(COMMANDS, null, null, key == null ? null : utf8(key), value, new RecordHeaders());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return CloudEventHeaders.text(record.headers(), name).orElseThrow();
    }

    private static AvroSerdes serdes(String registry) {
        return new AvroSerdes(SerdeSettings.from(
                Map.of("schema.registry.url", registry, "registry.auto.register.schemas",
                        String.valueOf(registry.startsWith("mock")))));
    }
}
