package io.keyfold.audit;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an audit has come to.
///
/// @param checked    how many things each invariant was held against; an invariant that was not checked is not in it
/// @param violations all that does not hold
/// @param told       what is no violation and yet worth knowing
public record Report(Map<Invariant, Long> checked, List<Violation> violations, List<String> told) {
    public Report {
        checked = checked.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(checked));
        violations = List.copyOf(violations);
        told = List.copyOf(told);
    }

    /// How many things this invariant was held against; empty if it was not checked.
    public Optional<Long> checked(Invariant invariant) {
        return Optional.ofNullable(checked.get(invariant));
    }

    public long violations(Invariant invariant) {
        return violations.stream().filter(violation -> violation.invariant() == invariant).count();
    }
}
