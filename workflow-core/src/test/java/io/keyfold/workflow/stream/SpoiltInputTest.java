package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.MisplacedRequest;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.spoilt.Spoiler;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Spoilt records over all of the workflow's inputs, through decoder, fold, ledger and stores: each is accounted for once,
/// as a dead letter or in the audit, and none is a failure of our own. `-Pthorough` sends a million, `-Dkeyfold.spoilt=N` N,
/// from `-Dkeyfold.spoilt.seed=SEED` on.
@Tag("case-1")
@Tag("case-2")
@Tag("case-4")
@Tag("case-5")
@Tag("case-7")
@Tag("case-8")
@Tag("case-9")
@Tag("case-10")
@Tag("case-15")
@Tag("case-17")
@Tag("case-18")
@Tag("case-19")
class SpoiltInputTest {
    private static final int RECORDS = Integer.getInteger("keyfold.spoilt", 10_000);
    private static final long SEED = Long.getLong("keyfold.spoilt.seed", 1);
    private static final String REGISTRY = "mock://spoilt-input";

    /// Kept small, so that what was spoilt meets what is going on.
    private static final int CLUSTERS = 12;
    private static final int A_LIFE = 2_500;

    private final Map<String, Integer> tally = new TreeMap<>();
    private Optional<RuntimeException> ofOurOwn = Optional.empty();

