package io.keyfold.workflow.stream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The workflow cannot start; the message says what is missing or wrong and what to do.
public final class WorkflowStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String waitsFor;

    WorkflowStartException(String message) {
        super(message);
        this.waitsFor = null;
    }

    WorkflowStartException(String message, Throwable cause) {
        super(message, cause);
        this.waitsFor = null;
    }

    /// @param waitsFor who does not answer, and may do so any time
    WorkflowStartException(String message, String waitsFor, Throwable cause) {
        super(message, cause);
        this.waitsFor = waitsFor;
    }

    WorkflowStartException(String message, String waitsFor) {
        super(message);
        this.waitsFor = waitsFor;
    }

    /// Who did not answer: starting again when they do needs no person. Empty if something is wrong.
    public Optional<String> waitsFor() {
        return Optional.ofNullable(waitsFor);
    }
}
