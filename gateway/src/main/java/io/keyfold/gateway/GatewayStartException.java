package io.keyfold.gateway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The gateway cannot start; the message says what is missing or wrong and what to do.
public final class GatewayStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String waitsFor;

    GatewayStartException(String message, Throwable cause) {
        super(message, cause);
        this.waitsFor = null;
    }

    GatewayStartException(String message) {
        super(message);
        this.waitsFor = null;
    }

    /// @param waitsFor who does not answer, and may do so any time
    GatewayStartException(String message, String waitsFor, @Nullable Throwable cause) {
        super(message, cause);
        this.waitsFor = waitsFor;
    }

    /// Who did not answer: starting again when they do needs no person. Empty if something is wrong.
    public Optional<String> waitsFor() {
        return Optional.ofNullable(waitsFor);
    }
}
