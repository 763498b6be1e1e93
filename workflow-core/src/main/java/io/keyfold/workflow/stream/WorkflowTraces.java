package io.keyfold.workflow.stream;

import io.keyfold.contract.SourcePosition;
import io.keyfold.monitoring.traces.PastSpan;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.TraceParent;
import io.keyfold.workflow.ledger.LedgerReply;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.saga.Answer;
import io.keyfold.workflow.saga.AuditEvent;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Effect;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.RunState;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.SagaEvent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;

/// Tells what the workflow has decided as spans: each request, each command from its being written to its being answered,
/// what the ledger was asked, and each run as a whole once it has ended.
///
/// Their ids are derived from what they are about, so that a decision that Kafka lets be taken again tells the same spans
/// again (docs/decisions/0065).
final class WorkflowTraces {
    private static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("keyfold.cluster.id");
    private static final AttributeKey<Long> RUN = AttributeKey.longKey("keyfold.run");
    private static final AttributeKey<String> KIND = AttributeKey.stringKey("keyfold.run.kind");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("keyfold.request.id");
    private static final AttributeKey<String> STEP = AttributeKey.stringKey("keyfold.step");
    private static final AttributeKey<String> ACTION = AttributeKey.stringKey("keyfold.action");
    private static final AttributeKey<String> COMMAND = AttributeKey.stringKey("keyfold.command.id");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("keyfold.outcome");
    private static final AttributeKey<String> LEDGER = AttributeKey.stringKey("keyfold.ledger.request.id");
    private static final AttributeKey<String> RESOURCE = AttributeKey.stringKey("keyfold.resource.kind");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION =
            AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    private final Traces traces;
    private final String installation;

    WorkflowTraces(Traces traces, String installation) {
        this.traces = traces;
        this.installation = installation;
    }

    /// In which trace what follows from a cause goes on: a run's records stay in the trace of the request that the run began
    /// with, whatever they are caused by. What is told somebody who asked in vain stays in his.
    Trail trail(Saga before, Decision decision, Cause cause) {
        if (!traces.isOn()) {
            return new Trail.PassedOn(cause.headers());
        }
        String others = CommandSpan.othersState(cause.headers());
        Saga after = decision.saga();
        Optional<RunSpan> going =
                cause.isRequest() && !doesSomething(before, decision) ? Optional.empty() : going(before);
        return begun(before, after).map(run -> begin(after, run, going, cause)).or(() -> going)
                .map(span -> new Trail.Within(Optional.of(span), span.context(), others))
                .orElseGet(() -> new Trail.Within(Optional.empty(), outside(before, cause), others));
    }

    private static Optional<RunSpan> going(Saga saga) {
        return saga.goingRun().flatMap(_ -> RunSpan.parse(saga.trace()));
    }

    private static Optional<Run> begun(Saga before, Saga after) {
        return after.lastRun().filter(run -> run.number() > before.runs());
    }

    /// A run that begins because another has ended is a part of that one's trace.
    private RunSpan begin(Saga saga, Run run, Optional<RunSpan> going, Cause cause) {
        String name = "run/" + installation + "/" + saga.cluster() + "/" + run.number() + "/"
                + run.request().requestId();
        Optional<TraceParent> asked = TraceParent.of(cause.headers());
        if (going.isPresent()) {
            TraceParent parent = going.get().context();
            return new RunSpan(parent.span(name), Optional.of(parent.spanId()));
        }
        if (asked.isEmpty() || CloudEventHeaders.beginsTrace(cause.headers())) {
            return new RunSpan(asked.orElseGet(() -> TraceParent.derived(name)), Optional.empty());
        }
        return new RunSpan(asked.get().span(name), Optional.of(asked.get().spanId()));
    }

    /// What has happened to a cluster without a run: a request, an answer, or that its time has come.
    private TraceParent outside(Saga saga, Cause cause) {
        if (cause.isRequest()) {
            return ofRequest(cause).context();
        }
        return TraceParent.of(cause.headers())
                .map(given -> CommandSpan.of(cause.headers()).flatMap(CommandSpan::parentId).map(given::at)
                        .orElse(given))
                .orElseGet(
                        () -> TraceParent.derived(
                                "time/" + installation + "/" + saga.cluster() + "/" + saga.auditSequence()));
    }

    /// The span of a request that no run has begun with.
    private RunSpan ofRequest(Cause cause) {
        String name = "request/" + installation + "/" + cause.place();
        Optional<TraceParent> given = TraceParent.of(cause.headers());
        if (given.isEmpty()) {
            return new RunSpan(TraceParent.derived(name), Optional.empty());
        }
        // The id that a record names with which the trace begins is its run's; it may have been asked for twice.
        return new RunSpan(
                given.get().span(name),
                CloudEventHeaders.beginsTrace(cause.headers()) ? Optional.empty() : Optional.of(given.get().spanId()));
    }

    /// Whether more comes of it than a line of the audit.
    private static boolean doesSomething(Saga before, Decision decision) {
        return sendsSomething(decision) || !before.lastRun().equals(decision.saga().lastRun());
    }

