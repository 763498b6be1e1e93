package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.CLUSTER;
import static io.keyfold.workflow.stream.Records.deployRequested;
import static io.keyfold.workflow.stream.Records.providerManaged;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.HeaderEntry;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.saga.SagaEvent;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each bad record becomes one dead letter with everything it had, and its neighbours are carried out.
class BadInputTest {
    private static final String REGISTRY = "mock://bad-input";
    private static final Topic<ClusterDeployRequested> DEPLOYS = Topics.CLUSTER_DEPLOY_REQUESTED;
    private static final byte[] KEY = CLUSTER.getBytes(UTF_8);

    private final WorkflowDriver workflow = new WorkflowDriver(REGISTRY);

    @AfterEach
    void close() {
        workflow.close();
    }

    @Test
    @Tag("case-1")
    void a_value_that_is_not_Avro() {
        isGivenUp(DeadLetterReason.NOT_AVRO, KEY, "not Avro at all".getBytes(UTF_8));
    }

    @Test
    @Tag("case-8")
    void an_empty_value() {
        isGivenUp(DeadLetterReason.NOT_AVRO, KEY, new byte[0]);
        assertThat(workflow.onlyDeadLetter().getMessage()).isEqualTo(
                "The value is empty. Send it again in the topic's record type, by its registered schema.");
    }

    @Test
    @Tag("case-2")
    void a_value_by_a_schema_that_the_registry_does_not_know() {
        isGivenUp(DeadLetterReason.UNKNOWN_SCHEMA, KEY, ByteBuffer.allocate(9).putInt(1, 0x7fffffff).array());
    }

    @Test
    @Tag("case-4")
    @Tag("case-122")
    void a_value_of_another_record_type() {
        byte[] command = workflow.bytes(Topics.KMS_INSTANCE_COMMANDS, KmsInstanceCommand.newBuilder().build());
        isGivenUp(DeadLetterReason.WRONG_RECORD_TYPE, KEY, command);
    }

    @Test
    @Tag("case-5")
    void a_value_that_breaks_off() {
        byte[] whole = workflow.bytes(DEPLOYS, deployRequested("r-1"));
        isGivenUp(DeadLetterReason.UNDECODABLE, KEY, Arrays.copyOf(whole, whole.length - 4));
    }

