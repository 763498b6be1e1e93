package io.keyfold.workers.step;

/// What went wrong, countable and stable. IBM's own words travel beside it in [IbmAnswer].
///
/// The symbols are those of the contract's `FaultCode`.
public enum FaultCode {
    UNKNOWN,
    /// Worth another try; nothing more is known.
    TRANSIENT,
    /// Too many calls: IBM said 429, or our own rate limit has no room in time.
    RATE_LIMITED,
    /// The API cannot be reached, or answers 5xx.
    UNAVAILABLE,
    /// The call may or may not have had its effect.
    UNKNOWN_OUTCOME,
    /// The service ID lacks a role.
    FORBIDDEN,
    /// IAM refuses the API key, or an API refuses a token that was fetched just now.
    CREDENTIALS_REJECTED,
    NOT_FOUND,
    AMBIGUOUS_NAME,
    NAME_TAKEN,
    INVALID,
    QUOTA_EXCEEDED,
    CONFLICT,
    /// Key Protect will not delete a key that still protects something.
    KEY_IN_USE,
    /// Suspended, expired, or an extractable (standard) key where a root key is needed.
    KEY_NOT_USABLE,
    /// The Resource Controller will not delete an instance that still has keys.
    KEYS_REMAIN,
    /// A source service still has registrations, so its authorization has to stay.
    REGISTRATIONS_REMAIN,
    BEING_REMOVED,
    NEVER_READY,
    /// An answer that is not what IBM documents: no JSON, a field missing, a redirect.
    PROTOCOL,
    /// The material of a key that is brought cannot be had, is not what it has to be, or fails Key Protect's check.
    KEY_MATERIAL_UNUSABLE,
    /// A root key that nobody can bring back: purged, past the time in which it can be restored, or gone with its instance.
    KEY_LOST,
    /// Key Protect wants two identities for the deletion of a key, and one has agreed.
    SECOND_AUTHORIZATION_NEEDED,
    /// It does not carry the mark by which it would be ours, so it is not deleted.
    NOT_OURS
}
