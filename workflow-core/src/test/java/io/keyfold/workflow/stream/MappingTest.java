package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.Finding;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.ledger.LedgerReply;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.wire.DeployRequests;
import io.keyfold.workflow.saga.Answer;
import io.keyfold.workflow.saga.CloudResource;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.SagaEvent;
import io.keyfold.workflow.saga.StepCommand;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Generated records have nullable getters that no compiler checks: here each is tried without a value.
class MappingTest {
    private static final ClusterId CLUSTER = new ClusterId("default", "hpc-1");

    private final AvroSerdes serdes = WorkflowDriver.serdes("mock://mapping");

    @Test
    void every_deployment_input_arrives_and_each_may_be_absent() throws ReflectiveOperationException {
        DeployRequest whole = DeployRequests.of(FilledRecords.of(ClusterDeployRequested.class));
        assertThat(absent(whole)).isZero();

        for (Schema.Field field : FilledRecords.nullable(ClusterDeployRequested.class)) {
            ClusterDeployRequested record = FilledRecords.without(ClusterDeployRequested.class, field);
            assertThat(absent(DeployRequests.of(record))).as(field.name()).isEqualTo(1);
        }
    }

    @Test
    void the_inputs_of_an_import_arrive_with_who_asked_for_it_and_may_be_absent() {
        ClusterControlRequested whole = FilledRecords.of(ClusterControlRequested.class);
        whole.put(whole.getSchema().getField("requested_by").pos(), "operator");
        assertThat(control(whole).inputs().orElseThrow()).isEqualTo(
                DeployRequests.of(whole.getInputs()).withRequestedBy("operator"));

        for (Schema.Field field : FilledRecords.nullable(ClusterControlRequested.class)) {
            assertThat(control(FilledRecords.without(ClusterControlRequested.class, field)).inputs()).isEmpty();
        }
    }

    private static SagaEvent.ControlRequested control(ClusterControlRequested record) {
        return (SagaEvent.ControlRequested) ((Mapped.Event) RequestMapping.control(record)).event();
    }

    private static long absent(DeployRequest request) throws ReflectiveOperationException {
        long absent = 0;
        for (RecordComponent component : DeployRequest.class.getRecordComponents()) {
            absent += Optional.empty().equals(component.getAccessor().invoke(request)) ? 1 : 0;
        }
        return absent;
    }

