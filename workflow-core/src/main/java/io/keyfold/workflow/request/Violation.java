package io.keyfold.workflow.request;

/// One rule that a request breaks.
///
/// @param code    countable reason, for example `INVALID_REQUEST`, `NOT_YET_SUPPORTED` or `REGION_FIXED`: see
///                [RefusalCode]
/// @param input   the deployment input concerned, by its official name
/// @param given   what was given, shortened and with control characters escaped
/// @param allowed what is allowed
public record Violation(String code, String input, String given, String allowed) {

    /// The violation of a code of ours.
    ///
    /// @param given as the caller gave it: it is shortened and escaped here
    public static Violation of(RefusalCode code, String input, String given, String allowed) {
        return new Violation(code.name(), input, Given.text(given), allowed);
    }

    /// The violation in one sentence.
    public String message() {
        return code + ": " + input + " = " + given + "; allowed: " + allowed;
    }
}
