package io.keyfold.workflow.saga;

import java.time.Duration;
import java.time.Instant;

/// A cluster is paused: until RESUME nothing is asked of workers or ledger for it, and its run's clock stands still.
///
/// @param by     who asked for it
/// @param reason empty if none was given
public record Pause(Instant since, String by, String reason) {
    /// Why a question waits that has no due time of its own.
    static final String WAITS = "the cluster is paused";

    /// "paused by alice since 2026-01-01T00:00:00Z: maintenance"
    public String words() {
        return "paused by " + (by.isEmpty() ? "someone unnamed" : by) + " since " + since
                + (reason.isEmpty() ? "" : ": " + reason);
    }

    /// How long it has kept a run from going on, beyond what the run's clock stood still for anyway.
    Duration of(Run run, Instant now) {
        Instant begin = run.startedAt().isAfter(since) ? run.startedAt() : since;
        Instant from = run.clockStoppedUntil().filter(counted -> counted.isAfter(begin)).orElse(begin);
        return now.isAfter(from) ? Duration.between(from, now) : Duration.ZERO;
    }
}
