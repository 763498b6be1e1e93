package io.keyfold.audit;

import io.keyfold.audit.BrokerEvidence.Transaction;
import io.keyfold.audit.BrokerEvidence.Unread;
import io.keyfold.audit.CloudEvidence.Calls;
import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.audit.CloudEvidence.Thing;
import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.audit.TopicEvidence.Letter;
import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.audit.TopicEvidence.Partition;
import io.keyfold.audit.TopicEvidence.Request;
import io.keyfold.audit.TopicEvidence.RequestsRead;
import io.keyfold.audit.TopicEvidence.Span;
import io.keyfold.audit.TopicEvidence.Status;
import io.keyfold.audit.TopicEvidence.Unreadable;
import io.keyfold.contract.AuditEvent;
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
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.ContractClasses;
import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The evidence of one cluster that was deployed into a new instance with a new key, beside somebody else's key; and
/// what may be wrong with it. Each thing that happens comes a second after the one before.
final class Plot {
    static final String CLUSTER = "acc/hpc-1";
    static final String INSTANCE = "instance-1";
    static final String KEY = "key-1";
    static final String TEAM_KEY = "team-key";
    static final Place PLACE = new Place(Topics.CLUSTER_DEPLOY_REQUESTED.name(), 0, 0);
    static final String TOPIC_ID = "the-topic-as-it-is-now";
    private static final String MARK = "kf-default-hpc-1-1-";

    static {
        ContractClasses.trust();
    }

    private static final Instant ASKED = Instant.parse("2026-11-24T03:00:00Z");

    private Instant now = ASKED;
    private final List<Request> requests =
            new ArrayList<>(List.of(new Request(PLACE, CLUSTER, true, "r-1", "deploy r-1", ASKED)));
    private final List<Letter> deadLetters = new ArrayList<>();
    private final List<Line> audit = new ArrayList<>();
    private final List<ClusterEncryptionStatus> statuses = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<LedgerRequest> ledgerRequests = new ArrayList<>();
    private final List<LedgerReply> ledgerReplies = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Thing> things = new ArrayList<>();
    private final List<ResourceStatus> resources = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final List<Transaction> transactions = new ArrayList<>();
    private final List<Unread> unread = new ArrayList<>();
    private final Set<Partition> cut = new HashSet<>();
    private final Set<String> moving = new HashSet<>();
    private final Map<String, List<Line>> invented = new HashMap<>();
    private Span requestsRead = new Span(0, 100);
    private long auditBefore = 1000;
    private UnaryOperator<List<Line>> forger = UnaryOperator.identity();

    Plot() {
        things.add(new Thing(ResourceKind.ROOT_KEY, TEAM_KEY, TEAM_KEY, List.of(), "acc", "", false, true, true));
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
        return new Command(
                new Place(Topics.ROOT_KEY_COMMANDS.name(), 0, commands.size()), UUID.randomUUID(), CLUSTER, 1, step,
                action, expectedId, MARK + step, kind, next(), true);
    }

    List<Command> commands() {
        return commands;
    }

    Plot with(Command command) {
        commands.add(command);
        return this;
    }

    /// An order that its worker has not taken up yet.
    Plot withUndone(StepName step, CommandAction action) {
        Command it = command(step, action, Optional.empty());
        return with(
                new Command(
                        it.place(), it.id(), it.cluster(), it.run(), it.step(), it.action(), it.expectedId(), it.mark(),
                        it.name(), it.issuedAt(), false));
    }

    Plot withoutCommands() {
        commands.clear();
        return this;
    }

    private Plot answered(Command command, String... told) {
        return told(command, command.run(), told);
    }

    /// Something is told of for the first time by the answer to a later run.
    Plot foundByRun(int run, String id) {
        return told(command(StepName.ROOT_KEY, CommandAction.PROVISION, Optional.empty()), run, id);
    }

    private Plot told(Command command, int run, String... told) {
        answers.add(new Answer(command.id(), CLUSTER, run, command.step(), "COMPLETED", List.of(told), next()));
        return this;
    }

    /// An instance has no mark.
    Plot makes(ResourceKind kind, String id) {
        boolean isInstance = kind == ResourceKind.KMS_INSTANCE;
        return makes(kind, id, isInstance ? List.of() : List.of(MARK + StepName.ROOT_KEY));
    }

