package io.keyfold.workflow.report;

import io.keyfold.workflow.saga.Ownership;

/// Whose a thing is, as the status says it. `SKIPPED` stands for an authorization that is taken to exist: the saga has
/// no resource for it.
public enum ReportedOwnership {
    CREATED, ADOPTED, SKIPPED, RETAINED, UNUSED;

    static ReportedOwnership of(Ownership ownership) {
        return switch (ownership) {
            case CREATED -> CREATED;
            case ADOPTED -> ADOPTED;
            case RETAINED -> RETAINED;
            case UNUSED -> UNUSED;
        };
    }
}
