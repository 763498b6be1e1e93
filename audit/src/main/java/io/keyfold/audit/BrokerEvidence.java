package io.keyfold.audit;

import java.time.Instant;
import java.util.List;

/// What the broker says of those who read and write.
public record BrokerEvidence(List<Transaction> open, List<Unread> unread) {
    public BrokerEvidence {
        open = List.copyOf(open);
        unread = List.copyOf(unread);
    }

    /// An open transaction.
    ///
    /// @param begin     its first record in this partition
    /// @param lastWrite when it last wrote there
    public record Transaction(Place begin, long producer, Instant lastWrite) {}

    /// Records that a consumer group has not read.
    ///
    /// @param from    the first of them
    /// @param members how many processes the group has
    public record Unread(String group, Place from, long records, int members) {}
}