    Plot makes(ResourceKind kind, String id, List<String> marks) {
        boolean isInstance = kind == ResourceKind.KMS_INSTANCE;
        things.add(
                new Thing(
                        kind, id, isInstance ? "hpc-1-kms" : "hpc-1-key", marks, "acc", CLUSTER, true, true, true));
        effects.add(effect(id, false));
        return this;
    }

    Plot orderedToDelete(String id) {
        Command order = command(StepName.ROOT_KEY, CommandAction.COMPENSATE, Optional.of(id));
        return with(order).answered(order);
    }

    Plot deletes(String id) {
        effects.add(effect(id, true));
        return gone(id);
    }

    private Effect effect(String id, boolean isDeletion) {
        return new Effect(
                effects.size() + 1, next(), "acc", true, isDeletion, isDeletion ? "delete" : "create", id, INSTANCE,
                "");
    }

    Plot gone(String id) {
        return become(id, false, true);
    }

    Plot disabled(String id) {
        return become(id, true, false);
    }

    private Plot become(String id, boolean isThere, boolean isUsable) {
        things.replaceAll(
                thing -> thing.id().equals(id)
                        ? new Thing(
                                thing.kind(), id, thing.name(), thing.marks(), thing.account(), thing.cluster(),
                                thing.isOurs(), isThere, isUsable)
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
                new Line(
                        new Place(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), 0, audit.size()), audit.size() + 1L, 2, run,
                        "r-1", event, "", to, isRequest ? Optional.of(PLACE) : Optional.empty(), TOPIC_ID, "", "",
                        next(), ""));
        return this;
    }

    Plot without(Predicate<Line> which) {
        audit.removeIf(which);
        return this;
    }

    Plot numberedAnew() {
        for (int at = 0; at < audit.size(); at++) {
            audit.set(at, numbered(audit.get(at), at + 1L));
        }
        return this;
    }

    Plot revisionOfTheAudit(long revision) {
        audit.replaceAll(
                line -> new Line(
                        line.place(), line.sequence(), revision, line.run(), line.requestId(), line.event(),
                        line.from(), line.to(), line.cause(), line.causeTopicId(), "", "", line.at(), ""));
        return this;
    }

    /// What somebody does to the audit that lies in its topic.
    Plot forged(UnaryOperator<List<Line>> how) {
        forger = how;
        return this;
    }

    /// Its request lay there, in a topic of that id, and is there no more.
    Plot asked(Place place, String topicId) {
        requests.clear();
        audit.replaceAll(
                line -> line.cause().isEmpty() ? line
                        : new Line(
                                line.place(), line.sequence(), line.revision(), line.run(), line.requestId(),
                                line.event(), line.from(), line.to(), Optional.of(place), topicId, "", "", line.at(),
                                ""));
        return this;
    }

    /// Somebody writes the audit of a cluster of which nobody has asked for anything, each record sealed.
    Plot invented(String cluster, Optional<Place> cause) {
        Place first = new Place(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), 0, 50);
        Place second = new Place(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), 0, 51);
        invented.put(
                cluster, List.of(
                        new Line(
                                first, 1, 0, 1, "r-9", AuditEvent.REQUEST_ACCEPTED, "", "IN_PROGRESS", cause, TOPIC_ID,
                                "", "first", next(), ""),
                        new Line(
                                second, 2, 0, 1, "r-9", AuditEvent.RUN_ENDED, "IN_PROGRESS", "COMPLETED",
                                Optional.empty(), "", "first", "second", next(), "")));
        return this;
    }

    static Line numbered(Line line, long sequence) {
        return new Line(
                line.place(), sequence, line.revision(), line.run(), line.requestId(), line.event(), line.from(),
                line.to(), line.cause(), line.causeTopicId(), line.previousHash(), line.hash(), line.at(), "");
    }

    static Line sealed(Line line, String previousHash, String hash) {
        return new Line(
                line.place(), line.sequence(), line.revision(), line.run(), line.requestId(), line.event(),
                line.from(), line.to(), line.cause(), line.causeTopicId(), previousHash, hash, line.at(), "");
    }

    private List<Line> sealedAudit() {
        var sealed = new ArrayList<Line>();
        for (Line line : audit) {
            sealed.add(
                    sealed(
                            line, sealed.isEmpty() ? "" : sealed.getLast().hash(),
                            line.sequence() + "-" + line.event()));
        }
        return forger.apply(sealed);
    }

    Plot dead(Place place) {
        deadLetters.add(new Letter(new Place(Topics.DEAD_LETTERS.name(), 0, deadLetters.size()), place));
        return this;
    }

    Plot unreadable(Place place) {
        unreadable.add(new Unreadable(place, CLUSTER, "The value is empty."));
        return this;
    }

    Plot status(long revision, RunState state) {
        return status(revision, state, Standing.CUSTOMER_MANAGED);
    }

    private Plot status(long revision, RunState state, Standing standing) {
        return status(revision, RunStatus.newBuilder().setRun(1).setState(state).build(), standing);
    }

    /// Its run should have ended by then.
    Plot overdue() {
        line(AuditEvent.REQUEST_ACCEPTED, 2, "IN_PROGRESS");
        return status(
                3, RunStatus.newBuilder().setRun(2).setState(RunState.IN_PROGRESS)
                        .setDeadline(now.minus(Duration.ofHours(1))).build(),
                Standing.CUSTOMER_MANAGED).revisionOfTheAudit(3);
    }

    Plot status(long revision, RunStatus run, Standing standing) {
        statuses.add(
                ClusterEncryptionStatus.newBuilder().setClusterId(CLUSTER).setRevision(revision).setStanding(standing)
                        .setLastRun(run).setResources(List.copyOf(resources)).build());
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

    // ---- what the broker says, and what is known of the evidence itself

    Plot opened(Duration ago) {
        transactions.add(new Transaction(new Place(Topics.ROOT_KEY_EVENTS.name(), 0, 7), 4711, now.minus(ago)));
        return this;
    }

    Plot unread(int members) {
        unread.add(
                new Unread("keyfold-default-root-key", new Place(Topics.ROOT_KEY_COMMANDS.name(), 0, 7), 3, members));
        return this;
    }

    Plot cut(String topic) {
        cut.add(new Partition(topic, 0));
        return this;
    }

    Plot requestsReadFrom(long begin) {
        requestsRead = new Span(begin, requestsRead.end());
        return this;
    }

    /// All of the audit was written while the topics were read.
    Plot auditBeganLater() {
        auditBefore = 0;
        return this;
    }

    Plot moving() {
        moving.add(CLUSTER);
        return this;
    }

    /// Another request of the cluster, which its audit says was refused.
    Plot refused(Place place) {
        requests.add(new Request(place, CLUSTER, true, "r-2", "deploy r-2", ASKED));
        audit.add(
                new Line(
                        new Place(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), 0, audit.size()), audit.size() + 1L, 2, 0,
                        "r-2", AuditEvent.REQUEST_REFUSED, "", "", Optional.of(place), TOPIC_ID, "", "", next(), ""));
        return this;
    }

    Evidence evidence() {
        List<Status> revisions = new ArrayList<>();
        statuses.forEach(
                status -> revisions.add(
                        new Status(
                                new Place(Topics.CLUSTER_ENCRYPTION_STATUS.name(), 0, revisions.size()),
                                status.getRevision(), status.getLastRun().getRun(), status.getLastRun().getState())));
        var topics = new TopicEvidence(
                requests, deadLetters, audits(), Map.of(CLUSTER, revisions),
                Map.of(CLUSTER, statuses.getLast()), commands, answers, ledgerRequests, ledgerReplies, unreadable, cut,
                new RequestsRead(
                        Map.of(Partition.of(PLACE), requestsRead), Map.of(PLACE.topic(), TOPIC_ID),
                        Map.of(new Partition(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), 0), auditBefore)));
        return new Evidence(
                topics,
                Optional.of(new CloudEvidence(Set.of("acc"), things, Optional.of(new Calls(effects, Instant.EPOCH)))),
                Optional.of(new BrokerEvidence(transactions, unread)), moving, now);
    }

    private Map<String, List<Line>> audits() {
        var audits = new HashMap<>(invented);
        audits.put(CLUSTER, sealedAudit());
        return audits;
    }
}
