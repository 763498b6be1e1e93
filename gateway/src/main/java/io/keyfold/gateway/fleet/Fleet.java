package io.keyfold.gateway.fleet;

import io.keyfold.contract.ClusterEncryptionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The latest status of every cluster. One thread writes, any number read.
public final class Fleet {
    /// So many removed clusters are remembered for those who come back and ask what has changed.
    private static final int REMEMBERED_REMOVALS = 10_000;

    private record Removal(String id, Place place) {}

    private final Map<String, Cluster> clusters = new ConcurrentHashMap<>();
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

    // What follows changes together, under this object's lock.
    private final FleetCounts.Tally tally = new FleetCounts.Tally();
    private final Deque<Removal> removals = new ArrayDeque<>();
    private Positions positions = Positions.NONE;
    private Positions forgotten = Positions.NONE;

    /// The topic that is read from now on, from its beginning.
    ///
    /// @param topicId tells it from another topic of the same name
    public synchronized void begin(String topicId, int partitions) {
        positions = Positions.beginning(topicId, partitions);
        forgotten = positions;
    }

    /// Takes a cluster's latest status.
    public void put(ClusterEncryptionStatus status, Place place) {
        var cluster = Cluster.of(status, place);
        synchronized (this) {
            var before = clusters.put(cluster.id(), cluster);
            if (before != null) {
                tally.remove(before);
            }
            tally.add(cluster);
            positions = positions.after(place);
            subscriptions.forEach(subscription -> subscription.changed(cluster.id()));
        }
    }

    /// A tombstone: the cluster is to be forgotten.
    public synchronized void remove(String id, Place place) {
        positions = positions.after(place);
        var before = clusters.remove(id);
        if (before != null) {
            tally.remove(before);
        }
        // Also of a cluster that was never seen here: who followed another gateway may know it.
        removals.addLast(new Removal(id, place));
        if (removals.size() > REMEMBERED_REMOVALS) {
            forgotten = forgotten.after(removals.removeFirst().place());
        }
        subscriptions.forEach(subscription -> subscription.changed(id));
    }

    /// A record was passed over.
    public synchronized void pass(Place place) {
        positions = positions.after(place);
    }

    public Optional<Cluster> cluster(String id) {
        return Optional.ofNullable(clusters.get(id));
    }

    public int size() {
        return clusters.size();
    }

    public synchronized FleetCounts counts() {
        return tally.counts();
    }

    /// Up to where this fleet knows its topic.
    public synchronized Positions positions() {
        return positions;
    }

    /// One page of the clusters that are selected. Clusters that change between two pages may be missed or come twice; what
    /// stays as it is comes once.
    ///
    /// @param after the last rank of the page before; empty for the first page
    public ClusterPage page(Selection selection, Order order, Optional<Order.Rank> after, int limit) {
        return page(selection, order, after, 0, limit);
    }

    /// @param skipped so many are passed over first: anywhere in a list without the pages before. Costs what sorting as many
    ///                costs, where a rank costs nothing
    public ClusterPage page(
            Selection selection, Order order, Optional<Order.Rank> after, int skipped, int limit) {
        var wanted = skipped + limit;
        var ranks = order.ranks();
        Comparator<Ranked> ranked = Comparator.comparing(Ranked::rank, ranks);
        var tallied = new FleetCounts.Tally();
        // The worst of the best on top: what is better takes its place. One more than asked for tells whether more follow.
        var best = new PriorityQueue<Ranked>(Math.min(wanted, clusters.size()) + 2, ranked.reversed());
        for (var cluster : clusters.values()) {
            if (!selection.contains(cluster)) {
                continue;
            }
            tallied.add(cluster);
            var rank = order.rank(cluster);
            if (after.isPresent() && ranks.compare(rank, after.get()) <= 0) {
                continue;
            }
            @Nullable
            Ranked worst = best.peek();
            if (worst == null || best.size() <= wanted) {
                best.add(new Ranked(rank, cluster));
            } else if (ranks.compare(rank, worst.rank()) < 0) {
                best.poll();
                best.add(new Ranked(rank, cluster));
            }
        }
        List<Ranked> sorted = new ArrayList<>(best);
        sorted.sort(ranked);
        var page = sorted.subList(Math.min(skipped, sorted.size()), Math.min(wanted, sorted.size()));
        var next = sorted.size() > wanted ? Optional.of(page.getLast().rank()) : Optional.<Order.Rank>empty();
        return new ClusterPage(page.stream().map(Ranked::cluster).toList(), tallied.counts(), next);
    }

    private record Ranked(Order.Rank rank, Cluster cluster) {}

    /// Follows the fleet from now on. To be closed.
    public Subscription subscribe() {
        var subscription = new Subscription(this);
        subscriptions.add(subscription);
        return subscription;
    }

    /// Follows the fleet from where somebody has stopped to follow it, here or at another gateway. What cannot be told any
    /// more makes the subscription begin with a reset. To be closed.
    public Subscription subscribe(Positions from) {
        var subscription = subscribe();
        synchronized (this) {
            if (!from.isOf(positions) || !forgotten.isReachedBy(from)) {
                subscription.reset();
                return subscription;
            }
            removals.stream().filter(removal -> from.isBefore(removal.place()))
                    .forEach(removal -> subscription.changed(removal.id()));
        }
        clusters.values().stream().filter(cluster -> from.isBefore(cluster.place()))
                .forEach(cluster -> subscription.changed(cluster.id()));
        return subscription;
    }

    void unsubscribe(Subscription subscription) {
        subscriptions.remove(subscription);
    }
}
