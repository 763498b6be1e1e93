package io.keyfold.workers.step;

import java.util.List;
import java.util.Optional;

/// What a VERIFY saw of the resource that its command names.
///
/// @param differences   what should be and what is, a sentence each; none where it is intact
/// @param registrations what is encrypted with a root key; empty where that was not read
public record Inspection(
        Condition condition, List<String> differences, Optional<List<RegistrationCount>> registrations) {
    public Inspection {
        differences = List.copyOf(differences);
        registrations = registrations.map(List::copyOf);
    }

    /// The symbols are among those of the contract's `ResourceCondition`.
    public enum Condition {
        INTACT,
        CHANGED,
        /// Gone, or on the way out. Only ever said where IBM Cloud itself says so of this very resource.
        MISSING
    }

    /// One that is there.
    public static Inspection ofStanding(List<String> differences) {
        return new Inspection(
                differences.isEmpty() ? Condition.INTACT : Condition.CHANGED, differences, Optional.empty());
    }

    public static Inspection ofMissing(String difference) {
        return new Inspection(Condition.MISSING, List.of(difference), Optional.empty());
    }

    public Inspection with(Optional<List<RegistrationCount>> counted) {
        return new Inspection(condition, differences, counted);
    }
}
