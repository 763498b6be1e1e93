package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.List;

/// What was encrypted with a root key when that could last be counted.
public record Counted(String keyId, Instant at, List<RegistrationCount> registrations) {
    public Counted {
        registrations = List.copyOf(registrations);
    }
}
