package io.keyfold.schemas;

import java.util.List;

/// How one topic, or one topic's schema, was found, and what was done about it.
///
/// @param name        of the topic or the subject
/// @param differences from the catalogue, each a sentence: what was found and what is wanted
public record Inspection(String name, State state, List<String> differences) {
    public enum State {
        /// Made just now.
        CREATED,
        /// There, as the catalogue wants it.
        AS_WANTED,
        /// There, but different.
        DIFFERS,
        MISSING
    }

    public Inspection {
        differences = List.copyOf(differences);
    }

    public boolean isGood() {
        return state == State.CREATED || state == State.AS_WANTED;
    }

    static Inspection created(String name) {
        return new Inspection(name, State.CREATED, List.of());
    }

    static Inspection missing(String name) {
        return new Inspection(name, State.MISSING, List.of(name + " does not exist"));
    }

    static Inspection compared(String name, List<String> differences) {
        return new Inspection(name, differences.isEmpty() ? State.AS_WANTED : State.DIFFERS, differences);
    }
}
