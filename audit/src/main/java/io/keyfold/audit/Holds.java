package io.keyfold.audit;

import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.LedgerVerdict;
import io.keyfold.contract.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// Whether anything was deleted that another cluster held: by what the ledger was asked and has said, counted here once
/// more and in another way, and by the calls themselves.
final class Holds {
    private final Findings findings;
    private final Map<UUID, LedgerReply> replies = new HashMap<>();
    private final Map<String, List<Hold>> holds = new HashMap<>();
    private final Map<String, Set<String>> idsByInstance = new HashMap<>();
    private final Map<String, Set<UUID>> deletes = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private final Map<String, List<Leave>> leaves = new HashMap<>();

    private static final class Hold {
        private final String cluster;
        private final Instant from;
        private Optional<Instant> until = Optional.empty();

        Hold(String cluster, Instant from) {
            this.cluster = cluster;
            this.from = from;
        }

        boolean isAt(Instant moment) {
            return !from.isAfter(moment) && until.map(moment::isBefore).orElse(true);
        }
    }

    /// Leave to delete.
    private record Leave(String cluster, Instant from) {}

    private Holds(TopicEvidence topics, Findings findings) {
        this.findings = findings;
        topics.ledgerReplies().stream().filter(reply -> reply.getVerdict() != LedgerVerdict.RELEASED)
                .forEach(reply -> replies.putIfAbsent(reply.getLedgerRequestId(), reply));
        topics.ledgerRequests().forEach(
                request -> {
                    var ids = idsByInstance.computeIfAbsent(request.getInstanceId(), _ -> new LinkedHashSet<>());
                    ids.add(request.getInstanceId());
                    ids.add(request.getResourceId());
                });
    }

    static void check(Evidence evidence, Findings findings) {
        var holds = new Holds(evidence.topics(), findings);
        findings.checked(Invariant.NOTHING_HELD_IS_DELETED, evidence.topics().ledgerRequests().size());
        evidence.topics().ledgerRequests().forEach(holds::read);
        evidence.cloud().ifPresent(
                cloud -> cloud.effects().stream().filter(Effect::isDeletion).filter(cloud::isJudged)
                        .forEach(holds::check));
    }

    private void read(LedgerRequest request) {
        Optional<LedgerReply> granted = Optional.ofNullable(replies.get(request.getLedgerRequestId()))
                .filter(reply -> reply.getVerdict() == LedgerVerdict.GRANTED);
        String id = request.getResourceId();
        switch (request.getType()) {
            case HOLD -> granted.ifPresent(reply -> hold(request, reply.getRepliedAt()));
            case CREATED -> begin(request, request.getIssuedAt());
            case DELETE -> granted.ifPresent(reply -> leave(request, reply.getRepliedAt()));
            case DELETED -> {
                deleted.add(id);
                of(id).forEach(hold -> end(hold, request.getIssuedAt()));
            }
            case DELETE_REFUSED -> {
                if (request.getDeleteId() != null) {
                    deletes.getOrDefault(id, Set.of()).remove(request.getDeleteId());
                }
            }
            case RELEASE -> release(request);
            case UNKNOWN -> {} // of a later version
        }
    }

    private void hold(LedgerRequest request, Instant from) {
        if (isBeingDeleted(request.getResourceId()) || isBeingDeleted(request.getInstanceId())) {
            violated(request, "was granted, though it is being deleted");
        }
        begin(request, from);
    }

    /// Whoever uses a key or an authorization uses its instance too.
    private void begin(LedgerRequest request, Instant from) {
        for (String id : List.of(request.getResourceId(), request.getInstanceId())) {
            boolean isHeld = current(id).anyMatch(hold -> hold.cluster.equals(request.getClusterId()));
            if (!isHeld) {
                holds.computeIfAbsent(id, _ -> new ArrayList<>()).add(new Hold(request.getClusterId(), from));
            }
        }
    }

    private List<Hold> of(String id) {
        return holds.getOrDefault(id, List.of());
    }

    private Stream<Hold> current(String id) {
        return of(id).stream().filter(hold -> hold.until.isEmpty());
    }

    private boolean isBeingDeleted(String id) {
        return deleted.contains(id) || !deletes.getOrDefault(id, Set.of()).isEmpty();
    }

    /// Who skips an authorization may rely on one that is there, so that whoever holds its instance holds it too.
    private void leave(LedgerRequest request, Instant from) {
        String id = request.getResourceId();
        String needed = request.getResourceKind() == ResourceKind.ROOT_KEY ? id : request.getInstanceId();
        List<String> others = current(needed).map(hold -> hold.cluster)
                .filter(cluster -> !cluster.equals(request.getClusterId())).toList();
        if (!others.isEmpty() && !isBeingDeleted(id)) {
            violated(request, "was granted, though " + others + " hold " + needed);
        }
        deletes.computeIfAbsent(id, _ -> new HashSet<>()).add(request.getLedgerRequestId());
        leaves.computeIfAbsent(id, _ -> new ArrayList<>()).add(new Leave(request.getClusterId(), from));
    }

    /// A release is about one instance and what lies in it.
    private void release(LedgerRequest request) {
        idsByInstance.getOrDefault(request.getInstanceId(), Set.of()).stream()
                .filter(id -> !request.getKeptIds().contains(id)).flatMap(this::current)
                .filter(hold -> hold.cluster.equals(request.getClusterId()))
                .forEach(hold -> end(hold, request.getIssuedAt()));
    }

    private static void end(Hold hold, Instant at) {
        if (hold.until.isEmpty()) {
            hold.until = Optional.of(at);
        }
    }

    private void check(Effect effect) {
        List<Leave> before = leaves.getOrDefault(effect.resource(), List.of()).stream()
                .filter(leave -> !leave.from.isAfter(effect.at())).toList();
        if (before.isEmpty()) {
            violated(effect, "the ledger had given nobody leave");
            return;
        }
        List<String> others = of(effect.resource()).stream().filter(hold -> hold.isAt(effect.at()))
                .map(hold -> hold.cluster)
                .filter(cluster -> before.stream().noneMatch(leave -> leave.cluster.equals(cluster))).toList();
        if (!others.isEmpty()) {
            violated(effect, "held by " + others);
        }
    }

    private void violated(LedgerRequest request, String what) {
        findings.violated(
                Invariant.NOTHING_HELD_IS_DELETED, request.getClusterId(),
                (request.getType() == LedgerRequestType.HOLD ? "a hold on " : "leave to delete ")
                        + request.getResourceId() + " (" + request.getLedgerRequestId() + ") " + what);
    }

    private void violated(Effect effect, String what) {
        findings.violated(Calls.violation(Invariant.NOTHING_HELD_IS_DELETED, effect, "", what));
    }
}
