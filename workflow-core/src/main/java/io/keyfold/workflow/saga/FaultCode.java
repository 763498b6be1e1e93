package io.keyfold.workflow.saga;

/// Why something did not work: countable, stable, and the same as on the wire (`FaultCode.avsc`).
public enum FaultCode {
    UNKNOWN,
    TRANSIENT,
    RATE_LIMITED,
    UNAVAILABLE,
    UNKNOWN_OUTCOME,
    FORBIDDEN,
    CREDENTIALS_REJECTED,
    NOT_FOUND,
    AMBIGUOUS_NAME,
    NAME_TAKEN,
    INVALID,
    QUOTA_EXCEEDED,
    CONFLICT,
    KEY_IN_USE,
    KEY_NOT_USABLE,
    KEYS_REMAIN,
    REGISTRATIONS_REMAIN,
    BEING_REMOVED,
    NEVER_READY,
    PROTOCOL,
    DEADLINE_EXCEEDED,
    CANCELLED,
    KEY_MATERIAL_UNUSABLE,
    KEY_LOST,
    SECOND_AUTHORIZATION_NEEDED,
    NOT_OURS
}
