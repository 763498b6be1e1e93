package io.keyfold.cli.sweep;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.StepName;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the audit says of one cluster's runs, as far as a sweep asks.
final class ClusterHistory {
    private static final String NAMED = "RESOLVING";
    private static final String ASKED_FOR = "RUNNING";

    private final Map<Integer, Instant> begun = new HashMap<>();
    private final Map<Integer, Instant> instanceAskedFor = new TreeMap<>();
    private final Set<Integer> instanceNamed = new HashSet<>();
    private final Map<String, Instant> deleted = new HashMap<>();

    void add(ClusterEncryptionAudit line) {
        int run = line.getRun();
        boolean isOfTheInstance = line.getEvent() == AuditEvent.STEP_STARTED && line.getStep() == StepName.KMS_INSTANCE;
        if (line.getEvent() == AuditEvent.REQUEST_ACCEPTED && run > 0) {
            begun.put(run, line.getOccurredAt());
        } else if (isOfTheInstance && line.getFromState().equals("WAITING") && line.getToState().equals(NAMED)) {
            instanceNamed.add(run);
        } else if (isOfTheInstance && line.getToState().equals(ASKED_FOR)) {
            instanceAskedFor.putIfAbsent(run, line.getOccurredAt());
        } else if (line.getEvent() == AuditEvent.STEP_COMPENSATED && !line.getResourceId().isEmpty()) {
            deleted.put(line.getResourceId(), line.getOccurredAt());
        }
    }

    /// When a run began; empty if the audit does not know it.
    Optional<Instant> begun(int run) {
        return Optional.ofNullable(begun.get(run));
    }

    /// Whether there was a run at all.
    boolean hasBegun() {
        return !begun.isEmpty();
    }

    /// The latest run that had asked for an instance of its own by then.
    Optional<Integer> askedForAnInstance(Instant by) {
        return instanceAskedFor.entrySet().stream()
                .filter(asked -> !instanceNamed.contains(asked.getKey()) && !asked.getValue().isAfter(by))
                .map(Map.Entry::getKey).reduce(Math::max);
    }

    /// When the saga last saw it gone; empty if it never did.
    Optional<Instant> deleted(String id) {
        return Optional.ofNullable(deleted.get(id));
    }
}
