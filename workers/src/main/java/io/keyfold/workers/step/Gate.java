package io.keyfold.workers.step;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether a worker is to call its account at all: not while an operator has paused it, and not while its [Circuit] is
/// open. Safe for many threads.
public final class Gate {
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Circuit circuit = new Circuit();
    private volatile Optional<Pause> pause = Optional.empty();
    private volatile Optional<Instant> worked = Optional.empty();

    /// @param since when it was asked for
    /// @param by    who asked for it
    public record Pause(Instant since, String by, String reason) {
        /// "paused by alice since 2026-01-01T00:00:00Z: IBM's maintenance"
        public String words() {
            return "paused by " + (by.isEmpty() ? "someone unnamed" : by) + " since " + since
                    + (reason.isEmpty() ? "" : ": " + reason);
        }

        /// When a command that meets it is worth sending again: soon after a short pause, seldom during a long one.
        Instant askAgainAt(Instant now) {
            Duration tenth = Duration.between(since, now).dividedBy(10);
            Duration wait = tenth.compareTo(SHORTEST) < 0 ? SHORTEST : tenth.compareTo(LONGEST) > 0 ? LONGEST : tenth;
            return now.plus(wait);
        }
    }

    public void pause(Pause asked) {
        pause = Optional.of(asked);
    }

    public void resume() {
        pause = Optional.empty();
    }

    public Optional<Pause> paused() {
        return pause;
    }

    /// The circuit, if it is open and this process knows so by a call of its own: while one command tries, and once the
    /// next one may, nothing is known.
    public Optional<Circuit.Open> knownOpen(Instant now) {
        return circuit.waiting().filter(open -> now.isBefore(open.until()));
    }

    /// When a call of this process last was answered; empty if none was yet, or the circuit is open.
    public Optional<Instant> worked() {
        return worked;
    }

    Optional<Circuit.Open> check(Instant now) {
        return circuit.check(now);
    }

    void worked(Instant now) {
        circuit.worked();
        worked = Optional.of(now);
    }

    Optional<Circuit.Open> failed(Fault fault, Instant now) {
        Optional<Circuit.Open> open = circuit.failed(fault, now);
        if (open.isPresent()) {
            worked = Optional.empty();
        }
        return open;
    }
}
