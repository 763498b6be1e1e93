package io.keyfold.workers.kmsinstance;

import io.keyfold.workers.step.Crn;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A Key Protect instance.
///
/// @param region    the `target` it was created in
/// @param createdBy the `iam_id` of its creator
/// @param trouble   what its last operation said, where that failed
/// @param reclaimAt when what is in reclamation goes for good, where IBM says so
public record KmsInstance(
        Crn crn,
        String guid,
        String name,
        String region,
        String resourceGroupId,
        State state,
        Instant createdAt,
        String createdBy,
        Optional<String> trouble,
        Optional<Instant> reclaimAt) {

    /// The order in which one of several of ours is chosen: the oldest, then the lowest GUID.
    public static final Comparator<KmsInstance> OLDEST_FIRST =
            Comparator.comparing(KmsInstance::createdAt).thenComparing(KmsInstance::guid);

    public enum State {
        PRE_PROVISIONING,
        PROVISIONING,
        ACTIVE,
        INACTIVE,
        FAILED,
        PENDING_RECLAMATION,
        REMOVED,
        /// A state that this version does not know.
        UNKNOWN;

        /// The states in which an instance is, or may become, something.
        public static final Set<State> STANDING =
                Set.copyOf(EnumSet.of(PRE_PROVISIONING, PROVISIONING, ACTIVE, INACTIVE, FAILED));

        /// Deleted: gone for good, or restorable for some days by a person.
        public boolean isGone() {
            return this == PENDING_RECLAMATION || this == REMOVED;
        }
    }
}
