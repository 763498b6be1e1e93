package io.keyfold.workers.step;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether one worker's account is to be called at all: not while its credentials are rejected or its API is dead.
///
/// While it is open, commands are deferred without a call. When its time is over one command tries; the others wait for
/// what becomes of that.
public final class Circuit {
    private static final int UNAVAILABLE_IN_A_ROW = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration ONE_TRY = Duration.ofSeconds(30);

    private int unavailable;
    private Duration pause = FIRST_PAUSE;
    private Optional<Open> open = Optional.empty();
    private boolean trying;

    /// @param until when it is tried again
    /// @param since when it was opened first
    /// @param fault why
    public record Open(Instant until, Instant since, Fault fault) {}

    /// Asked before a command is carried out; empty: go ahead, and report what became of it.
    synchronized Optional<Open> check(Instant now) {
        if (open.isEmpty() || now.isBefore(open.get().until)) {
            return open;
        }
        // This one tries; should it never report, the next one does after a while.
        trying = true;
        open = Optional.of(new Open(now.plus(ONE_TRY), open.get().since, open.get().fault));
        return Optional.empty();
    }

    /// The circuit, if it is open and nobody is trying.
    synchronized Optional<Open> waiting() {
        return trying ? Optional.empty() : open;
    }

    /// The API has answered, if only to refuse.
    synchronized void worked() {
        unavailable = 0;
        pause = FIRST_PAUSE;
        open = Optional.empty();
        trying = false;
    }

    /// @return the circuit, if it is open now
    synchronized Optional<Open> failed(Fault fault, Instant now) {
        boolean counts = switch (fault.code()) {
            case CREDENTIALS_REJECTED -> true;
            case UNAVAILABLE -> ++unavailable >= UNAVAILABLE_IN_A_ROW || trying;
            default -> false;
        };
        // Of those that fail together only the first opens it, and only the one that tries makes the pause longer.
        if (counts && (open.isEmpty() || trying)) {
            trying = false;
            open = Optional.of(new Open(now.plus(pause), open.map(Open::since).orElse(now), fault));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
        return open;
    }
}
