package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// One decision in the making: the saga as it becomes, and what is sent out, in order. It lives within one call of
/// [SagaFold#fold] and is never shared.
final class Draft {
    private final Saga before;
    private final SagaSettings settings;
    private final Instant now;
    private final String actor;
    private final List<Effect> effects = new ArrayList<>();
    private Saga saga;

    /// @param actor who caused it, for the audit
    Draft(Saga saga, SagaSettings settings, Instant now, String actor) {
        this.before = saga;
        this.saga = saga;
        this.settings = settings;
        this.now = now;
        this.actor = actor;
    }

    Saga saga() {
        return saga;
    }

    /// The saga as it was before the event.
    Saga before() {
        return before;
    }

    Instant now() {
        return now;
    }

    SagaSettings settings() {
        return settings;
    }

    /// The latest run; only called where there is one.
    Run run() {
        return saga.lastRun().orElseThrow(() -> new IllegalStateException("No run of " + saga.cluster() + " yet"));
    }

    void become(Saga next) {
        saga = next;
    }

    void send(StepCommand command) {
        effects.add(new Effect.Send(command));
    }

    void tellLedger(
            LedgerRequest.Type type, String instanceId, ResourceKind kind, String resourceId, Optional<UUID> deleteId) {
        askLedger(type, instanceId, kind, resourceId, deleteId, List.of());
    }

    UUID askLedger(
            LedgerRequest.Type type,
            String instanceId,
            ResourceKind kind,
            String resourceId,
            Optional<UUID> deleteId,
            List<String> keptIds) {
        UUID id = Ids.of(saga.cluster(), saga.runs(), type, instanceId, resourceId, before.auditSequence(),
                effects.size());
        effects.add(
                new Effect.AskLedger(
                        new LedgerRequest(
                                id,
                                type,
                                saga.cluster(),
                                saga.runs(),
                                instanceId,
                                kind,
                                resourceId,
                                deleteId,
                                keptIds,
                                now)));
        return id;
    }

    // ---- what the saga lists

    /// Lists a resource, in place of what was listed under its id.
    void list(Resource resource) {
        List<Resource> next = new ArrayList<>(
                saga.resources().stream().filter(other -> !other.id().equals(resource.id())).toList());
        next.add(resource);
        become(saga.withResources(next));
    }

    void unlist(String id) {
        become(
                saga.withResources(
                        saga.resources().stream().filter(resource -> !resource.id().equals(id)).toList()));
    }

    /// What the standing rests on is gone, as a removal wants it: until the rest has followed, things are not as the last
    /// deploy made them.
    void noLongerHolds(String id) {
        saga.inForce().filter(inForce -> inForce.uses().containsValue(id))
                .filter(_ -> saga.standing() != Standing.DRIFTED)
                .ifPresent(inForce -> become(saga.standing(Standing.DRIFTED, now, inForce)));
    }

    /// Lets go of all that the cluster holds of these instances and no longer uses.
    void release(Stream<String> instanceIds) {
        for (String instanceId : instanceIds.distinct().toList()) {
            List<String> kept = saga.resources().stream()
                    .filter(resource -> resource.isInUse() && resource.instanceId().equals(instanceId))
                    .flatMap(resource -> Stream.of(instanceId, resource.id())).distinct().toList();
            askLedger(
                    LedgerRequest.Type.RELEASE,
                    instanceId,
                    ResourceKind.KMS_INSTANCE,
                    instanceId,
                    Optional.empty(),
                    kept);
        }
    }

    // ---- what is written down

    /// Writes a line about the latest run as a whole.
    void audit(AuditEvent event, String from, String to, String code, String message) {
        Optional<Run> run = saga.lastRun();
        write(
                new AuditLine(
                        event,
                        run.map(Run::number).orElse(0),
                        run.map(last -> last.request().requestId()).orElse(""),
                        Optional.empty(),
                        from,
                        to,
                        code,
                        "",
                        message,
                        actor));
    }

    /// Writes a line about a request that is not, or not yet, a run.
    void auditRequest(AuditEvent event, String requestId, RefusalCode code, String message) {
        auditRequest(event, requestId, code.name(), message);
    }

    void auditRequest(AuditEvent event, String requestId, String code, String message) {
        write(new AuditLine(event, 0, requestId, Optional.empty(), "", "", code, "", message, actor));
    }

    /// Writes a line about a step or one of its resources.
    void auditStep(
            AuditEvent event, int run, StepName step, String from, String to, String code, String id, String message) {
        String requestId = saga.lastRun().filter(last -> last.number() == run)
                .map(last -> last.request().requestId()).orElse("");
        write(new AuditLine(event, run, requestId, Optional.of(step), from, to, code, id, message, actor));
    }

    /// Writes down that a worker's answer changes nothing.
    void auditLateAnswer(SagaEvent.StepAnswered answered, String id, String why) {
        auditStep(
                AuditEvent.LATE_ANSWER,
                answered.run(),
                answered.step(),
                "",
                "",
                "",
                id,
                "Answer to " + answered.action() + " changes nothing: " + why);
    }

    private void write(AuditLine line) {
        effects.add(new Effect.Write(line));
    }

    Decision decision() {
        long written = effects.stream().filter(Effect.Write.class::isInstance).count();
        boolean changed = !saga.showsTheSameAs(before);
        Saga counted = saga.counted(before.revision() + (changed ? 1 : 0), before.auditSequence() + written);
        return new Decision(counted, effects, changed);
    }
}
