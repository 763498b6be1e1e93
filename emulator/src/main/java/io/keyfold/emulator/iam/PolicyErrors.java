package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Ids;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;

/// `{"trace", "errors": [{"code", "message", "details", "more_info"}], "status_code"}`.
final class PolicyErrors {

    private static final String MORE_INFO = "https://cloud.ibm.com/apidocs/iam-policy-management";

    private final Ids ids;

    PolicyErrors(Ids ids) {
        this.ids = ids;
    }

    HttpResponse response(int status, String code, String message) {
        return Json.response(status, envelope(status, code, message));
    }

    Refusal refusal(int status, String code, String message) {
        return new Refusal(response(status, code, message));
    }

    /// The conflicting policy comes whole, though IBM's own SDK declares a text there.
    Refusal conflict(Policy existing, Policy.Version version) {
        ObjectNode body = envelope(409, "policy_conflict_error",
                "The policy wasn't created because an access policy with identical attributes and roles already exists. "
                        + "Please update the attributes or roles.");
        ObjectNode conflicts = ((ObjectNode) body.path("errors").path(0)).putObject("details")
                .putObject("conflicts_with");
        conflicts.put("etag", existing.etag()).set("policy", PolicyJson.write(existing, version));
        return new Refusal(Json.response(409, body));
    }

    private ObjectNode envelope(int status, String code, String message) {
        ObjectNode body = Json.object().put("trace", ids.hex(32));
        body.putArray("errors").addObject().put("code", code).put("message", message).put("more_info", MORE_INFO);
        return body.put("status_code", status);
    }
}
