package io.keyfold.workflow.stream;

import static java.util.Optional.ofNullable;

import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.Finding;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.workflow.ledger.Verdict;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.saga.Action;
import io.keyfold.workflow.saga.Answer;
import io.keyfold.workflow.saga.CloudResource;
import io.keyfold.workflow.saga.Condition;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.FaultCode;
import io.keyfold.workflow.saga.Inspection;
import io.keyfold.workflow.saga.RegistrationCount;
import io.keyfold.workflow.saga.SagaEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What workers and the ledger answer, in the domain's words.
///
/// An answer that lacks what its kind needs, or is of a kind that this version does not know, is refused: acting on half
/// an answer could delete or keep the wrong thing.
final class AnswerMapping {
    private static final String LEDGER = "ledger";

    /// No worker puts anything off for longer; what is further off is no duration that can be reckoned with.
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private AnswerMapping() {}

    static Mapped instance(KmsInstanceEvent event, Instant now) {
        return mapped(new WorkerEvent(
                event.getCommandId(),
                event.getRun(),
                event.getStep(),
                event.getAction(),
                event.getType(),
                event.getFinding(),
                event.getResource(),
                event.getSurplus(),
                event.getDeferredUntil(),
                event.getWhy(),
                event.getFault(),
                event.getVisibleSince(),
                event.getWorker(),
                event.getOccurredAt(),
                event.getInspection(),
                event.getStopsClock(),
                event.getRestorableUntil()), now);
    }

    static Mapped rootKey(RootKeyEvent event, Instant now) {
        return mapped(new WorkerEvent(
                event.getCommandId(),
                event.getRun(),
                event.getStep(),
                event.getAction(),
                event.getType(),
                event.getFinding(),
                event.getResource(),
                event.getSurplus(),
                event.getDeferredUntil(),
                event.getWhy(),
                event.getFault(),
                event.getVisibleSince(),
                event.getWorker(),
                event.getOccurredAt(),
                event.getInspection(),
                event.getStopsClock(),
                event.getRestorableUntil()), now);
    }

    static Mapped authorization(AuthorizationEvent event, Instant now) {
        return mapped(new WorkerEvent(
                event.getCommandId(),
                event.getRun(),
                event.getStep(),
                event.getAction(),
                event.getType(),
                event.getFinding(),
                event.getResource(),
                event.getSurplus(),
                event.getDeferredUntil(),
                event.getWhy(),
                event.getFault(),
                event.getVisibleSince(),
                event.getWorker(),
                event.getOccurredAt(),
                event.getInspection(),
                event.getStopsClock(),
                event.getRestorableUntil()), now);
    }

    static Mapped ledgerReply(LedgerReply reply) {
        return WireEnums.toDomain(reply.getVerdict(), Verdict.class)
                .<Mapped>map(verdict -> new Mapped.Event(new SagaEvent.LedgerAnswered(
                        reply.getLedgerRequestId(),
                        verdict,
                        reply.getResourceId(),
                        reply.getHolders(),
                        reply.getBarredBy())))
                .orElseGet(() -> Mapped.refused(
                        reply.getRun(),
                        LEDGER,
                        "The ledger answered request " + reply.getLedgerRequestId()
                                + " with a verdict that this version does not know."));
    }

    /// What the three workers' events have in common, which is everything.
    private record WorkerEvent(
            UUID command,
            int run,
            io.keyfold.contract.StepName step,
            CommandAction action,
            StepEventType type,
            Finding finding,
            @Nullable ResourceRef resource,
            List<ResourceRef> surplus,
            @Nullable Instant deferredUntil,
            String why,
            io.keyfold.contract.@Nullable Fault fault,
            @Nullable Instant visibleSince,
            String worker,
            Instant occurredAt,
            io.keyfold.contract.@Nullable Inspection inspection,
            boolean stopsClock,
            @Nullable Instant restorableUntil) {}

    /// @param now by our own clock
    private static Mapped mapped(WorkerEvent event, Instant now) {
        Optional<StepName> step = WireEnums.toDomain(event.step(), StepName.class);
        Optional<Action> action = WireEnums.toDomain(event.action(), Action.class);
        Optional<Answer> answer = answer(event, now);
        if (step.isEmpty() || action.isEmpty() || answer.isEmpty()) {
            return Mapped.refused(
                    event.run(),
                    event.worker(),
                    "The answer to command " + event.command() + " (step " + event.step() + ", action " + event.action()
                            + ", type " + event.type() + ", finding " + event.finding()
                            + ") is of a kind that this version does not know, or lacks what its kind needs.");
        }
        return new Mapped.Event(new SagaEvent.StepAnswered(
                event.command(), event.run(), step.get(), action.get(), answer.get(), event.worker()));
    }

