package io.keyfold.gateway.fleet;

import java.util.Arrays;

/// Up to where each partition of a topic is known: the offset that comes next.
///
/// @param topicId tells one topic from another of the same name; empty before any is known
public record Positions(String topicId, long[] next) {
    static final Positions NONE = new Positions("", new long[0]);

    public Positions {
        next = next.clone();
    }

    static Positions beginning(String topicId, int partitions) {
        return new Positions(topicId, new long[partitions]);
    }

    @Override
    public long[] next() {
        return next.clone();
    }

    Positions after(Place place) {
        var moved = Arrays.copyOf(next, Math.max(next.length, place.partition() + 1));
        moved[place.partition()] = Math.max(moved[place.partition()], place.offset() + 1);
        return new Positions(topicId, moved);
    }

    /// Whether what lies there is not known yet.
    boolean isBefore(Place place) {
        return place.partition() >= next.length || place.offset() >= next[place.partition()];
    }

    /// Whether both are about one topic.
    boolean isOf(Positions other) {
        return topicId.equals(other.topicId) && next.length == other.next.length;
    }

    /// Whether the others know at least as much.
    boolean isReachedBy(Positions others) {
        for (var partition = 0; partition < next.length; partition++) {
            if (others.next.length <= partition || others.next[partition] < next[partition]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions(var otherId, var otherNext)
                && topicId.equals(otherId)
                && Arrays.equals(next, otherNext);
    }

    @Override
    public int hashCode() {
        return 31 * topicId.hashCode() + Arrays.hashCode(next);
    }

    @Override
    public String toString() {
        return topicId + Arrays.toString(next);
    }
}