    @Test
    void a_record_of_nothing_but_defaults_is_refused_or_handed_on_and_never_fails() {
        assertThat(RequestMapping.deploy(ClusterDeployRequested.newBuilder().build())).isNotNull();
        assertThat(RequestMapping.control(ClusterControlRequested.newBuilder().build())).isNotNull();
        assertThat(AnswerMapping.instance(KmsInstanceEvent.newBuilder().build(), Records.START))
                .isInstanceOf(Mapped.Refused.class);
        assertThat(AnswerMapping.rootKey(RootKeyEvent.newBuilder().build(), Records.START))
                .isInstanceOf(Mapped.Refused.class);
        assertThat(AnswerMapping.authorization(AuthorizationEvent.newBuilder().build(), Records.START))
                .isInstanceOf(Mapped.Refused.class);
        assertThat(AnswerMapping.ledgerReply(io.keyfold.contract.LedgerReply.newBuilder().build()))
                .isInstanceOf(Mapped.Refused.class);
        assertThat(LedgerMapping.request(io.keyfold.contract.LedgerRequest.newBuilder().build())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(StepEventType.class)
    void an_event_of_any_type_may_lack_any_nullable_field(StepEventType type) {
        for (Finding finding : Finding.values()) {
            mayLackAnything(KmsInstanceEvent.class, type, finding, it -> AnswerMapping.instance(it, Records.START));
            mayLackAnything(RootKeyEvent.class, type, finding, it -> AnswerMapping.rootKey(it, Records.START));
            mayLackAnything(AuthorizationEvent.class, type, finding,
                    it -> AnswerMapping.authorization(it, Records.START));
        }
    }

    private static <T extends SpecificRecord> void mayLackAnything(
            Class<T> event, StepEventType type, Finding finding, Function<T, Mapped> mapping) {
        for (Schema.Field field : FilledRecords.nullable(event)) {
            T record = FilledRecords.without(event, field);
            record.put(record.getSchema().getField("type").pos(), type);
            record.put(record.getSchema().getField("finding").pos(), finding);
            record.put(record.getSchema().getField("step").pos(), StepName.ROOT_KEY);
            record.put(record.getSchema().getField("action").pos(), CommandAction.PROVISION);
            assertThat(mapping.apply(record)).as(type + " without " + field.name()).isNotNull();
        }
    }

    @Test
    void what_was_made_and_what_was_found_are_told_apart() {
        assertThat(answer(StepEventType.COMPLETED, Finding.CREATED)).isInstanceOfSatisfying(
                Answer.Completed.class, made -> assertThat(made.ours()).isTrue());
        assertThat(answer(StepEventType.COMPLETED, Finding.ADOPTED)).isInstanceOfSatisfying(
                Answer.Completed.class, found -> assertThat(found.ours()).isFalse());
        assertThat(answer(StepEventType.COMPLETED, Finding.NOT_FOUND)).isEqualTo(new Answer.NothingFound());
        assertThat(answer(StepEventType.COMPENSATED, Finding.UNKNOWN)).isEqualTo(
                new Answer.Compensated("text", Optional.of(FilledRecords.of(RootKeyEvent.class).getRestorableUntil()),
                        "text"));
        assertThat(answer(StepEventType.EXPIRED, Finding.UNKNOWN)).isEqualTo(new Answer.Expired("text"));
        assertThat(answer(StepEventType.FAILED, Finding.UNKNOWN)).isInstanceOfSatisfying(
                Answer.Failed.class,
                failed -> assertThat(failed.made().map(CloudResource::id)).contains("text"));
    }

    @Test
    void a_deferral_says_whether_the_clock_of_the_run_stands_still() {
        for (boolean stops : new boolean[]{true, false}) {
            RootKeyEvent event = RootKeyEvent.newBuilder(FilledRecords.of(RootKeyEvent.class))
                    .setType(StepEventType.DEFERRED).setStep(StepName.ROOT_KEY).setAction(CommandAction.PROVISION)
                    .setStopsClock(stops).build();
            assertThat(AnswerMapping.rootKey(event, Records.START)).isInstanceOfSatisfying(
                    Mapped.Event.class,
                    mapped -> assertThat(((SagaEvent.StepAnswered) mapped.event()).answer()).isInstanceOfSatisfying(
                            Answer.Deferred.class, deferred -> assertThat(deferred.stopsClock()).isEqualTo(stops)));
        }
    }

    @Test
    @Tag("case-16")
    void a_deferral_lasts_as_long_as_the_worker_meant_whatever_its_clock_says() {
        Instant worker = Records.START.minusSeconds(140);
        RootKeyEvent event = RootKeyEvent.newBuilder(FilledRecords.of(RootKeyEvent.class))
                .setType(StepEventType.DEFERRED).setStep(StepName.ROOT_KEY).setAction(CommandAction.PROVISION)
                .setOccurredAt(worker).setDeferredUntil(worker.plusSeconds(20)).build();

        assertThat(AnswerMapping.rootKey(event, Records.START)).isInstanceOfSatisfying(
                Mapped.Event.class,
                mapped -> assertThat(((SagaEvent.StepAnswered) mapped.event()).answer()).isInstanceOfSatisfying(
                        Answer.Deferred.class,
                        deferred -> assertThat(deferred.until()).isEqualTo(Records.START.plusSeconds(20))));
    }

    private static Answer answer(StepEventType type, Finding finding) {
        RootKeyEvent event = RootKeyEvent.newBuilder(FilledRecords.of(RootKeyEvent.class))
                .setType(type)
                .setFinding(finding)
                .build();
        Mapped.Event mapped = (Mapped.Event) AnswerMapping.rootKey(event, Records.START);
        return ((SagaEvent.StepAnswered) mapped.event()).answer();
    }

    @Test
    void every_command_can_be_written_with_every_action_and_step() {
        for (StepCommand command : Samples.of(StepCommand.class)) {
            switch (command.target()) {
                case StepCommand.InstanceTarget target -> canBeWritten(
                        Topics.KMS_INSTANCE_COMMANDS, CommandMapping.instance(CLUSTER, command, target));
                case StepCommand.KeyTarget target ->
                    canBeWritten(Topics.ROOT_KEY_COMMANDS, CommandMapping.rootKey(CLUSTER, command, target));
                case StepCommand.AuthorizationTarget target -> canBeWritten(
                        Topics.AUTHORIZATION_COMMANDS, CommandMapping.authorization(CLUSTER, command, target));
            }
        }
    }

    @Test
    void every_status_and_every_line_of_the_audit_can_be_written() {
        for (StatusReport report : Samples.of(StatusReport.class)) {
            canBeWritten(Topics.CLUSTER_ENCRYPTION_STATUS, StatusMapping.status(report, Records.START));
        }
        for (AuditLine line : Samples.of(AuditLine.class)) {
            canBeWritten(
                    Topics.CLUSTER_ENCRYPTION_AUDIT,
                    AuditMapping.audit(CLUSTER, line, 1, 1, null, Cause.time(Records.START), Records.START));
        }
    }

    @Test
    void every_request_to_the_ledger_arrives_as_it_was_sent() {
        for (LedgerRequest request : Samples.of(LedgerRequest.class)) {
            assertThat(LedgerMapping.request(LedgerMapping.toWireRequest(request))).contains(request);
        }
        for (LedgerReply reply : Samples.of(LedgerReply.class)) {
            assertThat(AnswerMapping.ledgerReply(LedgerMapping.toWireReply(reply, Records.START)))
                    .isEqualTo(new Mapped.Event(new SagaEvent.LedgerAnswered(
                            reply.request().id(),
                            reply.verdict(),
                            reply.request().resourceId(),
                            reply.holders(),
                            reply.barredBy())));
        }
    }

    @Test
    @Tag("case-19")
    void a_constant_that_only_a_later_version_has_is_no_constant_of_the_domain() {
        assertThat(Arrays.stream(CommandAction.values())
                .filter(action -> WireEnums.toDomain(action, io.keyfold.workflow.saga.Action.class).isEmpty()))
                .containsExactly(CommandAction.UNKNOWN);
    }

    private <T extends SpecificRecord> void canBeWritten(Topic<T> topic, T record) {
        try (var serde = serdes.serde(topic)) {
            byte[] bytes = serde.serializer().serialize("", record);
            // Avro's own equals fails on times in lists of records.
            assertThat(serde.deserializer().deserialize("", bytes)).hasToString(record.toString());
        }
    }
}
