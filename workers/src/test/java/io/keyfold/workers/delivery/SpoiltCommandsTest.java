package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.spoilt.Spoiler;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StepRunners;
import io.keyfold.workers.step.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Spoilt records over all three command topics: each is answered once or is one dead letter, and none stops the worker.
/// `-Pthorough` sends a million, `-Dkeyfold.spoilt=N` N, by `-Dkeyfold.spoilt.seed=SEED`.
@Tag("case-1")
@Tag("case-2")
@Tag("case-4")
@Tag("case-5")
@Tag("case-7")
@Tag("case-8")
@Tag("case-9")
@Tag("case-18")
@Tag("case-19")
class SpoiltCommandsTest {
    private static final int RECORDS = Integer.getInteger("keyfold.spoilt", 10_000);
    private static final long SEED = Long.getLong("keyfold.spoilt.seed", 1);
    private static final String CLUSTER = "default/hpc-1";
    private static final Resource MADE =
            new Resource("id-1", "crn:1", "name", "guid", "us-south", java.util.Optional.empty());

    private final AvroSerdes serdes = new AvroSerdes(
            SerdeSettings.from(
                    Map.of(
                            SerdeSettings.REGISTRY_URL, "mock://spoilt-commands", "registry.auto.register.schemas",
                            "true")));
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Map<Topic<?>, Serializer<?>> serializers = new HashMap<>();
    private final Map<String, Integer> tally = new TreeMap<>();

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // a million takes its time
    void each_is_answered_once_or_is_one_dead_letter_and_none_stops_the_worker() throws InterruptedException {
        Map<Topic<?>, CommandDesk<?, ?, ?>> desks = Map.of(
                Topics.KMS_INSTANCE_COMMANDS, desk(new KmsInstanceContract()),
                Topics.ROOT_KEY_COMMANDS, desk(new RootKeyContract()),
                Topics.AUTHORIZATION_COMMANDS, desk(new AuthorizationContract()));
        Map<Topic<?>, RecordDecoder<?>> decoders = new HashMap<>();
        desks.keySet().forEach(topic -> decoders.put(topic, serdes.decoder(topic)));
        Spoiler spoiler = new Spoiler(SEED, goodRecords(), this::encoded);
        for (int i = 0; i < RECORDS; i++) {
            Spoiler.Spoilt spoilt = spoiler.next();
            String told = "seed " + SEED + ", record " + i + ": " + spoilt;
            boolean isGood = isGood(decoders.get(spoilt.topic()), spoilt);

            desks.get(spoilt.topic()).carryOut(received(spoilt, i));

            List<ProducerRecord<byte[], byte[]>> written = producer.history();
            assertThat(written).as(told).hasSize(1);
            boolean isAnswered = !written.getFirst().topic().equals(Topics.DEAD_LETTERS.name());
            String reason = CloudEventHeaders.text(written.getFirst().headers(), "keyfold_reason").orElse("answered");
            assertThat(isAnswered).as(reason + ", " + told).isEqualTo(isGood);
            tally.merge(reason, 1, Integer::sum);
            producer.clear();
        }

        assertThat(tally.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(RECORDS);
        assertThat(tally).containsOnlyKeys(
                "answered", DeadLetterReason.NOT_AVRO.name(), DeadLetterReason.UNKNOWN_SCHEMA.name(),
                DeadLetterReason.WRONG_RECORD_TYPE.name(), DeadLetterReason.UNDECODABLE.name(),
                DeadLetterReason.NULL_KEY.name(), DeadLetterReason.NULL_VALUE.name(),
                DeadLetterReason.KEY_MISMATCH.name());
        System.out.println(RECORDS + " spoilt commands, seed " + SEED + ": " + tally);
    }

    private <C extends SpecificRecord, E extends SpecificRecord, T> CommandDesk<C, E, T> desk(
            StepContract<C, E, T> contract) {
        Turn.Surroundings surroundings = new Turn.Surroundings(
                Clock.systemUTC(), MonotonicTime.SYSTEM, new Random(SEED), Duration.ofSeconds(5),
                Duration.ofSeconds(1));
        StepRunner<T> runner = new StepRunner<>(
                (_, _, turn) -> new Outcome.Created(MADE, List.of(), turn.now()), "default", surroundings, new Gate());
        return new CommandDesk<>(
                contract, new StepRunners<>(Map.of("default", runner)), producer, serdes, "/keyfold/test/worker",
                "test",
                Clock.systemUTC(), DeliveryMeters.off(), CommandTraces.off());
    }

    private static boolean isGood(RecordDecoder<?> decoder, Spoiler.Spoilt record) {
        return record.key() != null
                && decoder.decode(new RecordHeaders(), record.value()) instanceof Decoded.Value<?>(SpecificRecord value)
                && Arrays.equals(
                        String.valueOf(value.get(value.getSchema().getField("cluster_id").pos()))
                                .getBytes(StandardCharsets.UTF_8),
                        record.key());
    }

    private static ReceivedRecord received(Spoiler.Spoilt spoilt, long offset) {
        var record = new ConsumerRecord<>(spoilt.topic().name(), 0, offset, spoilt.key(), spoilt.value());
        return new ReceivedRecord(
                record, new AssignedPartition(new TopicPartition(spoilt.topic().name(), 0), offset, offset));
    }

    @SuppressWarnings("unchecked") // a topic's record is of the topic's type
    private <T extends SpecificRecord> byte[] encoded(Topic<?> topic, SpecificRecord value) {
        return ((Serializer<T>) serializers.computeIfAbsent(topic, serdes::serializer))
                .serialize(topic.name(), (T) value);
    }

    private static List<Spoiler.Good> goodRecords() {
        byte[] key = CLUSTER.getBytes(StandardCharsets.UTF_8);
        Instant later = Instant.parse("2100-01-01T00:00:00Z");
        List<Spoiler.Good> good = new ArrayList<>();
        for (CommandAction action : CommandAction.values()) {
            good.add(
                    new Spoiler.Good(
                            Topics.KMS_INSTANCE_COMMANDS, key,
                            KmsInstanceCommand.newBuilder().setCommandId(new UUID(4, 2)).setClusterId(CLUSTER)
                                    .setAccount("default").setRun(1).setStep(StepName.KMS_INSTANCE).setAction(action)
                                    .setRegion("us-south").setInstanceName("hpc-1-kms").setExpectedId("id-1")
                                    .setNotAfter(later).build()));
            good.add(
                    new Spoiler.Good(
                            Topics.ROOT_KEY_COMMANDS, key,
                            RootKeyCommand.newBuilder().setCommandId(new UUID(4, 2)).setClusterId(CLUSTER)
                                    .setAccount("default").setRun(1).setStep(StepName.ROOT_KEY).setAction(action)
                                    .setRegion("us-south").setInstanceId("guid").setKeyName("hpc-1-key")
                                    .setExpectedId("id-1").setNotAfter(later).build()));
            good.add(
                    new Spoiler.Good(
                            Topics.AUTHORIZATION_COMMANDS, key,
                            AuthorizationCommand.newBuilder().setCommandId(new UUID(4, 2)).setClusterId(CLUSTER)
                                    .setAccount("default").setRun(1).setStep(StepName.BLOCK_STORAGE_AUTHORIZATION)
                                    .setAction(action).setTargetInstanceId("guid").setExpectedId("id-1")
                                    .setNotAfter(later).build()));
        }
        return good;
    }
}
