package io.keyfold.workflow.ledger;

import io.keyfold.workflow.ledger.LedgerEntry.Bar;
import io.keyfold.workflow.request.ResourceKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Folds what sagas tell and ask into an instance's ledger entry.
///
/// Told or asked twice, it ends the same: whatever is repeated finds its effect in place.
public final class LedgerFold {
    private LedgerFold() {}

    /// The new entry, and what is said: the answer if the request wants one, and a notice to each cluster that waited for
    /// what nobody else holds any more.
    public record Decision(LedgerEntry entry, List<LedgerReply> replies) {
        public Decision {
            replies = List.copyOf(replies);
        }
    }

    public static Decision fold(LedgerEntry entry, LedgerRequest request) {
        return switch (request.type()) {
            case HOLD -> hold(entry, request);
            case CREATED -> told(created(entry, request));
            case DELETE -> delete(entry, request);
            case DELETED -> noticed(deleted(entry, request));
            case DELETE_REFUSED -> told(unbar(entry, request));
            case RELEASE -> noticed(release(entry, request));
        };
    }

    private static Decision hold(LedgerEntry entry, LedgerRequest request) {
        Bar bar = barOn(entry, request);
        if (bar != null) {
            return reply(entry, new LedgerReply(request, Verdict.BARRED, List.of(), bar.by()));
        }
        return reply(
                holding(entry, request.cluster().toString(), request.instanceId(), request.resourceId()),
                new LedgerReply(request, Verdict.GRANTED, List.of(), ""));
    }

    private static LedgerEntry created(LedgerEntry entry, LedgerRequest request) {
        String cluster = request.cluster().toString();
        return holding(entry, cluster, request.instanceId(), request.resourceId())
                .createdBy(LedgerEntry.with(entry.creator(), request.resourceId(), cluster))
                .waitedFor(LedgerEntry.without(entry.waiting(), request.resourceId()));
    }

    private static Decision delete(LedgerEntry entry, LedgerRequest request) {
        Bar before = entry.bars().get(request.resourceId());
        List<String> holders = othersWhoNeed(entry, request);
        String creator = entry.creator().getOrDefault(request.resourceId(), request.cluster().toString());
        if (!creator.equals(request.cluster().toString())) {
            // Only the creator's saga deletes: whoever else asks has been told something wrong.
            return reply(entry, new LedgerReply(request, Verdict.REFUSED, List.of(creator), ""));
        }
        // Where a delete may be on its way already, one more can do no harm: nobody has begun to use the id since.
        if (before == null && !holders.isEmpty()) {
            return reply(
                    entry.waitedFor(LedgerEntry.with(entry.waiting(), request.resourceId(), request)),
                    new LedgerReply(request, Verdict.REFUSED, holders, ""));
        }
        List<UUID> deletes = Stream
                .concat(before == null ? Stream.of() : before.deletes().stream(), Stream.of(request.id())).distinct()
                .toList();
        Bar bar = new Bar(request.cluster().toString(), deletes);
        return reply(
                entry.barring(LedgerEntry.with(entry.bars(), request.resourceId(), bar))
                        .waitedFor(LedgerEntry.without(entry.waiting(), request.resourceId())),
                new LedgerReply(request, Verdict.GRANTED, List.of(), ""));
    }

    /// The bar stays for good: a DELETE still on its way could land on whoever adopted the id meanwhile.
    private static LedgerEntry deleted(LedgerEntry entry, LedgerRequest request) {
        return entry.holding(holdsWithout(entry, request.resourceId()))
                .createdBy(LedgerEntry.without(entry.creator(), request.resourceId()))
                .waitedFor(LedgerEntry.without(entry.waiting(), request.resourceId()));
    }

    private static LedgerEntry unbar(LedgerEntry entry, LedgerRequest request) {
        Bar bar = entry.bars().get(request.resourceId());
        if (bar == null) {
            return entry;
        }
        List<UUID> left = bar.deletes().stream().filter(id -> !Optional.of(id).equals(request.deleteId())).toList();
        return entry.barring(
                left.isEmpty() ? LedgerEntry.without(entry.bars(), request.resourceId())
                        : LedgerEntry.with(entry.bars(), request.resourceId(), new Bar(bar.by(), left)));
    }

    private static LedgerEntry release(LedgerEntry entry, LedgerRequest request) {
        String cluster = request.cluster().toString();
        List<String> held = entry.holds().getOrDefault(cluster, List.of());
        List<String> kept = held.stream().filter(request.keptIds()::contains).toList();
        return entry.holding(
                kept.isEmpty() ? LedgerEntry.without(entry.holds(), cluster)
                        : LedgerEntry.with(entry.holds(), cluster, kept));
    }

    /// Tells those who wait for what nobody else holds any more. It is a hint: they ask again.
    private static Decision noticed(LedgerEntry entry) {
        List<LedgerRequest> free = entry.waiting().values().stream()
                .filter(request -> othersWhoNeed(entry, request).isEmpty()).toList();
        LedgerEntry told = entry;
        for (LedgerRequest request : free) {
            told = told.waitedFor(LedgerEntry.without(told.waiting(), request.resourceId()));
        }
        return new Decision(
                told,
                free.stream().map(request -> new LedgerReply(request, Verdict.RELEASED, List.of(), "")).toList());
    }

    /// Whoever uses a key or a policy uses its instance too.
    private static LedgerEntry holding(LedgerEntry entry, String cluster, String instanceId, String resourceId) {
        var ids = new TreeSet<>(entry.holds().getOrDefault(cluster, List.of()));
        ids.add(instanceId);
        ids.add(resourceId);
        return entry.holding(LedgerEntry.with(entry.holds(), cluster, List.copyOf(ids)));
    }

    private static List<String> othersWhoNeed(LedgerEntry entry, LedgerRequest request) {
        // An authorization on an instance may be what a skipping cluster relies on, so any holder of the instance counts.
        String needed = request.kind() == ResourceKind.ROOT_KEY ? request.resourceId() : request.instanceId();
        return entry.holds().entrySet().stream().filter(holder -> !holder.getKey().equals(request.cluster().toString()))
                .filter(holder -> holder.getValue().contains(needed)).map(Map.Entry::getKey).toList();
    }

    private static @Nullable Bar barOn(LedgerEntry entry, LedgerRequest request) {
        Bar own = entry.bars().get(request.resourceId());
        return own != null ? own : entry.bars().get(request.instanceId());
    }

    private static java.util.SortedMap<String, List<String>> holdsWithout(LedgerEntry entry, String id) {
        var next = new java.util.TreeMap<String, List<String>>();
        entry.holds().forEach((cluster, ids) -> {
            List<String> left = ids.stream().filter(held -> !held.equals(id)).toList();
            if (!left.isEmpty()) {
                next.put(cluster, left);
            }
        });
        return next;
    }

    private static Decision told(LedgerEntry entry) {
        return new Decision(entry, List.of());
    }

    private static Decision reply(LedgerEntry entry, LedgerReply reply) {
        return new Decision(entry, List.of(reply));
    }
}
