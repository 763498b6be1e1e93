package io.keyfold.workflow.ledger;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.ResourceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a saga tells or asks the ledger entry of one instance.
///
/// @param instanceId with the cluster's account, the entry's key
/// @param deleteId   DELETED and DELETE_REFUSED: the id of the DELETE that ended
/// @param keptIds    RELEASE: what the cluster goes on holding
public record LedgerRequest(
        UUID id,
        Type type,
        ClusterId cluster,
        int run,
        String instanceId,
        ResourceKind kind,
        String resourceId,
        Optional<UUID> deleteId,
        List<String> keptIds,
        Instant issuedAt) {
    public LedgerRequest {
        keptIds = List.copyOf(keptIds);
    }

    /// HOLD and DELETE are answered; the others are told.
    public enum Type {
        /// May we use this id? Taken as a hold if granted.
        HOLD,
        /// We made this id and use it.
        CREATED,
        /// May we delete this id? Barred for everybody if granted.
        DELETE,
        /// The delete has succeeded: the id is gone.
        DELETED,
        /// The delete was definitely refused: the id stays, and its bar goes.
        DELETE_REFUSED,
        /// We let go of all but the kept ids.
        RELEASE
    }
}
