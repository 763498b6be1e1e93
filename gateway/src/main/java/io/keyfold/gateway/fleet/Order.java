package io.keyfold.gateway.fleet;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a list of clusters is sorted by; among equals by the cluster's id, so that every cluster has one place.
///
/// @param isDescending the greatest first; the ids among equals go up all the same
public record Order(By by, boolean isDescending) {
    public enum By {
        CLUSTER_ID,
        UPDATED_AT,
        STARTED_AT,
        STANDING,
        RUN_STATE;

        String wireName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public static final Order USUAL = new Order(By.CLUSTER_ID, false);

    /// Where a cluster stands in a list: what it is sorted by, and its id.
    public record Rank(long value, String id) {}

    private static final Comparator<Rank> UP = Comparator.comparingLong(Rank::value).thenComparing(Rank::id);
    private static final Comparator<Rank> DOWN =
            Comparator.comparingLong(Rank::value).reversed().thenComparing(Rank::id);
    private static final Comparator<Rank> IDS_DOWN = Comparator.comparing(Rank::id).reversed();

    /// `updated_at`, or `-updated_at` for the latest first; empty if there is no such order.
    public static Optional<Order> named(String name) {
        var isDescending = name.startsWith("-");
        var plain = isDescending ? name.substring(1) : name;
        return Arrays.stream(By.values()).filter(by -> by.wireName().equals(plain)).findAny()
                .map(by -> new Order(by, isDescending));
    }

    /// Every name that [#named(String)] knows, without the minus.
    public static List<String> names() {
        return Arrays.stream(By.values()).map(By::wireName).toList();
    }

    @Override
    public String toString() {
        return (isDescending ? "-" : "") + by.wireName();
    }

    @SuppressWarnings("EnumOrdinal") // the contract's order, which only grows at its end
    Rank rank(Cluster cluster) {
        return new Rank(switch (by) {
            case CLUSTER_ID -> 0;
            case UPDATED_AT -> cluster.updatedAt();
            case STARTED_AT -> cluster.startedAt();
            case STANDING -> cluster.standing().ordinal();
            case RUN_STATE -> cluster.state().ordinal();
        }, cluster.id());
    }

    Comparator<Rank> ranks() {
        return by == By.CLUSTER_ID && isDescending ? IDS_DOWN : isDescending ? DOWN : UP;
    }
}
