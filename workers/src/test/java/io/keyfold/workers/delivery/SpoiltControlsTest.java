package io.keyfold.workers.delivery;

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
import io.keyfold.workers.step.Gate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Spoilt records in the topics of the workers' controls and statuses: each is heeded or warned of, none stops the worker or
/// pauses it by mistake, and what the worker tells of itself stays true. As many as `SpoiltCommandsTest` sends.
@Tag("case-1")
@Tag("case-2")
@Tag("case-4")
@Tag("case-5")
@Tag("case-7")
@Tag("case-8")
@Tag("case-9")
@Tag("case-18")
@Tag("case-19")
@DisplayNameGeneration(ReplaceUnderscores.class)
class SpoiltControlsTest {
    private static final int RECORDS = Integer.getInteger("keyfold.spoilt", 10_000);
    private static final long SEED = Long.getLong("keyfold.spoilt.seed", 1);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> ACCOUNTS = List.of("default", "prod");
    private static final String KEY = "/root-key";
    private static final int LONGEST_WHY = 1200;

    private final AvroSerdes serdes = new AvroSerdes(
            SerdeSettings.from(
                    Map.of(
                            SerdeSettings.REGISTRY_URL, "mock://spoilt-controls", "registry.auto.register.schemas",
                            "true")));
    private final RecordDecoder<WorkerControl> controls = serdes.decoder(Topics.WORKER_CONTROL);
    private final RecordDecoder<WorkerStatus> statuses = serdes.decoder(Topics.WORKER_STATUS);
    private final Map<Topic<?>, Serializer<?>> serializers = new HashMap<>();

    private final Map<String, Gate> gates = new TreeMap<>();
    private final Posts posts;
    private final Map<String, WorkerStatus> lastWord = new HashMap<>();
    private final Map<String, Integer> tally = new TreeMap<>();

    SpoiltControlsTest() {
        ACCOUNTS.forEach(account -> gates.put(account, new Gate()));
        posts = new Posts(gates, WorkerKind.ROOT_KEY, "root-key", "root-key@host/1", controls, statuses);
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // a million takes its time
    void each_is_heeded_or_warned_of_and_none_stops_the_worker() {
        Spoiler spoiler = new Spoiler(SEED, goodRecords(), this::encoded);
        try (Told told = new Told(Posts.class)) {
            for (int i = 0; i < RECORDS; i++) {
                Spoiler.Spoilt spoilt = spoiler.next();
                String which = "seed " + SEED + ", record " + i + ": " + spoilt;
                Map<String, Boolean> expected = paused();
                String fate = fate(spoilt, expected);

                posts.read(new ConsumerRecord<>(spoilt.topic().name(), 0, i, spoilt.key(), spoilt.value()));
                posts.obey();
                posts.tell(NOW, this::told);

                assertThat(paused()).as(fate + ", " + which).isEqualTo(expected);
                String begin = spoilt.topic().name() + "-0@" + i + " is not heeded: ";
                assertThat(told.takeWarnings()).as(fate + ", " + which).hasSize(fate.equals("warned of") ? 1 : 0)
                        .allSatisfy(warning -> assertThat(warning).startsWith(begin));
                whatIsToldIsTrue(which);
                tally.merge(spoilt.topic().name() + " " + fate, 1, Integer::sum);
            }
        }

        assertThat(tally.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(RECORDS);
        System.out.println(RECORDS + " spoilt controls and statuses, seed " + SEED + ": " + tally);
    }

    private Map<String, Boolean> paused() {
        Map<String, Boolean> paused = new TreeMap<>();
        gates.forEach((account, gate) -> paused.put(account, gate.paused().isPresent()));
        return paused;
    }

    private void told(String key, WorkerStatus status) {
        assertThat(encoded(Topics.WORKER_STATUS, status)).isNotEmpty();
        assertThat(status.getWhy().length()).isLessThan(LONGEST_WHY);
        lastWord.put(key, status);
    }

    /// Whoever looks at the status sees a pause if there is one, and none if there is none.
    private void whatIsToldIsTrue(String which) {
        gates.forEach((account, gate) -> {
            WorkerStatus status = lastWord.get(account + KEY);
            assertThat(status.getState() == WorkerState.PAUSED).as("paused, " + status + ", " + which)
                    .isEqualTo(gate.paused().isPresent());
        });
    }

    // ---- what has to become of a record, told without the workers' own rules

    /// @param paused by account; becomes what has to be after the record
    private String fate(Spoiler.Spoilt spoilt, Map<String, Boolean> paused) {
        Optional<String> account = ACCOUNTS.stream()
                .filter(alias -> spoilt.key() != null
                        && (alias + KEY).equals(new String(spoilt.key(), StandardCharsets.UTF_8)))
                .findFirst();
        if (account.isEmpty()) {
            return "not this worker's";
        }
        if (spoilt.topic().equals(Topics.WORKER_STATUS)) {
            Decoded<WorkerStatus> status = statuses.decode(new RecordHeaders(), spoilt.value());
            if (status instanceof Decoded.Value<WorkerStatus>(var value)) {
                lastWord.put(account.get() + KEY, value);
            }
            return spoilt.value() == null || status instanceof Decoded.Value<WorkerStatus> ? "heeded" : "warned of";
        }
        if (spoilt.value() == null) {
            paused.put(account.get(), false);
            return "heeded";
        }
        if (controls.decode(new RecordHeaders(), spoilt.value()) instanceof Decoded.Value<WorkerControl>(var control)
                && control.getAccount().equals(account.get()) && control.getWorker() == WorkerKind.ROOT_KEY) {
            paused.put(account.get(), control.getPaused());
            return "heeded";
        }
        return "warned of";
    }

    // ---- what is spoilt

    private static List<Spoiler.Good> goodRecords() {
        List<Spoiler.Good> good = new ArrayList<>();
        for (String account : List.of("default", "prod", "of-another-process")) {
            byte[] key = (account + KEY).getBytes(StandardCharsets.UTF_8);
            for (boolean paused : List.of(true, false)) {
                good.add(
                        new Spoiler.Good(
                                Topics.WORKER_CONTROL, key,
                                WorkerControl.newBuilder().setControlId("c-1").setAccount(account)
                                        .setWorker(WorkerKind.ROOT_KEY).setPaused(paused).setReason("maintenance")
                                        .setRequestedBy("alice").setRequestedAt(NOW).build()));
            }
            for (WorkerState state : WorkerState.values()) {
                good.add(
                        new Spoiler.Good(
                                Topics.WORKER_STATUS, key,
                                WorkerStatus.newBuilder().setAccount(account).setWorker(WorkerKind.ROOT_KEY)
                                        .setState(state).setWhy("why").setSince(NOW).setNextTryAt(NOW)
                                        .setToldBy("root-key@host/2").setToldAt(NOW).build()));
            }
        }
        return good;
    }

    @SuppressWarnings("unchecked") // a topic's record is of the topic's type
    private byte[] encoded(Topic<?> topic, SpecificRecord value) {
        var serializer = (Serializer<SpecificRecord>) serializers.computeIfAbsent(topic, serdes::serializer);
        return serializer.serialize(topic.name(), value);
    }
}
