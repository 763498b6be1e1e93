package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.util.List;
import java.util.stream.Collectors;

/// One resource in force that was not found as it should be, or could not be looked at.
///
/// @param differences what differs, or why it could not be looked at, in words
public record Finding(StepName step, String id, Condition condition, String differences) {

    /// "root key MISSING, authorization of block storage CHANGED"
    public static String words(List<Finding> findings) {
        return findings.stream().map(finding -> finding.step().words() + " " + finding.condition())
                .collect(Collectors.joining(", "));
    }
}
