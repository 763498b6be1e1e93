package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.util.Optional;

/// One transition, or one input that changed nothing and why.
///
/// @param run        0 if no run is concerned
/// @param code       refusal or fault code, empty if none
/// @param resourceId empty if none
/// @param actor      who caused it: a requester, a worker, the ledger or the timer
public record AuditLine(
        AuditEvent event,
        int run,
        String requestId,
        Optional<StepName> step,
        String from,
        String to,
        String code,
        String resourceId,
        String message,
        String actor) {}
