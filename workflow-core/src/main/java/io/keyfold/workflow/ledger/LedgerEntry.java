package io.keyfold.workflow.ledger;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What is known of one Key Protect instance and all in it.
///
/// @param holds   by cluster, the ids it holds: the instance's GUID, keys, policies
/// @param creator by id, the cluster whose saga created it
/// @param bars    by id, who is removing it and the deletes sent for it that were not definitely refused
/// @param waiting by id, the DELETE that was refused because of others' holds; its cluster is told when they let go
public record LedgerEntry(
        SortedMap<String, List<String>> holds,
        SortedMap<String, String> creator,
        SortedMap<String, Bar> bars,
        SortedMap<String, LedgerRequest> waiting) {
    public LedgerEntry {
        holds = Collections.unmodifiableSortedMap(new TreeMap<>(holds));
        creator = Collections.unmodifiableSortedMap(new TreeMap<>(creator));
        bars = Collections.unmodifiableSortedMap(new TreeMap<>(bars));
        waiting = Collections.unmodifiableSortedMap(new TreeMap<>(waiting));
    }

    /// An id that nobody may adopt.
    public record Bar(String by, List<UUID> deletes) {
        public Bar {
            deletes = List.copyOf(deletes);
        }
    }

    public static LedgerEntry empty() {
        return new LedgerEntry(
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap());
    }

    LedgerEntry holding(SortedMap<String, List<String>> holds) {
        return new LedgerEntry(holds, creator, bars, waiting);
    }

    LedgerEntry createdBy(SortedMap<String, String> creator) {
        return new LedgerEntry(holds, creator, bars, waiting);
    }

    LedgerEntry barring(SortedMap<String, Bar> bars) {
        return new LedgerEntry(holds, creator, bars, waiting);
    }

    LedgerEntry waitedFor(SortedMap<String, LedgerRequest> waiting) {
        return new LedgerEntry(holds, creator, bars, waiting);
    }

    static <V> SortedMap<String, V> with(Map<String, V> map, String key, V value) {
        SortedMap<String, V> next = new TreeMap<>(map);
        next.put(key, value);
        return next;
    }

    static <V> SortedMap<String, V> without(Map<String, V> map, String key) {
        SortedMap<String, V> next = new TreeMap<>(map);
        next.remove(key);
        return next;
    }
}
