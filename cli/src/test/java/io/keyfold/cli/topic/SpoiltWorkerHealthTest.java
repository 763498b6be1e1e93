package io.keyfold.cli.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.spoilt.Spoiler;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What `doctor`, `status`, `pause` and `resume` make of spoilt records in the topics of the workers' controls and statuses.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SpoiltWorkerHealthTest {
    private static final int RECORDS = Integer.getInteger("keyfold.spoilt", 10_000);
    private static final long SEED = Long.getLong("keyfold.spoilt.seed", 1);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String WORKER = "default/root-key";

    private final AvroSerdes serdes = new AvroSerdes(
            SerdeSettings.from(
                    Map.of(
                            SerdeSettings.REGISTRY_URL, "mock://spoilt-health", "registry.auto.register.schemas",
                            "true")));
    private final RecordDecoder<WorkerControl> controls = serdes.decoder(Topics.WORKER_CONTROL);
    private final RecordDecoder<WorkerStatus> statuses = serdes.decoder(Topics.WORKER_STATUS);
    private final Map<Topic<?>, Serializer<?>> serializers = new HashMap<>();

    @Test
    @Tag("case-1")
    @Tag("case-2")
    @Tag("case-4")
    @Tag("case-5")
    @Tag("case-9")
    @Tag("case-18")
    @Tag("case-19")
    void whatever_lies_there_each_control_is_shown_as_it_is_heeded_and_what_is_not_heeded_is_told_with_a_remedy() {
        var spoiler = new Spoiler(SEED, goodRecords(), this::encoded);
        var asked = new HashMap<String, Decoded<WorkerControl>>();
        var told = new HashMap<String, Decoded<WorkerStatus>>();
        for (int i = 0; i < RECORDS; i++) {
            var spoilt = spoiler.next();
            var record = new ConsumerRecord<>(spoilt.topic().name(), 0, i, spoilt.key(), spoilt.value());
            var key = TopicReader.keyOf(record);
            if (spoilt.topic().equals(Topics.WORKER_CONTROL)) {
                take(controls, key, spoilt, asked);
            } else {
                take(statuses, key, spoilt, told);
            }

            var health = WorkerHealth.of(Map.copyOf(asked), Map.copyOf(told));
            var ailments = new TreeMap<String, WorkerHealth.Ailment>();
            health.ailments().forEach(ailment -> ailments.put(ailment.worker(), ailment));

            var which = "seed " + SEED + ", record " + i + ": " + spoilt;
            asked.forEach((one, control) -> {
                var isHeeded = control instanceof Decoded.Value<WorkerControl>(var value)
                        && List.of("kms-instance", "root-key", "authorization").stream().anyMatch(
                                kind -> one.equals(value.getAccount() + "/" + kind)
                                        && kind.replace('-', '_').toUpperCase(Locale.ROOT)
                                                .equals(value.getWorker().name()));
                assertThat(health.controls().containsKey(one)).as(one + ", " + which).isEqualTo(isHeeded);
                if (!isHeeded) {
                    assertThat(ailments.get(one)).as(one + ", " + which).isNotNull();
                    assertThat(ailments.get(one).words()).contains("keyfold-worker-control is not heeded (");
                }
            });
            assertThat(ailments.values()).as(which).allSatisfy(ailment -> assertThat(ailment.remedy()).isNotEmpty());
            forgetSome(i, asked, told);
        }
    }

    private static <T extends SpecificRecord> void take(
            RecordDecoder<T> decoder, String key, Spoiler.Spoilt spoilt, Map<String, Decoded<T>> last) {
        if (spoilt.value() == null) {
            last.remove(key);
        } else {
            last.put(key, decoder.decode(new RecordHeaders(), spoilt.value()));
        }
    }

    /// Of some thousand keys the test would only grow slow.
    private static void forgetSome(int i, Map<?, ?> asked, Map<?, ?> told) {
        if (i % 20 == 19) {
            asked.clear();
            told.clear();
        }
    }

    @Test
    void a_control_that_nobody_can_read_is_told_and_can_be_asked_for_again() {
        var health = WorkerHealth.of(
                Map.of(WORKER, new Decoded.Unreadable<>(Decoded.Unreadable.Reason.NOT_AVRO, "The value is empty.")),
                Map.of());

        assertThat(health.isUnheeded(WORKER)).isTrue();
        assertThat(health.pause(WORKER)).isEmpty();
        assertThat(health.ailments()).containsExactly(
                new WorkerHealth.Ailment(
                        WORKER,
                        "the last record under its key in keyfold-worker-control is not heeded (NOT_AVRO: The value is"
                                + " empty.). A process that runs does what was asked before, one that starts later may"
                                + " not know it",
                        "Ask again: keyfold pause --worker root-key --yes, or keyfold resume --worker root-key --yes"));
    }

    @Test
    void a_control_under_a_key_that_no_worker_has_is_told_and_harms_nobody() {
        var control = WorkerControl.newBuilder().setAccount("default").setWorker(WorkerKind.ROOT_KEY).setPaused(true)
                .build();

        var health = WorkerHealth.of(Map.of("root-key", new Decoded.Value<>(control)), Map.of());

        assertThat(health.ailments()).singleElement().satisfies(ailment -> {
            assertThat(ailment.worker()).isEqualTo("root-key");
            assertThat(ailment.words()).contains("is not heeded (it is about default/root-key)");
            assertThat(ailment.remedy()).contains("No worker has this key", "without a value");
        });
        assertThat(health.pause(WORKER)).isEmpty();
    }

    private static List<Spoiler.Good> goodRecords() {
        var key = WORKER.getBytes(StandardCharsets.UTF_8);
        var good = new ArrayList<Spoiler.Good>();
        for (var paused : List.of(true, false)) {
            good.add(
                    new Spoiler.Good(
                            Topics.WORKER_CONTROL, key,
                            WorkerControl.newBuilder().setAccount("default").setWorker(WorkerKind.ROOT_KEY)
                                    .setPaused(paused).setReason("maintenance").setRequestedBy("alice")
                                    .setRequestedAt(NOW).build()));
        }
        for (var state : WorkerState.values()) {
            good.add(
                    new Spoiler.Good(
                            Topics.WORKER_STATUS, key,
                            WorkerStatus.newBuilder().setAccount("default").setWorker(WorkerKind.ROOT_KEY)
                                    .setState(state).setWhy("why").setSince(NOW).setNextTryAt(NOW)
                                    .setToldBy("root-key@host/2").setToldAt(NOW).build()));
        }
        return good;
    }

    @SuppressWarnings("unchecked") // a topic's record is of the topic's type
    private byte[] encoded(Topic<?> topic, SpecificRecord value) {
        var serializer = (Serializer<SpecificRecord>) serializers.computeIfAbsent(topic, serdes::serializer);
        return serializer.serialize(topic.name(), value);
    }
}
