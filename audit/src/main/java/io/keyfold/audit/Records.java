package io.keyfold.audit;

import io.keyfold.audit.TopicEvidence.Letter;
import io.keyfold.schemas.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether every record can be read, and dead letters say of which record they are.
final class Records {
    /// They are read exactly once, so that no record of theirs becomes two dead letters; others may.
    private static final Set<String> READ_ONCE =
            Set.of(Topics.CLUSTER_DEPLOY_REQUESTED.name(), Topics.CLUSTER_CONTROL_REQUESTED.name());

    private Records() {}

    static void check(TopicEvidence topics, Findings findings) {
        Map<Place, Letter> dead = new HashMap<>();
        Set<Place> known = new HashSet<>();
        for (Letter letter : topics.deadLetters()) {
            findings.checked(Invariant.DEAD_LETTERS_NAME_THEIR_ORIGIN);
            Place origin = letter.origin();
            known.add(origin);
            if (origin.topic().isEmpty() || origin.partition() < 0 || origin.offset() < 0) {
                findings.violated(
                        Invariant.DEAD_LETTERS_NAME_THEIR_ORIGIN, "",
                        "a dead letter does not say of which record it is",
                        letter.place());
                continue;
            }
            Letter other = dead.put(origin, letter);
            if (other != null && READ_ONCE.contains(origin.topic())) {
                findings.violated(
                        Invariant.DEAD_LETTERS_NAME_THEIR_ORIGIN, "", "two dead letters are of " + origin,
                        other.place(), letter.place());
            }
        }
        findings.checked(Invariant.EACH_RECORD_CAN_BE_READ, count(topics));
        topics.unreadable().stream().filter(record -> !known.contains(record.place())).forEach(
                record -> findings.violated(
                        Invariant.EACH_RECORD_CAN_BE_READ, record.cluster(), "a record cannot be read: " + record.why(),
                        record.place()));
    }

    private static long count(TopicEvidence topics) {
        return topics.requests().size() + topics.deadLetters().size() + topics.commands().size()
                + topics.answers().size() + topics.ledgerRequests().size() + topics.ledgerReplies().size()
                + topics.unreadable().size()
                + topics.audit().values().stream().mapToLong(List::size).sum()
                + topics.statuses().values().stream().mapToLong(List::size).sum();
    }
}
