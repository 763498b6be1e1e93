package io.keyfold.acceptance.audit;

import java.util.List;
import java.util.stream.Stream;

/// Looks whether all that must always hold did hold, whatever was duplicated, delayed, killed or read again meanwhile.
public final class Auditor {
    private Auditor() {}

    /// All that does not hold when nothing goes on any more, nothing is parked, and clusters may be in use.
    public static List<Violation> atRest(Evidence evidence) {
        return Stream.of(
                Requests.of(evidence), Runs.of(evidence), Commands.of(evidence), Holds.of(evidence),
                Things.of(evidence)).flatMap(List::stream).toList();
    }

    /// The same once all clusters have been removed.
    public static List<Violation> atTheEnd(Evidence evidence) {
        return Stream.concat(atRest(evidence).stream(), Things.left(evidence).stream()).toList();
    }
}
