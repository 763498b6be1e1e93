package io.keyfold.schemas;

/// The schema registry could not be reached, or did not do what it was asked. The message says which, and what to do.
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
