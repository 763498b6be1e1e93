package io.keyfold.workers;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The workers cannot start; the message says what is missing or wrong and what to do.
public final class WorkerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String waitsFor;

    WorkerStartException(String message) {
        super(message);
        this.waitsFor = null;
    }

    WorkerStartException(String message, Throwable cause) {
        super(message, cause);
        this.waitsFor = null;
    }

    /// @param waitsFor who does not answer, and may do so any time
    WorkerStartException(String message, String waitsFor, Throwable cause) {
        super(message, cause);
        this.waitsFor = waitsFor;
    }

    WorkerStartException(String message, String waitsFor) {
        super(message);
        this.waitsFor = waitsFor;
    }

    /// Who did not answer: starting again when they do needs no person. Empty if something is wrong.
    public Optional<String> waitsFor() {
        return Optional.ofNullable(waitsFor);
    }
}
