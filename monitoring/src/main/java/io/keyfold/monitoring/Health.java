package io.keyfold.monitoring;

import java.util.List;

/// Whether a process is as it should be, check by check.
public record Health(List<Check> checks) {
    public Health {
        checks = List.copyOf(checks);
    }

    /// @param name  what was looked at: one or two words, always the same
    /// @param words what was seen; no secret, no cluster
    public record Check(String name, boolean isGood, String words) {}

    public static Health of(Check... checks) {
        return new Health(List.of(checks));
    }

    public boolean isGood() {
        return checks.stream().allMatch(Check::isGood);
    }
}
