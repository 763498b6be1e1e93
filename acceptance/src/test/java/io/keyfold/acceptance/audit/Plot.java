package io.keyfold.acceptance.audit;

import io.keyfold.acceptance.audit.Evidence.Answer;
import io.keyfold.acceptance.audit.Evidence.Command;
import io.keyfold.acceptance.audit.Evidence.Effect;
import io.keyfold.acceptance.audit.Evidence.Place;
import io.keyfold.acceptance.audit.Evidence.Request;
import io.keyfold.acceptance.audit.Evidence.Thing;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.LedgerVerdict;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.SourcePosition;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.ContractClasses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/// The evidence of one cluster that was deployed into a new instance with a new key, beside somebody else's key; and
/// what may be wrong with it. Each thing that happens comes a second after the one before.
final class Plot {
    static final String CLUSTER = "acc/hpc-1";
    static final String INSTANCE = "instance-1";
    static final String KEY = "key-1";
    static final String TEAM_KEY = "team-key";
    static final Place PLACE = new Place("cluster-deploy-requested", 0, 0);
    private static final String US = "iam-ServiceId-1";
    private static final String MARK = "kf-default-hpc-1-1-";

    static {
        ContractClasses.trust();
    }

    private Instant now = Instant.parse("2026-11-24T03:00:00Z");
    private final Set<Place> deadLetters = new HashSet<>();
    private final List<ClusterEncryptionAudit> audit = new ArrayList<>();
    private final List<ClusterEncryptionStatus> statuses = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<LedgerRequest> ledgerRequests = new ArrayList<>();
    private final List<LedgerReply> ledgerReplies = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Thing> things = new ArrayList<>();
    private final List<ResourceStatus> resources = new ArrayList<>();

    Plot() {
        things.add(new Thing(ResourceKind.ROOT_KEY, TEAM_KEY, TEAM_KEY, List.of(), "acc", "IBMid-1", true));
        line(AuditEvent.REQUEST_ACCEPTED, 1, "IN_PROGRESS");
        made(StepName.KMS_INSTANCE, ResourceKind.KMS_INSTANCE, INSTANCE);
        made(StepName.ROOT_KEY, ResourceKind.ROOT_KEY, KEY);
        line(AuditEvent.STEP_COMPLETED, 1, "CREATED");
        line(AuditEvent.RUN_ENDED, 1, "COMPLETED");
        status(1, RunState.IN_PROGRESS);
        status(2, RunState.COMPLETED);
    }

    private void made(StepName step, ResourceKind kind, String id) {
        Command order = command(step, CommandAction.PROVISION, Optional.empty());
        with(order).answered(order, id).makes(kind, id).lists(step, id, Ownership.CREATED);
        ask(LedgerRequestType.CREATED, CLUSTER, id, Optional.empty());
    }

    private Instant next() {
        now = now.plusSeconds(1);
        return now;
    }

    // ---- what happens

    Command command(StepName step, CommandAction action, Optional<String> expectedId) {
        String kind = step == StepName.KMS_INSTANCE ? "hpc-1-kms" : "hpc-1-key";
        return new Command(UUID.randomUUID(), CLUSTER, 1, step, action, expectedId, MARK + step, kind, next());
    }

    List<Command> commands() {
        return commands;
    }

    Plot with(Command command) {
        commands.add(command);
        return this;
    }

    Plot withoutCommands() {
        commands.clear();
        return this;
    }

    private Plot answered(Command command, String... told) {
        answers.add(
                new Answer(command.id(), CLUSTER, command.run(), command.step(), "COMPLETED", List.of(told), next()));
        return this;
    }

    /// An instance has no mark.
    Plot makes(ResourceKind kind, String id) {
        boolean isInstance = kind == ResourceKind.KMS_INSTANCE;
        things.add(
                new Thing(
                        kind, id, isInstance ? "hpc-1-kms" : "hpc-1-key",
                        isInstance ? List.of() : List.of(MARK + StepName.ROOT_KEY), "acc", US, true));
        effects.add(effect(id, false));
        return this;
    }

    Plot orderedToDelete(String id) {
        Command order = command(StepName.ROOT_KEY, CommandAction.COMPENSATE, Optional.of(id));
        return with(order).answered(order, id);
    }

    Plot deletes(String id) {
        effects.add(effect(id, true));
        return gone(id);
    }

    private Effect effect(String id, boolean isDeletion) {
        return new Effect(
                effects.size() + 1, next(), "acc", US, isDeletion, isDeletion ? "delete" : "create", id, INSTANCE, "");
    }

    Plot gone(String id) {
        things.replaceAll(
                thing -> thing.id().equals(id)
                        ? new Thing(
                                thing.kind(), id, thing.name(), thing.marks(), thing.account(), thing.by(), false)
                        : thing);
        return this;
    }

