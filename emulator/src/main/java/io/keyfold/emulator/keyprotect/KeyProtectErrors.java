package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;

/// Key Protect's error envelope: a general `errorMsg`, and the `reasons` with their codes.
final class KeyProtectErrors {

    private static final String MORE_INFO = "https://cloud.ibm.com/apidocs/key-protect";
    static final String ERROR_TYPE = "application/vnd.ibm.kms.error+json";

    private KeyProtectErrors() {}

    /// @param action the sentence's middle, as in "Key could not be deleted"
    static Refusal refusal(int status, String action, String code, String message) {
        return new Refusal(response(status, action, code, message));
    }

    static HttpResponse response(int status, String action, String code, String message) {
        return Json.response(status, envelope(status, action, code, message));
    }

    static Refusal badRequest(String action, String code, String message) {
        return refusal(400, action, code, message);
    }

    static Refusal notFound(String action) {
        return refusal(404, action, "KEY_NOT_FOUND_ERR", "Key does not exist");
    }

    static Refusal deleted(String action) {
        return refusal(410, action, "KEY_DELETED_ERR",
                "The key has previously been deleted and cannot be accessed");
    }

    static Refusal wrongState(String action) {
        return refusal(409, action, "KEY_ACTION_INVALID_STATE_ERR",
                "The key is not in a state in which the action can be performed");
    }

    static Refusal tooEarly(String action) {
        return refusal(409, action, "REQ_TOO_EARLY_ERR", "The key was updated recently: Wait and try again");
    }

    static HttpResponse unauthorized() {
        return withoutMiddle(401, "Unauthorized: The user does not have access to the specified resource",
                "UNAUTHORIZED_ERR", "The user does not have access to the specified resource");
    }

    private static ObjectNode envelope(int status, String action, String code, String message) {
        String text = title(status) + ": " + action + ". Please see `reasons` for more details.";
        return whole(status, text, code, message);
    }

    static HttpResponse withoutMiddle(int status, String errorMsg, String code, String message) {
        return Json.response(status, whole(status, errorMsg, code, message));
    }

    private static ObjectNode whole(int status, String errorMsg, String code, String message) {
        ObjectNode body = Json.object();
        body.putObject("metadata").put("collectionType", ERROR_TYPE).put("collectionTotal", 1);
        ObjectNode resource = body.putArray("resources").addObject().put("errorMsg", errorMsg);
        resource.putArray("reasons").addObject().put("code", code).put("message", message).put("status", status)
                .put("moreInfo", MORE_INFO);
        return body;
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Entity";
            case 429 -> "Too Many Requests";
            case 503 -> "Service Unavailable";
            default -> status >= 500 ? "Internal Server Error" : "Error";
        };
    }
}
