package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// For how long IBM Cloud keeps what was deleted, so that a person can bring it back.
final class Restorable {
    // Key Protect docs, "Restoring keys": within 30 days of the deletion.
    private static final Duration KEY = Duration.ofDays(30);
    // Account docs, "Resource reclamation": most requests must be made within 7 days.
    private static final Duration INSTANCE = Duration.ofDays(7);

    private Restorable() {}

    static Optional<Instant> until(ResourceKind kind, Instant deletedAt) {
        return switch (kind) {
            case ROOT_KEY -> Optional.of(deletedAt.plus(KEY));
            case KMS_INSTANCE -> Optional.of(deletedAt.plus(INSTANCE));
            case AUTHORIZATION_POLICY -> Optional.empty();
        };
    }
}
