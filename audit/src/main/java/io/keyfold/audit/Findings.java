package io.keyfold.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What has been looked at and found so far.
final class Findings {
    private final Map<Invariant, Long> checked = new EnumMap<>(Invariant.class);
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    void checked(Invariant invariant) {
        checked(invariant, 1);
    }

    void checked(Invariant invariant, long count) {
        checked.merge(invariant, count, Long::sum);
    }

    void violated(Violation violation) {
        violations.add(violation);
    }

    void violated(Invariant invariant, String cluster, String what, Place... places) {
        violated(Violation.of(invariant, cluster, what, places));
    }

    void told(String what) {
        told.add(what);
    }

    Report report() {
        return new Report(checked, violations, told);
    }
}
