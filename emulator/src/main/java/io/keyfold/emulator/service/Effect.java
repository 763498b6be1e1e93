package io.keyfold.emulator.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/// A mutating call, as the log keeps it.
///
/// @param performed the state has changed
/// @param status what was answered, or would have been had the connection lived; 0 if the call never reached the service
/// @param fault the rule that touched the call, or empty
/// @param delivered the whole answer was handed to the network
public record Effect(long number, Instant at, String operation, String method, String target, String account,
        String iamId, String instance, String resource, int status, boolean performed, String fault,
        Delivered delivered) {

    public enum Delivered {
        PENDING, YES, NO
    }

    Effect delivered(boolean whole) {
        return new Effect(number, at, operation, method, target, account, iamId, instance, resource, status, performed,
                fault, whole ? Delivered.YES : Delivered.NO);
    }

    public ObjectNode json() {
        return Json.object().put("number", number).put("time", at.toString()).put("operation", operation)
                .put("method", method).put("target", target).put("account", account).put("iam_id", iamId)
                .put("instance", instance).put("resource", resource).put("status", status).put("performed", performed)
                .put("fault", fault).put("delivered", delivered.name());
    }
}
