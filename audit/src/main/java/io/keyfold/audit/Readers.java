package io.keyfold.audit;

import java.time.Duration;
import java.time.Instant;

/// Whether those who read and write Kafka keep up.
final class Readers {
    /// The longest transaction of ours is given up by the broker after 10 seconds.
    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(1);

    private Readers() {}

    static void check(BrokerEvidence broker, Instant now, Findings findings) {
        findings.checked(Invariant.NO_TRANSACTION_HANGS, broker.open().size());
        broker.open().stream().filter(open -> open.lastWrite().plus(LONGEST_TRANSACTION).isBefore(now)).forEach(
                open -> findings.violated(
                        Invariant.NO_TRANSACTION_HANGS, "",
                        "producer " + open.producer() + " has kept a transaction open since " + open.lastWrite(),
                        open.begin()));
        findings.checked(Invariant.ALL_IS_READ, broker.unread().size());
        broker.unread().stream().filter(unread -> unread.records() > 0 && unread.members() == 0).forEach(
                unread -> findings.violated(
                        Invariant.ALL_IS_READ, "",
                        unread.records() + " records wait for " + unread.group() + ", which has no process",
                        unread.from()));
    }
}
