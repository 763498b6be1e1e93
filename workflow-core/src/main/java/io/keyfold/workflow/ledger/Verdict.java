package io.keyfold.workflow.ledger;

/// What the ledger answers.
public enum Verdict {
    GRANTED, REFUSED, BARRED,
    /// A hint to the creator: the last holder has let go.
    RELEASED
}