    @Test
    @Tag("case-5")
    void a_value_that_claims_two_gigabytes() {
        byte[] whole = workflow.bytes(DEPLOYS, deployRequested("r-1"));
        byte[] bomb = Arrays.copyOf(whole, 12);
        // The length of the first string: 2^31 - 9 as a zigzag varint.
        System.arraycopy(new byte[]{(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 65, 66}, 0, bomb, 5, 7);
        isGivenUp(DeadLetterReason.UNDECODABLE, KEY, bomb);
    }

    @Test
    @Tag("case-7")
    void no_key() {
        isGivenUp(DeadLetterReason.NULL_KEY, null, workflow.bytes(DEPLOYS, deployRequested("r-1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hpc-1", "default/", "/hpc-1", "default/hpc 1", "default/hpc-1\0", "default/hpc/1", "ü/ß"})
    @Tag("case-10")
    void a_key_that_is_no_clusters(String key) {
        isGivenUp(DeadLetterReason.INVALID_KEY, key.getBytes(UTF_8), workflow.bytes(DEPLOYS, deployRequested("r-1")));
    }

    @Test
    @Tag("case-10")
    @Tag("case-18")
    void a_key_that_is_no_text() {
        isGivenUp(
                DeadLetterReason.INVALID_KEY,
                new byte[]{(byte) 0xff, (byte) 0xfe},
                workflow.bytes(DEPLOYS, deployRequested("r-1")));
    }

    @Test
    @Tag("case-10")
    void a_key_of_ten_thousand_characters() {
        isGivenUp(
                DeadLetterReason.INVALID_KEY,
                ("default/" + "x".repeat(10_000)).getBytes(UTF_8),
                workflow.bytes(DEPLOYS, deployRequested("r-1")));
    }

    @Test
    @Tag("case-8")
    void no_value() {
        isGivenUp(DeadLetterReason.NULL_VALUE, KEY, null);
    }

    @Test
    @Tag("case-9")
    void a_body_that_names_another_cluster_than_the_key_is_told_in_the_keys_audit_too() {
        isGivenUp(
                DeadLetterReason.KEY_MISMATCH, KEY, workflow.bytes(DEPLOYS, deployRequested("r-1", "hpc-2")));

        var line = workflow.audit().getFirst();
        assertThat(line.getClusterId()).isEqualTo(CLUSTER);
        assertThat(line.getEvent()).isEqualTo(AuditEvent.REQUEST_REFUSED);
        assertThat(line.getCode()).isEqualTo("KEY_MISMATCH");
        assertThat(line.getCause().getOffset()).isZero();
    }

    @Test
    void an_import_whose_inputs_are_another_clusters_than_the_key() {
        workflow.send(
                Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, Records.imported("r-1", deployRequested("r-1", "hpc-2")));

        assertThat(workflow.onlyDeadLetter().getReason()).isEqualTo(DeadLetterReason.KEY_MISMATCH);
        assertThat(workflow.audit().getFirst().getEvent()).isEqualTo(AuditEvent.CONTROL_REFUSED);
        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS)).isEmpty();
        neighboursAreCarriedOut();
    }

    @Test
    @Tag("case-82")
    void an_event_in_a_partition_that_is_not_its_keys_is_given_up_since_nobody_may_split_a_cluster() {
        workflow.topics.setPartitions(1000);
        workflow.send(Topics.ROOT_KEY_EVENTS, CLUSTER, io.keyfold.contract.RootKeyEvent.newBuilder().build());

        assertThat(workflow.onlyDeadLetter().getReason()).isEqualTo(DeadLetterReason.PROCESSING_FAILED);
        assertThat(workflow.values(Topics.MISPLACED_REQUESTS)).isEmpty();
    }

    @Test
    void a_bad_record_among_the_misplaced_ones() {
        workflow.send(Topics.MISPLACED_REQUESTS, KEY, "not Avro".getBytes(UTF_8), new RecordHeaders());

        assertThat(workflow.onlyDeadLetter().getReason()).isEqualTo(DeadLetterReason.NOT_AVRO);
    }

    @Test
    void a_bad_request_that_was_misplaced_is_given_up_with_its_own_origin() {
        workflow.topics.setPartitions(1000);
        workflow.send(DEPLOYS, KEY, "not Avro".getBytes(UTF_8), new RecordHeaders());

        DeadLetter letter = workflow.onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo(DeadLetterReason.NOT_AVRO);
        assertThat(letter.getSourceTopic()).isEqualTo("cluster-deploy-requested");
        assertThat(bytes(letter.getOriginalValue())).isEqualTo("not Avro".getBytes(UTF_8));
    }

    @Test
    void a_bad_ledger_request() {
        workflow.send(Topics.LEDGER_REQUESTS, KEY, "not Avro".getBytes(UTF_8), new RecordHeaders());
        workflow.send(
                Topics.LEDGER_REQUESTS,
                "default/other",
                LedgerRequest.newBuilder().setType(LedgerRequestType.UNKNOWN).build());

        assertThat(workflow.values(Topics.DEAD_LETTERS)).extracting(DeadLetter::getReason)
                .containsExactly(DeadLetterReason.NOT_AVRO, DeadLetterReason.UNDECODABLE);
    }

    @Test
    @Tag("case-6")
    void a_name_of_a_megabyte_is_rejected_or_given_up_and_never_stops_the_workflow() {
        ClusterDeployRequested huge = ClusterDeployRequested.newBuilder(deployRequested("r-1"))
                .setKmsInstanceName("x".repeat(1_000_000))
                .build();
        workflow.send(DEPLOYS, CLUSTER, huge);

        boolean givenUp = workflow.values(Topics.DEAD_LETTERS).stream()
                .anyMatch(letter -> letter.getReason() == DeadLetterReason.TOO_LARGE);
        boolean rejected = workflow.values(Topics.CLUSTER_ENCRYPTION_STATUS).stream()
                .anyMatch(status -> status.getLastRun().getState() == RunState.REJECTED);
        assertThat(givenUp || rejected).isTrue();
        assertThat(workflow.audit()).isNotEmpty();
        neighboursAreCarriedOut();
    }

    @Test
    @Tag("case-6")
    void what_would_write_more_than_a_topic_takes_is_given_up_and_told_in_the_audit() {
        workflow.topics.setMaxMessageBytes(900); // an audit line fits, a status does not
        workflow.send(DEPLOYS, CLUSTER, deployRequested("r-1"));

        DeadLetter letter = workflow.onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo(DeadLetterReason.TOO_LARGE);
        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS)).isEmpty();
        assertThat(workflow.audit()).hasSize(1);
        assertThat(workflow.audit().getFirst().getCode()).isEqualTo("TOO_LARGE");
    }

    @Test
    void an_answer_that_means_nothing_and_whose_writer_has_a_name_of_a_megabyte() {
        KmsInstanceEvent event =
                KmsInstanceEvent.newBuilder().setClusterId(CLUSTER).setWorker("x".repeat(1_048_000)).build();
        workflow.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, event);

        assertThat(workflow.onlyDeadLetter().getReason()).isEqualTo(DeadLetterReason.TOO_LARGE);
        neighboursAreCarriedOut();
    }

    @Test
    @Tag("case-6")
    void a_dead_letter_that_is_too_large_itself_says_where_the_original_lies() {
        workflow.topics.setMaxMessageBytes(2000);
        workflow.send(DEPLOYS, KEY, new byte[3000], new RecordHeaders());

        DeadLetter letter = workflow.onlyDeadLetter();
        assertThat(letter.getOriginalValue()).isNull();
        assertThat(letter.getMessage()).contains("it lies at cluster-deploy-requested-0@0");
    }

    @Test
    void a_failure_of_our_own_is_a_dead_letter_and_no_crash() {
        SagaFold fold = new SagaFold(SagaSettings.of("test"));
        WorkflowParts.Fold failing = (saga, event, now) -> {
            if (event instanceof SagaEvent.DeployRequested(var request) && request.requestId().equals("r-1")) {
                throw new ArithmeticException("a bug");
            }
            return fold.fold(saga, event, now);
        };
        try (WorkflowDriver buggy = new WorkflowDriver(REGISTRY, failing)) {
            buggy.send(DEPLOYS, CLUSTER, deployRequested("r-1"));
            buggy.send(DEPLOYS, CLUSTER, providerManaged("r-2", "hpc-1"));

            assertThat(buggy.onlyDeadLetter().getReason()).isEqualTo(DeadLetterReason.PROCESSING_FAILED);
            assertThat(buggy.audit().getFirst().getCode()).isEqualTo("PROCESSING_FAILED");
            assertThat(buggy.status().getLastRun().getRequestId()).isEqualTo("r-2");
        }
    }

    @Test
    @Tag("case-3")
    void a_registry_that_does_not_answer_is_waited_for_and_then_the_task_starts_over() {
        byte[] readable = workflow.bytes(DEPLOYS, deployRequested("r-1"));
        try (WorkflowDriver offline = new WorkflowDriver("http://127.0.0.1:1")) {
            assertThatThrownBy(() -> offline.send(DEPLOYS, KEY, readable, new RecordHeaders()))
                    .isInstanceOf(TaskMigratedException.class);
            assertThat(offline.records(Topics.DEAD_LETTERS)).isEmpty();
        }
    }

    private void isGivenUp(DeadLetterReason reason, byte @Nullable [] key, byte @Nullable [] value) {
        Headers headers = new RecordHeaders().add("from", "a test".getBytes(UTF_8)).add("nothing", null);
        workflow.send(DEPLOYS, key, value, headers);

        DeadLetter letter = workflow.onlyDeadLetter();
        assertThat(letter.getReason()).isEqualTo(reason);
        assertThat(bytes(letter.getOriginalKey())).isEqualTo(key);
        assertThat(bytes(letter.getOriginalValue())).isEqualTo(value);
        assertThat(letter.getOriginalHeaders()).containsExactly(
                HeaderEntry.newBuilder().setKey("from").setValue(ByteBuffer.wrap("a test".getBytes(UTF_8))).build(),
                HeaderEntry.newBuilder().setKey("nothing").build());
        assertThat(letter.getSourceTopic()).isEqualTo("cluster-deploy-requested");
        assertThat(letter.getSourcePartition()).isZero();
        assertThat(letter.getSourceOffset()).isZero();
        assertThat(letter.getSourceTimestamp()).isEqualTo(Records.START);
        assertThat(letter.getWrittenBy()).isEqualTo("/keyfold/test/workflow");
        var record = workflow.records(Topics.DEAD_LETTERS).getFirst();
        assertThat(record.key()).isEqualTo(key);
        assertThat(CloudEventHeaders.text(record.headers(), "keyfold_origin_topic"))
                .contains("cluster-deploy-requested");
        assertThat(CloudEventHeaders.text(record.headers(), "keyfold_origin_partition")).contains("0");
        assertThat(CloudEventHeaders.text(record.headers(), "keyfold_origin_offset")).contains("0");
        assertThat(CloudEventHeaders.text(record.headers(), "keyfold_reason")).contains(reason.name());
        neighboursAreCarriedOut();
    }

    private void neighboursAreCarriedOut() {
        workflow.send(DEPLOYS, "default/neighbour", providerManaged("r-9", "neighbour"));
        assertThat(workflow.status().getClusterId()).isEqualTo("default/neighbour");
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
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
