package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.Records.CLUSTER;
import static io.keyfold.workflow.stream.Records.START;
import static io.keyfold.workflow.stream.Records.control;
import static io.keyfold.workflow.stream.Records.deferred;
import static io.keyfold.workflow.stream.Records.deployRequested;
import static io.keyfold.workflow.stream.Records.done;
import static io.keyfold.workflow.stream.Records.imported;
import static io.keyfold.workflow.stream.Records.providerManaged;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.RootKeyCommand;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.Hash128;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.SourcePosition;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepEventType;
import io.keyfold.schemas.AuditChain;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SagaProcessorTest {
    private static final String REGISTRY = "mock://saga-processor";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final WorkflowDriver workflow = new WorkflowDriver(REGISTRY);

    @AfterEach
    void close() {
        workflow.close();
    }

    @Test
    void a_deploy_ends_completed_when_the_workers_have_done_everything() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();

        assertThat(workflow.status().getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(workflow.values(Topics.DEAD_LETTERS)).isEmpty();
        assertThat(workflow.deadlines()).isZero();
    }

    @Test
    @Tag("case-108")
    void every_transition_is_in_the_audit_once_in_order_and_with_its_cause() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();

        List<ClusterEncryptionAudit> audit = workflow.audit();
        assertThat(audit).extracting(ClusterEncryptionAudit::getSequence)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, audit.size()).boxed().toList());
        assertThat(audit.getFirst().getEvent()).isEqualTo(AuditEvent.REQUEST_ACCEPTED);
        assertThat(audit.getFirst().getActor()).isEqualTo("orchestrator");
        assertThat(audit.getFirst().getCause())
                .isEqualTo(SourcePosition.newBuilder()
                        .setTopic("cluster-deploy-requested")
                        .setTopicId("id-of-cluster-deploy-requested")
                        .setPartition(0)
                        .setOffset(0)
                        .build());
        assertThat(audit.getLast().getEvent()).isEqualTo(AuditEvent.RUN_ENDED);
    }

    @Test
    @Tag("case-108")
    @Tag("case-127")
    void every_audit_record_of_a_cluster_seals_the_one_before_it() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();
        try (WorkflowDriver restarted = new WorkflowDriver(REGISTRY).remembering(workflow)) {
            restarted.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.CANCEL, "r-1"));

            List<Hash128> seals = Stream.of(workflow, restarted)
                    .flatMap(driver -> driver.records(Topics.CLUSTER_ENCRYPTION_AUDIT).stream())
                    .map(record -> AuditChain.hash(record.value()))
                    .toList();
            List<Hash128> carried = Stream.of(workflow, restarted)
                    .flatMap(driver -> driver.audit().stream())
                    .map(ClusterEncryptionAudit::getPreviousHash)
                    .toList();
            assertThat(restarted.audit()).isNotEmpty();
            assertThat(carried.getFirst()).isNull();
            assertThat(carried.subList(1, carried.size())).isEqualTo(seals.subList(0, seals.size() - 1));
        }
    }

    @Test
    @Tag("case-109")
    void statuses_have_revisions_that_grow_by_one() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();

        List<ClusterEncryptionStatus> statuses = workflow.values(Topics.CLUSTER_ENCRYPTION_STATUS);
        assertThat(statuses).extracting(ClusterEncryptionStatus::getRevision)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, statuses.size()).boxed().toList());
    }

    @Test
    void every_record_has_its_clusters_key_cloud_event_headers_and_the_trace_of_its_cause() {
        Headers headers = new RecordHeaders().add("traceparent", TRACE.getBytes(StandardCharsets.UTF_8));
        workflow.send(
                Topics.CLUSTER_DEPLOY_REQUESTED,
                CLUSTER.getBytes(StandardCharsets.UTF_8),
                workflow.bytes(Topics.CLUSTER_DEPLOY_REQUESTED, deployRequested("r-1")),
                headers);

        var command = workflow.records(Topics.KMS_INSTANCE_COMMANDS).getFirst();
        assertThat(command.key()).asString().isEqualTo(CLUSTER);
        assertThat(header(command.headers(), "ce_id"))
                .isEqualTo(workflow.values(Topics.KMS_INSTANCE_COMMANDS).getFirst().getCommandId().toString());
        assertThat(header(command.headers(), "ce_type")).isEqualTo("io.keyfold.contract.KmsInstanceCommand");
        assertThat(header(command.headers(), "ce_source")).isEqualTo("/keyfold/test/workflow");
        assertThat(header(command.headers(), "ce_time")).isEqualTo(START.toString());
        assertThat(header(command.headers(), "ce_specversion")).isEqualTo("1.0");
        assertThat(header(command.headers(), "ce_subject")).isEqualTo("KMS_INSTANCE");
        for (var topic : List.of(
                Topics.KMS_INSTANCE_COMMANDS, Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT)) {
            assertThat(workflow.records(topic))
                    .isNotEmpty()
                    .allMatch(record -> header(record.headers(), "traceparent").equals(TRACE));
        }
    }

    @Test
    void reading_everything_again_after_a_restart_changes_nothing() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();
        workflow.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.CANCEL, "r-1"));

        try (WorkflowDriver again = new WorkflowDriver(REGISTRY).remembering(workflow)) {
            again.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
            again.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.CANCEL, "r-1"));
            for (KmsInstanceCommand command : workflow.values(Topics.KMS_INSTANCE_COMMANDS)) {
                again.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, done(command));
            }

            for (var topic : WorkflowTopology.SINKS) {
                assertThat(again.records(topic)).as(topic.name()).isEmpty();
            }
            assertThat(again.repeated()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource
    void a_repeated_record_is_worked_off_too_and_keeps_no_other_waiting(Topic<?> topic) {
        byte[] key = CLUSTER.getBytes(StandardCharsets.UTF_8);
        workflow.send(topic, key, null, new RecordHeaders());

        try (WorkflowDriver again = new WorkflowDriver(REGISTRY).remembering(workflow)) {
            again.pace.given(2);
            again.send(topic, key, null, new RecordHeaders());

            assertThat(again.repeated()).isOne();
            assertThat(again.pace.isTimeToCommit()).as("once the second is worked off").isTrue();
        }
    }

    static List<Topic<?>> a_repeated_record_is_worked_off_too_and_keeps_no_other_waiting() {
        return List.of(Topics.CLUSTER_DEPLOY_REQUESTED, Topics.LEDGER_REQUESTS);
    }

    @Test
    void a_schedule_that_is_set_later_reaches_clusters_of_which_nobody_asks_for_anything() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.workersDoEverything();
        Duration hour = Duration.ofHours(1);

        try (WorkflowDriver again = new WorkflowDriver(
                REGISTRY, new SagaFold(SagaSettings.of("test").verifyingEvery(hour))::fold, hour)
                .remembering(workflow)) {
            again.advance(Duration.ofSeconds(1));
            assertThat(again.deadlines()).isEqualTo(1);
            again.advance(hour);

            assertThat(again.values(Topics.ROOT_KEY_COMMANDS)).extracting(RootKeyCommand::getAction)
                    .containsExactly(CommandAction.VERIFY);
        }
    }

    @Test
    @Tag("case-89")
    void a_topic_that_was_made_again_is_read_from_its_start_and_the_audit_says_so() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, providerManaged("r-1", "hpc-1"));

        try (WorkflowDriver again = new WorkflowDriver(REGISTRY).remembering(workflow)) {
            again.topics.replace(Topics.CLUSTER_DEPLOY_REQUESTED);
            again.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, providerManaged("r-2", "hpc-1"));

            assertThat(again.audit().getFirst().getEvent()).isEqualTo(AuditEvent.SOURCE_REPLACED);
            assertThat(again.audit().getFirst().getCause().getTopicId())
                    .isEqualTo("new-id-of-cluster-deploy-requested");
            assertThat(again.status().getLastRun().getRequestId()).isEqualTo("r-2");
            assertThat(again.audit()).extracting(ClusterEncryptionAudit::getSequence).doesNotHaveDuplicates();
        }
    }

    /// What the first record of a topic that was made again may be, so that there is no audit to be told by it.
    enum First {
        MISPLACED, DEAD_LETTER, REFUSED_TOO_LARGE
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-89")
    void a_topic_that_was_made_again_is_told_by_the_first_record_that_has_an_audit(First first) {
        workflow.topics.setPartitions(6);
        String cluster = clusterWithPartition(0);
        byte[] key = cluster.getBytes(StandardCharsets.UTF_8);
        Topic<?> topic =
                first == First.REFUSED_TOO_LARGE ? Topics.KMS_INSTANCE_EVENTS : Topics.CLUSTER_DEPLOY_REQUESTED;
        workflow.send(topic, key, null, new RecordHeaders());

        try (WorkflowDriver again = new WorkflowDriver(REGISTRY).remembering(workflow);
                WorkflowDriver onceMore = new WorkflowDriver(REGISTRY)) {
            again.topics.setPartitions(6);
            again.topics.replace(topic);
            switch (first) {
                case MISPLACED -> {
                    String elsewhere = clusterWithPartition(1);
                    again.send(Topics.CLUSTER_DEPLOY_REQUESTED, elsewhere, providerManaged("r-1", prefix(elsewhere)));
                }
                case DEAD_LETTER -> again.send(topic, key, null, new RecordHeaders());
                case REFUSED_TOO_LARGE -> again.send(Topics.KMS_INSTANCE_EVENTS, cluster, KmsInstanceEvent.newBuilder()
                        .setClusterId(cluster)
                        .setWorker("x".repeat(1_048_000))
                        .build());
            }
            assertThat(replacements(again)).isEmpty();

            onceMore.remembering(again).topics.setPartitions(6);
            onceMore.topics.replace(topic);
            onceMore.send(topic, key, null, new RecordHeaders());
            assertThat(onceMore.repeated()).as("the first, read again").isOne();
            for (int number = 2; number <= 3; number++) {
                if (first == First.REFUSED_TOO_LARGE) {
                    onceMore.send(Topics.KMS_INSTANCE_EVENTS, cluster, KmsInstanceEvent.newBuilder()
                            .setClusterId(cluster)
                            .build());
                } else {
                    onceMore.send(Topics.CLUSTER_DEPLOY_REQUESTED, cluster,
                            providerManaged("r-" + number, prefix(cluster)));
                }
            }

            assertThat(replacements(onceMore)).singleElement().satisfies(line -> {
                assertThat(line.getClusterId()).isEqualTo(cluster);
                assertThat(line.getMessage()).contains("from " + topic.name() + "-0@0 on");
                assertThat(line.getCause().getTopicId()).isEqualTo("new-id-of-" + topic.name());
                assertThat(line.getCause().getOffset()).isOne();
            });
        }
    }

    private static List<ClusterEncryptionAudit> replacements(WorkflowDriver driver) {
        return driver.audit().stream()
                .filter(line -> line.getEvent() == AuditEvent.SOURCE_REPLACED)
                .toList();
    }

    private static String prefix(String cluster) {
        return cluster.substring("default/".length());
    }

    @Test
    @Tag("case-82")
    void a_request_in_another_keys_partition_is_sent_on_and_then_carried_out_there() {
        workflow.topics.setPartitions(6); // a test driver reads everything from partition 0
        String cluster = clusterWithPartition(1);
        ClusterDeployRequested request = providerManaged("r-1", prefix(cluster));

        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, cluster, request);

        var misplaced = workflow.last(Topics.MISPLACED_REQUESTS);
        assertThat(misplaced.getSourceTopic()).isEqualTo("cluster-deploy-requested");
        assertThat(workflow.records(Topics.MISPLACED_REQUESTS).getFirst().key()).asString().isEqualTo(cluster);
        // The driver hands it to the same processor: there the key decides no more.
        assertThat(workflow.status().getClusterId()).isEqualTo(cluster);
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(workflow.audit().getFirst().getCause().getTopic()).isEqualTo("cluster-deploy-requested");
    }

    @Test
    void a_request_in_its_own_partition_is_carried_out_in_place() {
        workflow.topics.setPartitions(6);
        String cluster = clusterWithPartition(0);

        workflow.send(
                Topics.CLUSTER_DEPLOY_REQUESTED,
                cluster,
                providerManaged("r-1", prefix(cluster)));

        assertThat(workflow.values(Topics.MISPLACED_REQUESTS)).isEmpty();
        assertThat(workflow.status().getClusterId()).isEqualTo(cluster);
    }

    @Test
    @Tag("case-73")
    void a_run_past_its_deadline_is_undone_on_time() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        assertThat(workflow.deadlines()).isEqualTo(1);

        workflow.advance(Duration.ofMinutes(30).minus(WorkflowDriver.TICK));
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.IN_PROGRESS);
        workflow.advance(WorkflowDriver.TICK);

        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPENSATING);
        ClusterEncryptionAudit passed = workflow.audit().stream()
                .filter(line -> line.getEvent() == AuditEvent.DEADLINE_PASSED)
                .findFirst()
                .orElseThrow();
        assertThat(passed.getActor()).isEqualTo("timer");
        assertThat(passed.getCause()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MAX_VALUE})
    @Tag("case-15")
    @Tag("case-16")
    void whatever_time_a_record_bears_no_deadline_moves(long timestamp) {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.sendAt(
                Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-2", deployRequested("r-2", "hpc-2"), timestamp);

        workflow.advance(Duration.ofMinutes(30).minus(WorkflowDriver.TICK));
        assertThat(workflow.values(Topics.CLUSTER_ENCRYPTION_STATUS))
                .hasSize(2)
                .allMatch(status -> status.getLastRun().getState() == RunState.IN_PROGRESS);
        workflow.advance(WorkflowDriver.TICK);

        assertThat(workflow.audit())
                .filteredOn(line -> line.getEvent() == AuditEvent.DEADLINE_PASSED)
                .extracting(ClusterEncryptionAudit::getClusterId)
                .containsExactlyInAnyOrder(CLUSTER, "default/hpc-2");
    }

    @Test
    @Tag("case-110")
    void a_clock_that_is_set_back_makes_a_deadline_late_by_as_much_and_never_early_or_double() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.advance(Duration.ofMinutes(20));

        try (WorkflowDriver again = new WorkflowDriver(REGISTRY).remembering(workflow)) { // 20 minutes back
            again.advance(Duration.ofMinutes(30).minus(WorkflowDriver.TICK));
            assertThat(deadlinesPassed(again)).isZero();
            again.advance(WorkflowDriver.TICK);
            assertThat(deadlinesPassed(again)).isOne();

            try (WorkflowDriver onceMore = new WorkflowDriver(REGISTRY).remembering(again)) { // and 30 more
                onceMore.advance(Duration.ofMinutes(31));
                assertThat(deadlinesPassed(onceMore)).isZero();
            }
        }
    }

    /// Nothing that a process counts in its own memory would end it.
    @Test
    @Tag("case-73")
    void a_process_that_dies_again_and_again_puts_no_deadline_off() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        WorkflowDriver latest = workflow;
        List<WorkflowDriver> lives = new ArrayList<>();
        try {
            for (int minute = 5; minute <= 25; minute += 5) {
                WorkflowDriver next = new WorkflowDriver(REGISTRY).remembering(latest);
                lives.add(next);
                next.advance(Duration.ofMinutes(minute)); // its clock begins at the first one's start
                assertThat(deadlinesPassed(next)).isZero();
                latest = next;
            }
            latest.advance(Duration.ofMinutes(5));
            assertThat(deadlinesPassed(latest)).isOne();
            assertThat(latest.status().getLastRun().getState()).isEqualTo(RunState.COMPENSATING);
        } finally {
            lives.forEach(WorkflowDriver::close);
        }
    }

    private static long deadlinesPassed(WorkflowDriver driver) {
        return driver.audit().stream()
                .filter(line -> line.getEvent() == AuditEvent.DEADLINE_PASSED)
                .count();
    }

    @Test
    @Tag("case-13")
    void one_request_id_for_two_clusters_is_a_run_of_each() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, providerManaged("r-1", "hpc-1"));
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-2", providerManaged("r-1", "hpc-2"));

        assertThat(workflow.values(Topics.CLUSTER_ENCRYPTION_STATUS))
                .allMatch(status -> status.getLastRun().getState() == RunState.COMPLETED)
                .extracting(ClusterEncryptionStatus::getClusterId)
                .containsExactly(CLUSTER, "default/hpc-2");
    }

    @Test
    void a_deferred_step_is_asked_again_when_its_time_has_come() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        KmsInstanceCommand first = workflow.last(Topics.KMS_INSTANCE_COMMANDS);
        workflow.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, deferred(first, START.plusSeconds(3)));

        workflow.advance(Duration.ofSeconds(2));
        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS)).hasSize(1);
        workflow.advance(Duration.ofSeconds(1));

        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS)).hasSize(2);
        assertThat(workflow.last(Topics.KMS_INSTANCE_COMMANDS).getCommandId()).isNotEqualTo(first.getCommandId());
        workflow.workersDoEverything();
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(workflow.deadlines()).isZero();
    }

    @Test
    @Tag("case-106")
    void more_deadlines_than_one_tick_takes_are_all_met_within_a_few() {
        for (int cluster = 0; cluster < 2500; cluster++) {
            workflow.send(
                    Topics.CLUSTER_DEPLOY_REQUESTED, "default/c" + cluster, deployRequested("r-1", "c" + cluster));
        }
        workflow.advance(Duration.ofMinutes(30));
        workflow.advance(WorkflowDriver.TICK);
        workflow.advance(WorkflowDriver.TICK);

        assertThat(workflow.audit()).filteredOn(line -> line.getEvent() == AuditEvent.DEADLINE_PASSED).hasSize(2500);
    }

    @Test
    void a_cancelled_run_is_undone_through_the_ledger_and_its_commands_name_ids() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, done(workflow.last(Topics.KMS_INSTANCE_COMMANDS)));
        workflow.send(Topics.ROOT_KEY_EVENTS, CLUSTER, done(workflow.last(Topics.ROOT_KEY_COMMANDS)));

        workflow.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.CANCEL, "r-1"));
        workflow.workersDoEverything();

        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.CANCELLED);
        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS))
                .filteredOn(command -> command.getAction() == CommandAction.COMPENSATE)
                .extracting(KmsInstanceCommand::getExpectedId)
                .containsExactly("instance-1");
        assertThat(workflow.values(Topics.LEDGER_REPLIES)).isNotEmpty();
    }

    @Test
    void every_command_of_an_import_is_for_something_that_exists_already() {
        workflow.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, imported("r-1", deployRequested("r-1")));
        workflow.workersDoEverything();

        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(workflow.status().getLastRun().getKind()).isEqualTo(RunKind.IMPORT);
        assertThat(workflow.status().getLastRun().getRequestedBy()).isEqualTo("operator");
        assertThat(workflow.values(Topics.KMS_INSTANCE_COMMANDS)).hasSize(2)
                .allMatch(KmsInstanceCommand::getAdoptOnly);
        assertThat(workflow.values(Topics.ROOT_KEY_COMMANDS)).hasSize(2).allMatch(RootKeyCommand::getAdoptOnly);
        assertThat(workflow.values(Topics.AUTHORIZATION_COMMANDS)).hasSize(6)
                .allMatch(AuthorizationCommand::getAdoptOnly);
    }

    @Test
    @Tag("case-19")
    void a_control_action_of_a_later_version_is_refused_in_the_audit() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        workflow.send(Topics.CLUSTER_CONTROL_REQUESTED, CLUSTER, control("c-1", ControlAction.UNKNOWN, "r-1"));

        assertThat(workflow.audit().getLast().getEvent()).isEqualTo(AuditEvent.CONTROL_REFUSED);
        assertThat(workflow.values(Topics.DEAD_LETTERS)).isEmpty();
    }

    @Test
    @Tag("case-19")
    void an_answer_of_a_later_versions_kind_is_told_in_the_audit_and_has_no_effect() {
        workflow.send(Topics.CLUSTER_DEPLOY_REQUESTED, CLUSTER, deployRequested("r-1"));
        KmsInstanceEvent unknown = KmsInstanceEvent.newBuilder(done(workflow.last(Topics.KMS_INSTANCE_COMMANDS)))
                .setType(StepEventType.UNKNOWN)
                .build();
        workflow.send(Topics.KMS_INSTANCE_EVENTS, CLUSTER, unknown);

        assertThat(workflow.audit().getLast().getEvent()).isEqualTo(AuditEvent.IGNORED);
        assertThat(workflow.audit().getLast().getCode()).isEqualTo("PROTOCOL");
        assertThat(workflow.values(Topics.ROOT_KEY_COMMANDS)).isEmpty();
        workflow.workersDoEverything();
        assertThat(workflow.status().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
    }

    private static String header(Headers headers, String name) {
        return CloudEventHeaders.text(headers, name).orElse("");
    }

    private static String clusterWithPartition(int wanted) {
        for (int number = 0;; number++) {
            String cluster = "default/c" + number;
            byte[] key = cluster.getBytes(StandardCharsets.UTF_8);
            if (org.apache.kafka.common.utils.Utils.toPositive(org.apache.kafka.common.utils.Utils.murmur2(key))
                    % 6 == wanted) {
                return cluster;
            }
        }
    }
}