    /// What the saga keeps until its run has ended.
    static String kept(Saga before, Trail trail, Saga after) {
        return after.goingRun().map(_ -> trail.run().map(RunSpan::kept).orElse(before.trace())).orElse("");
    }

    /// @param event what was decided on; empty if it was not read as any
    void decided(Saga before, Decision decision, Trail trail, Cause cause, Optional<SagaEvent> event, Instant now) {
        if (!(trail instanceof Trail.Within within)) {
            return;
        }
        Saga after = decision.saga();
        List<AuditLine> lines = decision.effects().stream()
                .filter(Effect.Write.class::isInstance).map(effect -> ((Effect.Write) effect).line()).toList();
        Optional<Run> begun = begun(before, after);
        if (cause.isRequest()) {
            request(before, after, begun.flatMap(_ -> within.run()), lines, cause, now);
        } else if (event.orElse(null) instanceof SagaEvent.StepAnswered answered && !isIgnored(lines)) {
            CommandSpan.of(cause.headers()).ifPresent(span -> command(after, span, answered, now));
        } else if (within.run().isEmpty() && cause.position().isEmpty() && sendsSomething(decision)) {
            woken(after, within.span(), now);
        }
        lines.stream().filter(line -> line.event() == AuditEvent.RUN_ENDED)
                .forEach(line -> ended(before, after, line.run(), line.to(), within, now));
        begun.filter(run -> !run.state().isGoing())
                .filter(run -> lines.stream().noneMatch(line -> isEndOf(run, line)))
                .ifPresent(run -> ended(before, after, run.number(), run.state().name(), within, now));
    }

    /// An answer that was there before has told its span then.
    private static boolean isIgnored(List<AuditLine> lines) {
        return !lines.isEmpty() && lines.stream().allMatch(line -> line.event() == AuditEvent.IGNORED);
    }

    private static boolean sendsSomething(Decision decision) {
        return decision.effects().stream().anyMatch(effect -> !(effect instanceof Effect.Write));
    }

    private static boolean isEndOf(Run run, AuditLine line) {
        return line.event() == AuditEvent.RUN_ENDED && line.run() == run.number();
    }

    private void request(
            Saga before, Saga after, Optional<RunSpan> begun, List<AuditLine> lines, Cause cause, Instant now) {
        RunSpan own = begun
                .map(run -> new RunSpan(
                        run.context().span("request/" + installation + "/" + cause.place()),
                        Optional.of(run.context().spanId())))
                .orElseGet(() -> ofRequest(cause));
        AttributesBuilder attributes = process(cause.position().orElseThrow());
        attributes.put(CLUSTER, after.cluster().toString());
        Optional<AuditLine> first =
                lines.stream().filter(line -> line.event() != AuditEvent.SOURCE_REPLACED).findFirst();
        first.ifPresent(line -> {
            attributes.put(OUTCOME, word(line.event()));
            attributes.put(REQUEST, line.requestId());
        });
        Optional<String> refusal = first.filter(
                line -> line.event() == AuditEvent.REQUEST_REFUSED || line.event() == AuditEvent.CONTROL_REFUSED)
                .map(AuditLine::code);
        refusal.ifPresent(code -> attributes.put(Traces.ERROR_TYPE, code));
        List<SpanContext> links = begun.isPresent() ? List.of()
                : going(before).stream().map(run -> context(run.context())).toList();
        tell(own, "process " + topic(cause), SpanKind.CONSUMER, cause.since(), now, attributes, refusal, links);
    }

    /// A request that has become a dead letter.
    void unusable(Cause cause, String reason, Instant now) {
        if (traces.isOn() && cause.isRequest()) {
            AttributesBuilder attributes = process(cause.position().orElseThrow());
            attributes.put(OUTCOME, "dead_letter");
            attributes.put(Traces.ERROR_TYPE, reason);
            tell(
                    ofRequest(cause), "process " + topic(cause), SpanKind.CONSUMER, cause.since(), now, attributes,
                    Optional.of(reason), List.of());
        }
    }

    private void command(Saga saga, CommandSpan span, SagaEvent.StepAnswered answered, Instant now) {
        AttributesBuilder attributes = Attributes.builder();
        attributes.put(CLUSTER, saga.cluster().toString());
        attributes.put(RUN, (long) answered.run());
        run(saga, saga, answered.run()).ifPresent(run -> attributes.put(REQUEST, run.request().requestId()));
        attributes.put(STEP, word(answered.step()));
        attributes.put(ACTION, word(answered.action()));
        attributes.put(COMMAND, answered.command().toString());
        attributes.put(OUTCOME, outcome(answered.answer()));
        Optional<String> fault = fault(answered.answer()).map(failed -> failed.code().name());
        fault.ifPresent(code -> attributes.put(Traces.ERROR_TYPE, code));
        tell(
                new RunSpan(span.context(), span.parentId()),
                word(answered.action()) + " " + answered.step().words(),
                SpanKind.PRODUCER, span.begin(), now, attributes, fault, List.of());
    }

