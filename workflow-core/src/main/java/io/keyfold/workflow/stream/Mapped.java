package io.keyfold.workflow.stream;

import io.keyfold.workflow.saga.AuditEvent;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.SagaEvent;
import java.util.Optional;

/// What a readable record means to the cluster of its key.
sealed interface Mapped {
    record Event(SagaEvent event) implements Mapped {}

    /// It means nothing that this version knows: told in the cluster's audit and otherwise without effect.
    record Refused(AuditLine line) implements Mapped {}

    static Mapped refused(int run, String actor, String message) {
        return new Refused(ignored(run, "PROTOCOL", message, actor));
    }

    static AuditLine ignored(int run, String code, String message, String actor) {
        return new AuditLine(AuditEvent.IGNORED, run, "", Optional.empty(), "", "", code, "", message, actor);
    }
}
