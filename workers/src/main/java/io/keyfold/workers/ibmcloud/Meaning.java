package io.keyfold.workers.ibmcloud;

import io.keyfold.workers.ibmcloud.CloudApi.Refusal;
import io.keyfold.workers.step.FaultCode;
import java.util.Locale;
import java.util.Set;

/// What IBM's refusals (4xx) say to us, API by API.
final class Meaning {
    private Meaning() {}

    static FaultCode ofResourceController(Refusal refusal) {
        if (keysRemain(refusal)) {
            return FaultCode.KEYS_REMAIN;
        }
        // Deleting a deleted instance again is refused, as long as a person could still restore it.
        return mentions(refusal, "in reclamation") ? FaultCode.NOT_FOUND : general(refusal);
    }

    /// Key Protect's broker says CONTAINS_ACTIVE_KEYS in the text; neither status nor code tell it from other refusals.
    private static boolean keysRemain(Refusal refusal) {
        return Set.of(400, 409, 422).contains(refusal.status())
                && mentions(refusal, "keys")
                && (mentions(refusal, "contains") || mentions(refusal, "delete") || mentions(refusal, "remove"));
    }

    static FaultCode ofKeyProtect(Refusal refusal) {
        return switch (refusal.code()) {
            case "PROTECTED_RESOURCE_ERR", "PREV_KEY_DEL_ERR" -> FaultCode.KEY_IN_USE;
            case "AUTHORIZATIONS_NOT_MET" -> FaultCode.SECOND_AUTHORIZATION_NEEDED;
            case "KEY_ALIAS_NOT_UNIQUE_ERR" -> FaultCode.NAME_TAKEN;
            case "INCORRECT_NONCE_ERR", "INCORRECT_NONCE_IV_ERR", "UNPROCESSABLE_CIPHERTEXT_ERR" ->
                FaultCode.KEY_MATERIAL_UNUSABLE;
            case "KEY_DELETED_ERR" -> FaultCode.NOT_FOUND;
            case "KEY_INVALID_STATE_ERR", "KEY_ACTION_INVALID_STATE_ERR", "KEY_EXPIRED_ERR", "KEY_ROOT_REQ_ERR" ->
                FaultCode.KEY_NOT_USABLE;
            // Key Protect says 401 to one who lacks a role. A token that was at fault has been replaced before this.
            default -> refusal.status() == 401 ? FaultCode.FORBIDDEN : general(refusal);
        };
    }

    static FaultCode ofIam(Refusal refusal) {
        return general(refusal);
    }

    private static FaultCode general(Refusal refusal) {
        return switch (refusal.status()) {
            case 401 -> FaultCode.CREDENTIALS_REJECTED;
            case 404, 410 -> FaultCode.NOT_FOUND;
            case 403 -> isQuota(refusal) ? FaultCode.QUOTA_EXCEEDED : FaultCode.FORBIDDEN;
            case 409, 412, 423 -> isQuota(refusal) ? FaultCode.QUOTA_EXCEEDED : FaultCode.CONFLICT;
            default -> isQuota(refusal) ? FaultCode.QUOTA_EXCEEDED : FaultCode.INVALID;
        };
    }

    private static boolean isQuota(Refusal refusal) {
        return mentions(refusal, "quota")
                || (mentions(refusal, "limit") && (mentions(refusal, "exceed") || mentions(refusal, "reached")));
    }

    private static boolean mentions(Refusal refusal, String word) {
        return (refusal.code() + " " + refusal.message()).toLowerCase(Locale.ROOT).contains(word);
    }
}
