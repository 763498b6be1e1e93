package io.keyfold.acceptance.audit;

import io.keyfold.acceptance.audit.Evidence.Effect;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.LedgerVerdict;
import io.keyfold.contract.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Whether anything was deleted that another cluster held: by what the ledger was asked and has said, counted here once
/// more and in another way, and by the calls themselves.
final class Holds {
    private final Evidence evidence;
    private final Map<UUID, LedgerReply> replies = new HashMap<>();
    private final List<Hold> holds = new ArrayList<>();
    private final Map<String, Set<UUID>> deletes = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private final List<Leave> leaves = new ArrayList<>();
    private final List<Violation> found = new ArrayList<>();

    private static final class Hold {
        private final String id;
        private final String cluster;
        private final Instant from;
        private Optional<Instant> until = Optional.empty();

        Hold(String id, String cluster, Instant from) {
            this.id = id;
            this.cluster = cluster;
            this.from = from;
        }

        boolean isAt(Instant moment) {
            return !from.isAfter(moment) && until.map(moment::isBefore).orElse(true);
        }
    }

    /// Leave to delete.
    private record Leave(String id, String cluster, Instant from) {}

    private Holds(Evidence evidence) {
        this.evidence = evidence;
        evidence.ledgerReplies().stream().filter(reply -> reply.getVerdict() != LedgerVerdict.RELEASED)
                .forEach(reply -> replies.putIfAbsent(reply.getLedgerRequestId(), reply));
    }

    static List<Violation> of(Evidence evidence) {
        var holds = new Holds(evidence);
        evidence.ledgerRequests().forEach(holds::read);
        evidence.effects().stream().filter(Effect::isDeletion).filter(effect -> Evidence.isServiceId(effect.by()))
                .forEach(holds::check);
        return holds.found;
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
                holds.stream().filter(hold -> hold.id.equals(id)).forEach(hold -> end(hold, request.getIssuedAt()));
            }
            case DELETE_REFUSED -> {
                if (request.getDeleteId() != null) {
                    deletes.getOrDefault(id, Set.of()).remove(request.getDeleteId());
                }
            }
            case RELEASE -> release(request);
            case UNKNOWN -> throw new IllegalArgumentException("The ledger was asked what nobody knows: " + request);
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
            boolean isHeld = current().stream()
                    .anyMatch(hold -> hold.id.equals(id) && hold.cluster.equals(request.getClusterId()));
            if (!isHeld) {
                holds.add(new Hold(id, request.getClusterId(), from));
            }
        }
    }

    private List<Hold> current() {
        return holds.stream().filter(hold -> hold.until.isEmpty()).toList();
    }

    private boolean isBeingDeleted(String id) {
        return deleted.contains(id) || !deletes.getOrDefault(id, Set.of()).isEmpty();
    }

    /// Who skips an authorization may rely on one that is there, so that whoever holds its instance holds it too.
    private void leave(LedgerRequest request, Instant from) {
        String id = request.getResourceId();
        String needed = request.getResourceKind() == ResourceKind.ROOT_KEY ? id : request.getInstanceId();
        List<String> others = current().stream().filter(hold -> hold.id.equals(needed)).map(hold -> hold.cluster)
                .filter(cluster -> !cluster.equals(request.getClusterId())).toList();
        if (!others.isEmpty() && !isBeingDeleted(id)) {
            violated(request, "was granted, though " + others + " hold " + needed);
        }
        deletes.computeIfAbsent(id, _ -> new HashSet<>()).add(request.getLedgerRequestId());
        leaves.add(new Leave(id, request.getClusterId(), from));
    }

    private void release(LedgerRequest request) {
        holds.stream().filter(hold -> hold.cluster.equals(request.getClusterId()))
                .filter(hold -> isOf(hold, request) && !request.getKeptIds().contains(hold.id))
                .forEach(hold -> end(hold, request.getIssuedAt()));
    }

    /// A release is about one instance and what lies in it.
    private boolean isOf(Hold hold, LedgerRequest request) {
        return hold.id.equals(request.getInstanceId()) || evidence.ledgerRequests().stream()
                .anyMatch(other -> other.getResourceId().equals(hold.id)
                        && other.getInstanceId().equals(request.getInstanceId()));
    }

    private static void end(Hold hold, Instant at) {
        if (hold.until.isEmpty()) {
            hold.until = Optional.of(at);
        }
    }

    private void check(Effect effect) {
        List<Leave> before = leaves.stream()
                .filter(leave -> leave.id.equals(effect.resource()) && !leave.from.isAfter(effect.at())).toList();
        if (before.isEmpty()) {
            violated(effect, "the ledger had given nobody leave");
            return;
        }
        List<String> others = holds.stream().filter(hold -> hold.id.equals(effect.resource()) && hold.isAt(effect.at()))
                .map(hold -> hold.cluster)
                .filter(cluster -> before.stream().noneMatch(leave -> leave.cluster.equals(cluster))).toList();
        if (!others.isEmpty()) {
            violated(effect, "held by " + others);
        }
    }

    private void violated(LedgerRequest request, String what) {
        found.add(
                Violation.of(
                        Invariant.NOTHING_HELD_IS_DELETED, request.getClusterId(),
                        (request.getType() == LedgerRequestType.HOLD ? "a hold on " : "leave to delete ")
                                + request.getResourceId() + " (" + request.getLedgerRequestId() + ") " + what));
    }

    private void violated(Effect effect, String what) {
        found.add(
                new Violation(
                        Invariant.NOTHING_HELD_IS_DELETED, effect.account(),
                        effect.operation() + " of " + effect.resource() + " in " + effect.account() + ", call "
                                + effect.number() + " at " + effect.at() + ": " + what));
    }
}
