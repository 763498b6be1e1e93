package io.keyfold.workers;

/// The workers cannot start; the message says what is missing and what to do.
public final class WorkerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerStartException(String message) {
        super(message);
    }

    WorkerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
