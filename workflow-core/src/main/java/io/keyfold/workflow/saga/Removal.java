package io.keyfold.workflow.saga;

/// A deprovision that was asked for, or the removal of what is no longer used.
///
/// @param controlId   id of the control request
/// @param requestedBy who asked; empty if unnamed, likewise `approvedBy` and `reason`
/// @param approvedBy  who else agreed to it
/// @param onlyUnused  what is in use stays
public record Removal(String controlId, String requestedBy, String approvedBy, String reason, boolean onlyUnused) {

    /// Who asked and why, for people.
    String words() {
        return "asked for by " + (requestedBy.isEmpty() ? "someone unnamed" : requestedBy)
                + (approvedBy.isEmpty() ? "" : ", agreed to by " + approvedBy)
                + (reason.isEmpty() ? "" : ": " + reason);
    }
}
