package io.keyfold.workflow.stream;

/// The workflow cannot start; the message says what is missing or wrong and what to do.
public final class WorkflowStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkflowStartException(String message) {
        super(message);
    }

    WorkflowStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