    @Test
    @Tag("case-80")
    @Timeout(value = 2, unit = TimeUnit.HOURS) // a million takes its time
    void each_is_accounted_for_once_and_none_is_a_failure_of_our_own() {
        List<Spoiler.Good> good = goodRecords();
        int sent = 0;
        for (long seed = SEED; sent < RECORDS; seed++) {
            sent += live(seed, good, Math.min(A_LIFE, RECORDS - sent));
        }

        assertThat(tally.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(RECORDS);
        // Every way to end is met, or the generator has gone blind.
        assertThat(tally).containsKeys(
                "audit", "ledger", "NOT_AVRO", "UNKNOWN_SCHEMA", "WRONG_RECORD_TYPE", "UNDECODABLE", "NULL_KEY",
                "INVALID_KEY", "NULL_VALUE", "KEY_MISMATCH");
        System.out.println(RECORDS + " spoilt records, seeds from " + SEED + " on: " + tally);
    }

    /// One workflow's life from empty stores on.
    private int live(long seed, List<Spoiler.Good> good, int records) {
        SagaFold fold = new SagaFold(SagaSettings.of("test"));
        WorkflowParts.Fold watched = (saga, event, now) -> {
            try {
                return fold.fold(saga, event, now);
            } catch (RuntimeException e) {
                ofOurOwn = Optional.of(e);
                throw e;
            }
        };
        Random times = new Random(seed);
        try (WorkflowDriver workflow = new WorkflowDriver(REGISTRY, watched)) {
            workflow.topics.setMaxMessageBytes(60_000);
            Spoiler spoiler = new Spoiler(seed, good, workflow::encoded);
            for (int i = 0; i < records; i++) {
                Spoiler.Spoilt spoilt = spoiler.next();
                String told = "seed " + seed + ", record " + i + ": " + spoilt;
                tally.merge(endOf(workflow, spoilt, told), 1, Integer::sum);
                if (i % 100 == 0) {
                    workflow.advance(Duration.ofSeconds(times.nextInt(600)));
                    noFailureOfOurOwn("time after " + told);
                    drainAll(workflow);
                    workflow.forgetChangelogs();
                }
            }
        }
        return records;
    }

    private String endOf(WorkflowDriver workflow, Spoiler.Spoilt spoilt, String told) {
        Optional<Spoiler.Spoilt> unwrapped = unwrapped(workflow, spoilt);
        Spoiler.Spoilt asked = unwrapped.orElse(spoilt);
        boolean isGood = isGood(workflow, asked);
        workflow.send(spoilt.topic(), spoilt.key(), spoilt.value(), new RecordHeaders());
        noFailureOfOurOwn(told);

        String origin = asked.topic().name();
        List<DeadLetter> letters = workflow.drain(Topics.DEAD_LETTERS).stream()
                .filter(letter -> letter.getSourceTopic().equals(origin)).toList();
        List<ClusterEncryptionAudit> audit = workflow.drain(Topics.CLUSTER_ENCRYPTION_AUDIT).stream()
                .filter(line -> line.getCause() != null && line.getCause().getTopic().equals(origin)).toList();
        drainAll(workflow);

        if (isGood && letters.isEmpty()) {
            assertThat(audit.isEmpty()).as("not in the audit, " + told)
                    .isEqualTo(asked.topic().equals(Topics.LEDGER_REQUESTS));
            return audit.isEmpty() ? "ledger" : "audit";
        }
        assertThat(letters).as("dead letters, " + told).hasSize(1);
        DeadLetterReason reason = letters.getFirst().getReason();
        assertThat(isGood).as(reason + " " + letters.getFirst().getMessage() + ", " + told)
                .isEqualTo(reason == DeadLetterReason.TOO_LARGE);
        assertThat(reason).as(told).isNotIn(DeadLetterReason.PROCESSING_FAILED, DeadLetterReason.UNKNOWN);
        return reason.name();
    }

    private void noFailureOfOurOwn(String told) {
        ofOurOwn.ifPresent(failure -> {
            throw new AssertionError("Keyfold failed on " + told, failure);
        });
    }

    private static void drainAll(WorkflowDriver workflow) {
        WorkflowTopology.SINKS.forEach(workflow::forget);
    }

    // ---- what has to become of a record, told without the workflow's own rules

    /// The request that was sent on; empty for what lies where it belongs, or is nothing that can be sent on.
    private static Optional<Spoiler.Spoilt> unwrapped(WorkflowDriver workflow, Spoiler.Spoilt spoilt) {
        if (!spoilt.topic().equals(Topics.MISPLACED_REQUESTS)) {
            return Optional.empty();
        }
        if (!(workflow.decoded(Topics.MISPLACED_REQUESTS,
                spoilt.value()) instanceof Decoded.Value<MisplacedRequest>(MisplacedRequest wrapped))) {
            return Optional.empty();
        }
        return SagaInputs.REQUESTS.stream().filter(topic -> topic.name().equals(wrapped.getSourceTopic())).findAny()
                .map(
                        topic -> new Spoiler.Spoilt(
                                topic, bytes(wrapped.getOriginalKey()), bytes(wrapped.getOriginalValue())));
    }

    private static boolean isGood(WorkflowDriver workflow, Spoiler.Spoilt record) {
        if (record.topic().equals(Topics.MISPLACED_REQUESTS) || record.key() == null) {
            return false;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (!(workflow.decoded(record.topic(),
                record.value()) instanceof Decoded.Value<? extends SpecificRecord>(SpecificRecord value))) {
            return false;
        }
        if (value instanceof LedgerRequest request) {
            return LedgerMapping.request(request).filter(known -> LedgerMapping.entryKey(known).equals(key))
                    .isPresent();
        }
        return ClusterId.parse(key).isPresent() && clusters(value).stream().allMatch(key::equals);
    }

    private static List<String> clusters(SpecificRecord value) {
        return switch (value) {
            case ClusterDeployRequested deploy -> List.of(deploy.getAccount() + "/" + deploy.getClusterPrefix());
            case ClusterControlRequested control when control.getInputs() != null ->
                List.of(
                        control.getClusterId(),
                        control.getInputs().getAccount() + "/" + control.getInputs().getClusterPrefix());
            default -> List.of(String.valueOf(value.get(value.getSchema().getField("cluster_id").pos())));
        };
    }

    // ---- what is spoilt

    /// Everything that some clusters' lives lay in the workflow's inputs, and each kind of record with all its fields.
    private static List<Spoiler.Good> goodRecords() {
        List<Spoiler.Good> good = new ArrayList<>();
        try (WorkflowDriver workflow = new WorkflowDriver(REGISTRY)) {
            for (int i = 0; i < CLUSTERS; i++) {
                String prefix = "hpc-" + i;
                ClusterDeployRequested deploy = Records.deployRequested("r-" + i, prefix);
                add(good, Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix, deploy);
                workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/" + prefix, deploy);
                for (ControlAction action : ControlAction.values()) {
                    add(
                            good, Topics.CLUSTER_CONTROL_REQUESTED, "default/" + prefix,
                            ClusterControlRequested
                                    .newBuilder(Records.control(action + "-" + i, action, "r-" + i))
                                    .setClusterId("default/" + prefix)
                                    .setInputs(action == ControlAction.IMPORT ? deploy : null).build());
                }
            }
            workflow.workersDoEverything();
            workflow.values(Topics.KMS_INSTANCE_COMMANDS)
                    .forEach((KmsInstanceCommand command) -> add(good, Topics.KMS_INSTANCE_EVENTS,
                            command.getClusterId(), Records.done(command)));
            workflow.values(Topics.ROOT_KEY_COMMANDS)
                    .forEach((RootKeyCommand command) -> add(good, Topics.ROOT_KEY_EVENTS, command.getClusterId(),
                            Records.done(command)));
            workflow.values(Topics.AUTHORIZATION_COMMANDS)
                    .forEach((AuthorizationCommand command) -> add(good, Topics.AUTHORIZATION_EVENTS,
                            command.getClusterId(), Records.done(command)));
            for (Topic<?> topic : List.of(Topics.LEDGER_REQUESTS, Topics.LEDGER_REPLIES)) {
                workflow.records(topic).forEach(record -> good
                        .add(new Spoiler.Good(topic, record.key(), workflow.value(topic, record.value()))));
            }
            workflow.topics.setPartitions(1000);
            for (int i = 0; i < CLUSTERS; i++) {
                workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-" + i,
                        Records.deployRequested("m-" + i, "hpc-" + i));
            }
            workflow.values(Topics.MISPLACED_REQUESTS).forEach(wrapped -> good
                    .add(new Spoiler.Good(Topics.MISPLACED_REQUESTS, bytes(wrapped.getOriginalKey()), wrapped)));
        }
        for (Topic<?> topic : WorkflowTopology.SOURCES) {
            good.add(new Spoiler.Good(topic, Records.CLUSTER.getBytes(StandardCharsets.UTF_8),
                    FilledRecords.of(topic.recordClass())));
        }
        return good;
    }

    private static void add(List<Spoiler.Good> good, Topic<?> topic, String key, SpecificRecord value) {
        good.add(new Spoiler.Good(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
