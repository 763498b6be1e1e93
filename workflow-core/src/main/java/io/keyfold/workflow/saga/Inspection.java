package io.keyfold.workflow.saga;

import java.util.List;
import java.util.Optional;

/// What a VERIFY saw of one resource.
///
/// @param differences   CHANGED, MISSING or UNSEEN: what differs, or why it could not be looked at
/// @param registrations a root key whose registrations could be read: what is encrypted with it
public record Inspection(
        Condition condition, List<String> differences, Optional<List<RegistrationCount>> registrations) {
    public Inspection {
        differences = List.copyOf(differences);
        registrations = registrations.map(List::copyOf);
    }

    static Inspection missing(String why) {
        return new Inspection(Condition.MISSING, List.of(why), Optional.empty());
    }

    static Inspection unseen(String why) {
        return new Inspection(Condition.UNSEEN, List.of(why), Optional.empty());
    }
}
