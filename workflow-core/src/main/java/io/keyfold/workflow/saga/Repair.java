package io.keyfold.workflow.saga;

/// A repair that was asked for.
///
/// @param controlId   id of the control request
/// @param requestedBy who asked; empty if unnamed, likewise `reason`
public record Repair(String controlId, String requestedBy, String reason) {

    /// Who asked and why, for people.
    String words() {
        return "asked for by " + (requestedBy.isEmpty() ? "someone unnamed" : requestedBy)
                + (reason.isEmpty() ? "" : ": " + reason);
    }
}
