package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;

/// One resource in force that was not found as it should be, or could not be looked at.
///
/// @param differences what differs, or why it could not be looked at, in words
public record Finding(StepName step, String id, Condition condition, String differences) {}
