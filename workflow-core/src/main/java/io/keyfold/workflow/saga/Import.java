package io.keyfold.workflow.saga;

/// An import that was asked for: what was deployed by other means is looked up and taken over.
///
/// @param controlId id of the control request
/// @param reason    why, in the caller's words; empty if none was given
public record Import(String controlId, String reason) {}
