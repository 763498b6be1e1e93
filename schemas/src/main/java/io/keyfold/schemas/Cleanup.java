package io.keyfold.schemas;

/// What a topic does with its old records; the names are Kafka's `cleanup.policy`.
public enum Cleanup {
    /// Records older than the topic's retention go.
    DELETE("delete"),
    /// The latest record of every key stays.
    COMPACT("compact");

    private final String policy;

    Cleanup(String policy) {
        this.policy = policy;
    }

    public String policy() {
        return policy;
    }
}
