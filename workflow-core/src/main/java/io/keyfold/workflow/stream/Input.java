package io.keyfold.workflow.stream;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.SagaEvent;
import java.util.Optional;

/// What a source record turned out to be.
sealed interface Input {
    record Event(ClusterId cluster, SagaEvent event) implements Input {}

    /// Readable, but nothing that the saga can be told.
    record Refused(ClusterId cluster, AuditLine line) implements Input {}

    /// A dead letter.
    ///
    /// @param told the cluster in whose audit it is told too, if its key names one
    record Unusable(DeadLetterReason reason, String message, Optional<Told> told) implements Input {
        record Told(ClusterId cluster, AuditLine line) {}

        static Unusable of(DeadLetterReason reason, String message) {
            return new Unusable(reason, message, Optional.empty());
        }
    }
}
