package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Ids;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;

/// `{"message", "status_code", "transaction_id"}`, with `error_code` and `details` where a service broker has spoken.
final class ResourceControllerErrors {

    private final Ids ids;

    ResourceControllerErrors(Ids ids) {
        this.ids = ids;
    }

    HttpResponse response(int status, String message) {
        return Json.response(status, body(status, message));
    }

    Refusal refusal(int status, String message) {
        return new Refusal(response(status, message));
    }

    /// What the service's broker refused, as the controller passes it on.
    Refusal broker(int status, int brokerStatus, String reason, String description) {
        ObjectNode body = body(status, "Please contact the Service Provider for this error. [" + brokerStatus + ", "
                + reason + "] " + description);
        body.put("error_code", "RC-ServiceBrokerErrorResponse").put("details",
                Json.write(Json.object().put("status_code", brokerStatus).put("name", reason + "Error")
                        .put("description", description)));
        return new Refusal(Json.response(status, body));
    }

    private ObjectNode body(int status, String message) {
        return Json.object().put("message", message).put("status_code", status).put("transaction_id",
                "bss-" + ids.hex(16));
    }
}
