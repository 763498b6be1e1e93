package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.schemas.Decoded.Unreadable.Reason;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AvroSerdesTest {
    private static final ClusterDeployRequested REQUEST = ClusterDeployRequested.newBuilder()
            .setRequestId("r-1")
            .setClusterPrefix("hpc-1")
            .build();

    private static final SerdeSettings SETTINGS = settings("mock://avro-serdes", "true");

    private final AvroSerdes serdes = new AvroSerdes(SETTINGS);

    @Test
    void a_record_comes_back_as_it_was_written() {
        try (Serde<ClusterDeployRequested> serde = serdes.serde(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            byte[] bytes = serde.serializer().serialize("any name", REQUEST);

            assertThat(serde.deserializer().deserialize("any name", bytes)).isEqualTo(REQUEST);
        }
    }

    @Test
    void every_topics_record_of_nothing_but_defaults_comes_back() {
        for (Topic<?> topic : Topics.ALL) {
            comesBack(topic);
        }
    }

    private <T extends org.apache.avro.specific.SpecificRecord> void comesBack(Topic<T> topic) {
        T record = Defaults.of(topic);
        try (Serde<T> serde = serdes.serde(topic)) {
            byte[] bytes = serde.serializer().serialize(topic.name(), record);

            assertThat(serde.deserializer().deserialize(topic.name(), bytes)).as(topic.name()).isEqualTo(record);
        }
    }

    @Test
    void the_second_record_of_each_topic_is_written_as_Confluents_serializer_writes_it() {
        for (Topic<?> topic : Topics.ALL) {
            isWrittenAsByConfluent(topic);
        }
    }

    private <T extends org.apache.avro.specific.SpecificRecord> void isWrittenAsByConfluent(Topic<T> topic) {
        T record = Defaults.of(topic);
        try (Serializer<T> ours = serdes.serializer(topic); var confluent = new KafkaAvroSerializer()) {
            confluent.configure(SETTINGS.forSerdes(), false);
            ours.serialize(topic.name(), record);

            assertThat(ours.serialize(topic.name(), record)).as(topic.name())
                    .isEqualTo(confluent.serialize(topic.name(), record));
        }
    }

    @Test
    void the_registry_is_asked_for_the_first_record_only() {
        var asked = new CountingSerializer();
        try (var serializer = new LearningSerializer<>(Topics.CLUSTER_DEPLOY_REQUESTED, asked)) {
            byte[] first = serializer.serialize("any name", REQUEST);
            byte[] second = serializer.serialize("any name", REQUEST);

            assertThat(second).isEqualTo(first);
            assertThat(asked.times).isOne();
        }
    }

    @Test
    void what_is_not_written_in_the_wire_format_is_left_to_the_configured_serializer() {
        var asked = new CountingSerializer();
        asked.changes = true;
        try (var serializer = new LearningSerializer<>(Topics.CLUSTER_DEPLOY_REQUESTED, asked)) {
            byte[] first = serializer.serialize("any name", REQUEST);

            assertThat(serializer.serialize("any name", REQUEST)).isEqualTo(first);
            assertThat(asked.times).isEqualTo(2);
        }
    }

    @Test
    void what_is_said_in_headers_is_left_to_the_configured_serializer() {
        var asked = new CountingSerializer();
        asked.addsHeader = true;
        try (var serializer = new LearningSerializer<>(Topics.CLUSTER_DEPLOY_REQUESTED, asked)) {
            serializer.serialize("any name", REQUEST);
            var headers = new RecordHeaders();
            serializer.serialize("any name", headers, REQUEST);

            assertThat(headers.lastHeader("said")).isNotNull();
        }
    }

    @Test
    void a_record_that_is_not_whole_is_refused_by_the_topics_name() {
        try (Serializer<ClusterDeployRequested> serializer = serdes.serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            serializer.serialize("any name", REQUEST);
            var broken = ClusterDeployRequested.newBuilder(REQUEST).build();
            broken.put("request_id", null);

            assertThatThrownBy(() -> serializer.serialize("any name", broken))
                    .isInstanceOf(SerializationException.class).hasMessageContaining("cluster-deploy-requested");
        }
    }

    /// Confluent's, which is watched.
    private static final class CountingSerializer implements Serializer<Object> {
        private final KafkaAvroSerializer confluent = new KafkaAvroSerializer();
        private int times;
        private boolean changes;
        private boolean addsHeader;

        CountingSerializer() {
            confluent.configure(SETTINGS.forSerdes(), false);
        }

        @Override
        public byte[] serialize(String topic, Object value) {
            return serialize(topic, new RecordHeaders(), value);
        }

        @Override
        public byte[] serialize(String topic, Headers headers, Object value) {
            times++;
            if (addsHeader) {
                headers.add("said", new byte[]{1});
            }
            byte[] bytes = confluent.serialize(topic, headers, value);
            return changes ? Arrays.copyOf(bytes, bytes.length + 1) : bytes;
        }

        @Override
        public void close() {
            confluent.close();
        }
    }

    @Test
    void what_is_not_Avro_is_unreadable() {
        assertThat(decode("mock://avro-serdes", "not Avro".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(Decoded.Unreadable.class, unreadable -> {
                    assertThat(unreadable.reason()).isEqualTo(Reason.NOT_AVRO);
                    assertThat(unreadable.why()).isEqualTo(
                            "The value does not begin with a zero byte, as the Confluent wire format does.");
                });
    }

    @Test
    void a_value_that_is_empty_or_too_short_is_said_to_be() {
        assertThat(decode("mock://avro-serdes", new byte[0])).isEqualTo(
                new Decoded.Unreadable<>(Reason.NOT_AVRO, "The value is empty."));
        assertThat(decode("mock://avro-serdes", new byte[3])).isEqualTo(
                new Decoded.Unreadable<>(
                        Reason.NOT_AVRO,
                        "The value of 3 bytes is too short for the Confluent wire format: a zero byte and the four of"
                                + " a schema's id, then the record."));
    }

    @Test
    void why_something_is_unreadable_is_a_sentence() {
        for (byte[] value : new byte[][]{new byte[5], new byte[0], "not Avro".getBytes(StandardCharsets.UTF_8)}) {
            assertThat(decode("mock://avro-serdes", value))
                    .isInstanceOfSatisfying(
                            Decoded.Unreadable.class, unreadable -> assertThat(unreadable.why()).endsWith("."));
        }
    }

    @Test
    @Tag("case-5")
    void a_record_that_breaks_off_is_unreadable() {
        byte[] bytes = written();

        assertThat(decode("mock://avro-serdes", Arrays.copyOf(bytes, bytes.length - 3)))
                .isInstanceOf(Decoded.Unreadable.class);
    }

    /// A length that is believed before the bytes are there would take the memory of all who read the topic.
    @ParameterizedTest
    @ValueSource(
            longs = {10_000_000, 60_000_000, 500_000_000, Integer.MAX_VALUE - 8, Integer.MAX_VALUE, Long.MAX_VALUE})
    @Tag("case-5")
    void whatever_length_a_record_claims_no_memory_is_taken_for_it(long length) {
        byte[] claim = varint(length);
        byte[] text = concat(Arrays.copyOf(written(), 5), claim);
        byte[] control;
        try (var serializer = serdes.serializer(Topics.CLUSTER_CONTROL_REQUESTED)) {
            control = serializer.serialize("", Defaults.of(Topics.CLUSTER_CONTROL_REQUESTED));
        }
        // The last two bytes: a list of no items, and null.
        byte[] list = concat(concat(Arrays.copyOf(control, control.length - 2), claim), new byte[40]);

        try (var requests = serdes.decoder(Topics.CLUSTER_DEPLOY_REQUESTED);
                var controls = serdes.decoder(Topics.CLUSTER_CONTROL_REQUESTED)) {
            long before = allocated();
            assertThat(requests.decode(new RecordHeaders(), text)).isInstanceOf(Decoded.Unreadable.class);
            assertThat(controls.decode(new RecordHeaders(), list)).isInstanceOf(Decoded.Unreadable.class);
            assertThat(allocated() - before).isLessThan(50_000_000);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /// As Avro writes a length.
    private static byte[] varint(long length) {
        ByteBuffer bytes = ByteBuffer.allocate(10);
        long rest = length << 1;
        while ((rest & ~0x7fL) != 0) {
            bytes.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @Test
    @Tag("case-2")
    void an_unknown_schema_is_unreadable_and_said_to_be_unknown() {
        byte[] unknownSchema = ByteBuffer.allocate(9).put((byte) 0).putInt(4711).putInt(0).array();

        assertThat(decode("mock://avro-serdes", unknownSchema))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA));
    }

    @Test
    @Tag("case-4")
    @Tag("case-122")
    void another_topics_record_is_unreadable_and_named() {
        byte[] bytes = serdes.serializer(Topics.ROOT_KEY_COMMANDS)
                .serialize("", RootKeyCommand.newBuilder().build());

        assertThat(decode("mock://avro-serdes", bytes))
                .isInstanceOfSatisfying(
                        Decoded.Unreadable.class,
                        unreadable -> {
                            assertThat(unreadable.reason()).isEqualTo(Reason.WRONG_RECORD_TYPE);
                            assertThat(unreadable.why())
                                    .isEqualTo("Topic cluster-deploy-requested carries ClusterDeployRequested records,"
                                            + " but this one is a io.keyfold.contract.RootKeyCommand.");
                        });
    }

    @Test
    @Tag("case-121")
    void no_class_is_made_because_a_writers_schema_names_it() throws Exception {
        Schema mine = ClusterDeployRequested.getClassSchema();
        Schema named = new Schema.Parser().parse(mine.toString()
                .replace("\"avro.java.string\":\"String\"", "\"java-class\":\"" + Trap.class.getName() + "\""));
        assertThat(named).isNotEqualTo(mine);
        byte[] bytes = written();
        int id = MockSchemaRegistry.getClientForScope("avro-serdes").register("trap", new AvroSchema(named));

        Decoded<ClusterDeployRequested> decoded = decode(
                "mock://avro-serdes", ByteBuffer.wrap(bytes.clone()).putInt(1, id).array());

        assertThat(decoded).isEqualTo(new Decoded.Value<>(REQUEST));
        assertThat(Trap.SPRUNG).isFalse();
    }

    /// Avro can make an object of a class that a schema names, from a string.
    public static final class Trap {
        static final AtomicBoolean SPRUNG = new AtomicBoolean();

        public Trap(String argument) {
            SPRUNG.set(true);
        }
    }

    @Test
    void a_registry_that_does_not_answer_is_unavailable_and_the_record_is_not_given_up() {
        assertThat(decode("http://127.0.0.1:1", written())).isInstanceOf(Decoded.RegistryUnavailable.class);
    }

    @Test
    void an_unregistered_schema_is_not_written() {
        try (var serializer = serdesOf("mock://empty", "false").serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            assertThatThrownBy(() -> serializer.serialize("", REQUEST)).hasMessageContaining("schema");
        }
    }

    @Test
    void a_schema_is_looked_up_before_it_is_needed_and_only_a_registry_that_is_down_is_waited_for() {
        assertThat(lookUp("mock://avro-serdes-look-up", "true")).isEqualTo(new SchemaLookUp.Known());
        assertThat(lookUp("mock://empty", "false")).isInstanceOf(SchemaLookUp.Refused.class);
        assertThat(lookUp("http://127.0.0.1:1", "false")).isEqualTo(new SchemaLookUp.Unanswered("Connection refused"));
        assertThat(lookUp("http://no-such-host.invalid:8081", "false")).isInstanceOf(SchemaLookUp.Unanswered.class);
        assertThat(lookUp("nonsense", "false")).isInstanceOf(SchemaLookUp.Refused.class);
    }

    private static SchemaLookUp lookUp(String registry, String register) {
        try (var serializer = serdesOf(registry, register).serializer(Topics.DEAD_LETTERS)) {
            return SchemaLookUp.of(Topics.DEAD_LETTERS, serializer);
        }
    }

    @Test
    void a_serializer_that_is_not_there_is_named_with_its_setting() {
        AvroSerdes wrong = new AvroSerdes(SerdeSettings.from(
                Map.of("schema.registry.url", "mock://x", "avro.serializer.class", "no.such.Serializer")));

        assertThatThrownBy(() -> wrong.serializer(Topics.DEAD_LETTERS))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no.such.Serializer")
                .hasMessageContaining("avro.serializer.class");
    }

    @Test
    @Tag("case-111")
    void credentials_are_not_shown() {
        SerdeSettings settings = SerdeSettings.from(
                Map.of("schema.registry.url", "mock://x", "registry.basic.auth.user.info", "user:secret"));

        assertThat(settings.toString()).contains("basic.auth.user.info").doesNotContain("secret");
    }

    private byte[] written() {
        try (var serializer = serdes.serializer(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            return serializer.serialize("", REQUEST);
        }
    }

    private static Decoded<ClusterDeployRequested> decode(String registry, byte[] bytes) {
        try (RecordDecoder<ClusterDeployRequested> decoder =
                serdesOf(registry, "false").decoder(Topics.CLUSTER_DEPLOY_REQUESTED)) {
            return decoder.decode(new RecordHeaders(), bytes);
        }
    }

    private static AvroSerdes serdesOf(String registry, String autoRegister) {
        return new AvroSerdes(settings(registry, autoRegister));
    }

    private static SerdeSettings settings(String registry, String autoRegister) {
        return SerdeSettings.from(
                Map.of("schema.registry.url", registry, "registry.auto.register.schemas", autoRegister));
    }
}