    private static Optional<Answer> answer(WorkerEvent event, Instant now) {
        return switch (event.type()) {
            case COMPLETED -> completed(event);
            case FAILED -> Optional.of(new Answer.Failed(faultOf(event), named(event).map(AnswerMapping::resource)));
            case DEFERRED -> ofNullable(event.deferredUntil()).map(until -> new Answer.Deferred(
                    byOurClock(until, event.occurredAt(), now),
                    event.why(),
                    ofNullable(event.fault()).map(AnswerMapping::fault),
                    named(event).map(AnswerMapping::resource),
                    event.stopsClock()));
            case COMPENSATED -> named(event).map(ref -> new Answer.Compensated(
                    ref.getId(), ofNullable(event.restorableUntil()), event.why()));
            case COMPENSATION_FAILED ->
                named(event).map(ref -> new Answer.CompensationFailed(ref.getId(), faultOf(event)));
            case VERIFIED ->
                ofNullable(event.inspection()).flatMap(AnswerMapping::inspection).map(Answer.Verified::new);
            case EXPIRED -> Optional.of(new Answer.Expired(event.why()));
            case UNKNOWN -> Optional.empty();
        };
    }

    /// How long is to be waited is what counts, from now on: the worker's clock may be another than ours, and what it waits
    /// for is a call that may be under way.
    private static Instant byOurClock(Instant until, Instant answeredAt, Instant now) {
        Duration wait = Duration.between(answeredAt, until);
        return wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0 ? until : now.plus(wait);
    }

    private static Optional<Answer> completed(WorkerEvent event) {
        return switch (event.finding()) {
            case CREATED -> found(event, true);
            case ADOPTED -> found(event, false);
            case NOT_FOUND -> Optional.of(new Answer.NothingFound());
            case UNKNOWN -> Optional.empty();
        };
    }

    private static Optional<Answer> found(WorkerEvent event, boolean ours) {
        Instant visibleSince = ofNullable(event.visibleSince()).orElse(event.occurredAt());
        List<CloudResource> surplus =
                event.surplus().stream().map(AnswerMapping::resource).toList();
        return named(event).map(ref -> new Answer.Completed(resource(ref), ours, visibleSince, surplus));
    }

    /// The resource; one without an id says nothing.
    private static Optional<ResourceRef> named(WorkerEvent event) {
        return ofNullable(event.resource()).filter(ref -> !ref.getId().isEmpty());
    }

    private static CloudResource resource(ResourceRef ref) {
        return new CloudResource(
                ref.getId(),
                ref.getCrn(),
                ref.getName(),
                ref.getInstanceId(),
                ref.getRegion(),
                ofNullable(ref.getCreatedAt()));
    }

    /// What was seen; empty if it is seen in a condition that this version does not know.
    private static Optional<Inspection> inspection(io.keyfold.contract.Inspection seen) {
        List<RegistrationCount> registrations = seen.getRegistrations().stream().map(AnswerMapping::registrations)
                .toList();
        return WireEnums.toDomain(seen.getCondition(), Condition.class)
                .map(condition -> new Inspection(
                        condition,
                        seen.getDifferences(),
                        Optional.of(registrations).filter(_ -> seen.getRegistrationsCounted())));
    }

    private static RegistrationCount registrations(io.keyfold.contract.RegistrationCount counted) {
        return new RegistrationCount(
                WireEnums.toDomain(counted.getStorageService(), StorageService.class),
                counted.getService(),
                counted.getResourceType(),
                counted.getCount());
    }

    private static Fault faultOf(WorkerEvent event) {
        return ofNullable(event.fault())
                .map(AnswerMapping::fault)
                .orElseGet(
                        () -> Fault.ours(FaultCode.UNKNOWN, "The worker did not say what went wrong. " + event.why()));
    }

    private static Fault fault(io.keyfold.contract.Fault fault) {
        return new Fault(
                WireEnums.toDomain(fault.getCode(), FaultCode.class).orElse(FaultCode.UNKNOWN),
                fault.getMessage(),
                fault.getIbmCode(),
                fault.getIbmMessage(),
                fault.getTransactionId(),
                fault.getHttpStatus(),
                fault.getOutcomeUnknown());
    }
}