    /// All in order.
    Plot removed() {
        for (String id : List.of(KEY, INSTANCE)) {
            granted(LedgerRequestType.DELETE, CLUSTER, id).orderedToDelete(id).deletes(id).doesNotList(id);
            ask(LedgerRequestType.DELETED, CLUSTER, id, Optional.empty());
        }
        statuses.clear();
        status(1, RunState.COMPLETED, Standing.DEPROVISIONED);
        return revisionOfTheAudit(1);
    }

    // ---- the ledger

    Plot granted(LedgerRequestType type, String cluster, String id) {
        LedgerRequest request = ask(type, cluster, id, Optional.empty());
        ledgerReplies.add(
                LedgerReply.newBuilder().setLedgerRequestId(request.getLedgerRequestId()).setType(type)
                        .setClusterId(cluster).setInstanceId(INSTANCE).setResourceId(id)
                        .setVerdict(LedgerVerdict.GRANTED).setRepliedAt(next()).build());
        return this;
    }

    /// The delete that was given leave last was refused by the cloud.
    Plot refused(String cluster, String id) {
        ask(LedgerRequestType.DELETE_REFUSED, cluster, id, Optional.of(ledgerRequests.getLast().getLedgerRequestId()));
        return this;
    }

    private LedgerRequest ask(LedgerRequestType type, String cluster, String id, Optional<UUID> delete) {
        var request = LedgerRequest.newBuilder().setLedgerRequestId(UUID.randomUUID()).setType(type).setAccount("acc")
                .setClusterId(cluster).setInstanceId(INSTANCE).setResourceId(id).setResourceKind(
                        id.equals(INSTANCE) ? ResourceKind.KMS_INSTANCE : ResourceKind.ROOT_KEY)
                .setIssuedAt(next());
        delete.ifPresent(request::setDeleteId);
        ledgerRequests.add(request.build());
        return ledgerRequests.getLast();
    }

    // ---- what the saga says

    Plot line(AuditEvent event, int run, String to) {
        boolean isRequest = event == AuditEvent.REQUEST_ACCEPTED;
        audit.add(
                ClusterEncryptionAudit.newBuilder().setClusterId(CLUSTER).setSequence(audit.size() + 1L)
                        .setRevision(2).setRun(run).setEvent(event).setToState(to)
                        .setCause(
                                isRequest
                                        ? SourcePosition.newBuilder().setTopic(PLACE.topic())
                                                .setPartition(PLACE.partition()).setOffset(PLACE.offset()).build()
                                        : null)
                        .build());
        return this;
    }

    Plot without(Predicate<ClusterEncryptionAudit> which) {
        audit.removeIf(which);
        return this;
    }

    Plot numberedAnew() {
        for (int at = 0; at < audit.size(); at++) {
            audit.set(at, ClusterEncryptionAudit.newBuilder(audit.get(at)).setSequence(at + 1L).build());
        }
        return this;
    }

    Plot revisionOfTheAudit(long revision) {
        var last = ClusterEncryptionAudit.newBuilder(audit.removeLast()).setRevision(revision);
        audit.add(last.build());
        return this;
    }

    Plot dead(Place place) {
        deadLetters.add(place);
        return this;
    }

    Plot status(long revision, RunState state) {
        return status(revision, state, Standing.CUSTOMER_MANAGED);
    }

    private Plot status(long revision, RunState state, Standing standing) {
        statuses.add(
                ClusterEncryptionStatus.newBuilder().setClusterId(CLUSTER).setRevision(revision).setStanding(standing)
                        .setLastRun(RunStatus.newBuilder().setRun(1).setState(state).build())
                        .setResources(List.copyOf(resources))
                        .build());
        return this;
    }

    Plot lists(StepName step, String id, Ownership ownership) {
        resources.add(ResourceStatus.newBuilder().setStep(step).setId(id).setOwnership(ownership).setRun(1).build());
        return relisted();
    }

    Plot doesNotList(String id) {
        resources.removeIf(resource -> resource.getId().equals(id));
        return relisted();
    }

    private Plot relisted() {
        statuses.replaceAll(
                status -> ClusterEncryptionStatus.newBuilder(status).setResources(List.copyOf(resources)).build());
        return this;
    }

    Evidence evidence() {
        var request = new Request(PLACE, CLUSTER, true, "r-1", "deploy r-1", now);
        return new Evidence(
                List.of(request), deadLetters, Map.of(CLUSTER, audit), Map.of(CLUSTER, statuses), commands, answers,
                ledgerRequests, ledgerReplies, effects, things);
    }
}