    private static String outcome(Answer answer) {
        return switch (answer) {
            case Answer.Completed(_, var ours, _, _) -> ours ? "created" : "adopted";
            case Answer.NothingFound _ -> "nothing_found";
            case Answer.Failed _ -> "failed";
            case Answer.Deferred _ -> "deferred";
            case Answer.Compensated _ -> "compensated";
            case Answer.CompensationFailed _ -> "compensation_failed";
            case Answer.Verified _ -> "verified";
            case Answer.Expired _ -> "expired";
        };
    }

    /// What is only put off has not failed.
    private static Optional<Fault> fault(Answer answer) {
        return switch (answer) {
            case Answer.Failed(var fault, _) -> Optional.of(fault);
            case Answer.CompensationFailed(_, var fault) -> Optional.of(fault);
            default -> Optional.empty();
        };
    }

    private void woken(Saga saga, TraceParent span, Instant now) {
        AttributesBuilder attributes = Attributes.builder();
        attributes.put(CLUSTER, saga.cluster().toString());
        tell(
                new RunSpan(span, Optional.empty()), "wake cluster", SpanKind.INTERNAL, now, now, attributes,
                Optional.empty(), List.of());
    }

    private void ended(Saga before, Saga after, int number, String state, Trail.Within within, Instant now) {
        Optional<RunSpan> span = begun(before, after).filter(run -> run.number() == number).isPresent() ? within.run()
                : RunSpan.parse(before.trace());
        run(before, after, number).ifPresent(run -> span.ifPresent(own -> {
            AttributesBuilder attributes = Attributes.builder();
            attributes.put(CLUSTER, after.cluster().toString());
            attributes.put(RUN, (long) number);
            attributes.put(KIND, word(run.kind()));
            attributes.put(REQUEST, run.request().requestId());
            attributes.put(OUTCOME, state.toLowerCase(Locale.ROOT));
            run.fault().ifPresent(fault -> attributes.put(Traces.ERROR_TYPE, fault.code().name()));
            Optional<String> failure = state.equals(RunState.FAILED.name())
                    ? Optional.of(run.fault().map(fault -> fault.code().name()).orElse(state))
                    : Optional.empty();
            tell(
                    own, "run " + word(run.kind()), SpanKind.INTERNAL, run.startedAt(), now, attributes, failure,
                    List.of());
        }));
    }

    /// Of two runs in one decision both are known: the first is the one before.
    private static Optional<Run> run(Saga before, Saga after, int number) {
        return Stream.of(after, before).flatMap(saga -> saga.lastRun().stream())
                .filter(run -> run.number() == number)
                .findFirst();
    }

    /// What the ledger was told or asked, from its being written to its being answered.
    void ledger(LedgerRequest request, List<LedgerReply> replies, Headers headers, Instant now) {
        if (!traces.isOn()) {
            return;
        }
        TraceParent.of(headers).ifPresent(parent -> {
            AttributesBuilder attributes = process(Topics.LEDGER_REQUESTS.name());
            attributes.put(CLUSTER, request.cluster().toString());
            attributes.put(RUN, (long) request.run());
            attributes.put(LEDGER, request.id().toString());
            attributes.put(RESOURCE, word(request.kind()));
            attributes.put(
                    OUTCOME,
                    replies.stream().filter(reply -> reply.request().id().equals(request.id())).findFirst()
                            .map(reply -> word(reply.verdict())).orElse("noted"));
            tell(
                    new RunSpan(parent.span("ledger/" + request.id()), Optional.of(parent.spanId())),
                    "ledger " + word(request.type()), SpanKind.CONSUMER, request.issuedAt(), now, attributes,
                    Optional.empty(), List.of());
        });
    }

    private static AttributesBuilder process(String topic) {
        AttributesBuilder attributes = Attributes.builder();
        attributes.put(SYSTEM, "kafka");
        attributes.put(OPERATION, "process");
        attributes.put(OPERATION_TYPE, "process");
        attributes.put(DESTINATION, topic);
        return attributes;
    }

    private static AttributesBuilder process(SourcePosition position) {
        AttributesBuilder attributes = process(position.getTopic());
        attributes.put(PARTITION, String.valueOf(position.getPartition()));
        attributes.put(OFFSET, position.getOffset());
        return attributes;
    }

    private static String topic(Cause cause) {
        return cause.position().map(SourcePosition::getTopic).orElse("");
    }

    private void tell(
            RunSpan span, String name, SpanKind kind, Instant begin, Instant end, AttributesBuilder attributes,
            Optional<String> failure, List<SpanContext> links) {
        traces.tell(
                new PastSpan(
                        context(span.context()), span.parentId(), name, kind, begin, end, attributes.build(), failure,
                        links));
    }

    private static SpanContext context(TraceParent named) {
        return SpanContext.create(
                named.traceId(), named.spanId(), TraceFlags.fromHex(named.flags(), 0), TraceState.getDefault());
    }

    private static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT);
    }
}
