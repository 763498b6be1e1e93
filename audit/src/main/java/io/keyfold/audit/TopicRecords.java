package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.audit.TopicEvidence.Letter;
import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.audit.TopicEvidence.Partition;
import io.keyfold.audit.TopicEvidence.Request;
import io.keyfold.audit.TopicEvidence.RequestsRead;
import io.keyfold.audit.TopicEvidence.Status;
import io.keyfold.audit.TopicEvidence.Unreadable;
import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.Hash128;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.SourcePosition;
import io.keyfold.contract.StepEventType;
import io.keyfold.schemas.AuditChain;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Makes evidence of records, in whatever order the topics are read.
public final class TopicRecords {
    /// The topics that an audit reads, those that may be read together in one group. What causes something comes before what
    /// it causes: where the topics grow meanwhile, nothing is seen without its consequence but what is still going on.
    public static final List<List<Topic<? extends SpecificRecord>>> IN_ORDER = List.of(
            Topics.REQUESTS,
            Topics.COMMANDS,
            Stream.concat(Topics.ANSWERS.stream(), Stream.of(Topics.LEDGER_REQUESTS, Topics.LEDGER_REPLIES)).toList(),
            List.of(Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT, Topics.DEAD_LETTERS));

    public static final List<Topic<? extends SpecificRecord>> READ =
            IN_ORDER.stream().<Topic<? extends SpecificRecord>>flatMap(List::stream).toList();

    private static final HexFormat HEX = HexFormat.of();

    private final boolean withWords;
    private final Predicate<Place> isDone;
    private final Map<String, String> texts = new HashMap<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<Letter> deadLetters = new ArrayList<>();
    private final Map<String, List<Line>> audit = new HashMap<>();
    private final Map<String, List<Status>> statuses = new HashMap<>();
    private final Map<String, ClusterEncryptionStatus> latest = new HashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<LedgerRequest> ledgerRequests = new ArrayList<>();
    private final List<LedgerReply> ledgerReplies = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();

    /// @param withWords whether to keep what records say in words: to tell what happened, not to judge
    /// @param isDone    whether the worker that reads the command there has said that it is through with it
    public TopicRecords(boolean withWords, Predicate<Place> isDone) {
        this.withWords = withWords;
        this.isDone = isDone;
    }

    /// @param key   of the record, as text
    /// @param at    its timestamp
    /// @param value its bytes
    /// @param record what they say
    public void take(Place place, String key, Instant at, byte[] value, SpecificRecord record) {
        String cluster = text(key);
        switch (record) {
            case ClusterDeployRequested deploy -> requests.add(
                    new Request(
                            place, cluster, true, deploy.getRequestId(), words("deploy " + deploy.getRequestId()), at));
            case ClusterControlRequested control -> requests.add(
                    new Request(
                            place, cluster, false, control.getControlId(),
                            words(
                                    control.getAction() + " " + control.getRequestId() + " ("
                                            + control.getControlId() + ")"),
                            at));
            case KmsInstanceCommand it -> commands.add(
                    new Command(
                            place, it.getCommandId(), cluster, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getInstanceName(),
                            it.getIssuedAt(), isDone.test(place)));
            case RootKeyCommand it -> commands.add(
                    new Command(
                            place, it.getCommandId(), cluster, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getKeyName(), it.getIssuedAt(),
                            isDone.test(place)));
            case AuthorizationCommand it -> commands.add(
                    new Command(
                            place, it.getCommandId(), cluster, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getMark(), it.getIssuedAt(),
                            isDone.test(place)));
            case KmsInstanceEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), cluster, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case RootKeyEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), cluster, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case AuthorizationEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), cluster, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case LedgerRequest request -> ledgerRequests.add(request);
            case LedgerReply reply -> ledgerReplies.add(reply);
            case ClusterEncryptionStatus status -> take(place, cluster, status);
            case ClusterEncryptionAudit line -> audit.computeIfAbsent(cluster, _ -> new ArrayList<>())
                    .add(line(place, line, value));
            case DeadLetter letter -> take(place, letter);
            case SpecificRecord other -> throw new IllegalArgumentException("Not of the audit: " + other.getSchema());
        }
    }

    private void take(Place place, String cluster, ClusterEncryptionStatus status) {
        RunStatus run = status.getLastRun();
        statuses.computeIfAbsent(cluster, _ -> new ArrayList<>()).add(
                new Status(
                        place, status.getRevision(), run == null ? 0 : run.getRun(),
                        run == null ? RunState.UNKNOWN : run.getState()));
        latest.put(cluster, status);
    }

    /// That one was replayed is told by a record of its own, which is no dead letter.
    private void take(Place place, DeadLetter letter) {
        if (letter.getReplay() == null) {
            deadLetters.add(
                    new Letter(
                            place,
                            new Place(
                                    text(letter.getSourceTopic()), letter.getSourcePartition(),
                                    letter.getSourceOffset())));
        }
    }

    private Line line(Place place, ClusterEncryptionAudit line, byte[] value) {
        return new Line(
                place, line.getSequence(), line.getRevision(), line.getRun(), text(line.getRequestId()),
                line.getEvent(), text(line.getFromState()), text(line.getToState()),
                Optional.ofNullable(line.getCause()).map(this::place),
                text(Optional.ofNullable(line.getCause()).map(SourcePosition::getTopicId).orElse("")),
                hex(line.getPreviousHash()),
                HEX.formatHex(AuditChain.hash(value).bytes()), line.getOccurredAt(), words(line.getMessage()));
    }

    private Place place(SourcePosition cause) {
        return new Place(text(cause.getTopic()), cause.getPartition(), cause.getOffset());
    }

    private static String hex(@Nullable Hash128 hash) {
        return hash == null ? "" : HEX.formatHex(hash.bytes());
    }

    /// A record that cannot be read.
    public void takeUnreadable(Place place, String key, String why) {
        unreadable.add(new Unreadable(place, text(key), why));
    }

    /// All that was taken so far.
    ///
    /// @param cut          the partitions whose first records have been deleted
    /// @param requestsRead how much of the topics of requests was taken
    public TopicEvidence evidence(Set<Partition> cut, RequestsRead requestsRead) {
        return new TopicEvidence(
                List.copyOf(requests), List.copyOf(deadLetters), Map.copyOf(audit), Map.copyOf(statuses),
                Map.copyOf(latest), List.copyOf(commands), List.copyOf(answers), List.copyOf(ledgerRequests),
                List.copyOf(ledgerReplies), List.copyOf(unreadable), Set.copyOf(cut), requestsRead);
    }

    /// The latest status of each cluster so far.
    public Map<String, ClusterEncryptionStatus> latest() {
        return Map.copyOf(latest);
    }

    private String words(StepEventType type, String why, String worker) {
        return words(type + (why.isEmpty() ? "" : ", " + why) + " by " + worker);
    }

    private String words(String words) {
        return withWords ? words : "";
    }

    /// The same text is kept once.
    private String text(String text) {
        String known = texts.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    private static List<String> told(@Nullable ResourceRef resource, List<ResourceRef> surplus) {
        return Stream.concat(Stream.ofNullable(resource), surplus.stream()).map(ResourceRef::getId).toList();
    }
}
