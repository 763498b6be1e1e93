package io.keyfold.acceptance.audit;

/// What the auditor looks for.
public enum Invariant {
    /// Each request has one answer, in the audit or as a dead letter, however often it was read.
    EACH_REQUEST_IS_ANSWERED_ONCE,
    /// The audit of a cluster counts from 1 without a gap and without a repetition.
    AUDIT_HAS_NO_GAP,
    /// The revisions of a cluster's statuses grow, and the last one is the audit's.
    REVISIONS_GROW,
    /// Each run begins once and has one end, and does not come back from it.
    EACH_RUN_HAS_ONE_END,
    /// Nothing goes on when all is quiet.
    ALL_IS_AT_REST,
    /// No command is sent twice: whatever is read again changes nothing.
    NO_COMMAND_TWICE,
    /// Each command is answered by a worker.
    EACH_COMMAND_IS_ANSWERED,
    /// What is made or deleted was ordered before.
    NO_EFFECT_WITHOUT_COMMAND,
    /// Whoever makes something tells the saga of it.
    WHAT_IS_MADE_IS_TOLD,
    /// Only what Keyfold has made is deleted; all else is there as it was.
    NOTHING_OF_OTHERS_IS_DELETED,
    /// What a cluster holds is not deleted by another one, and what is being deleted is granted to nobody.
    NOTHING_HELD_IS_DELETED,
    /// There are no two living things for one purpose of one run, and no two in use for one step of a cluster.
    NOTHING_IS_DOUBLED,
    /// What statuses list is there, and what is there and ours is listed by one of them.
    STATUS_AND_CLOUD_AGREE,
    /// Once all clusters are removed nothing of ours is left.
    NOTHING_IS_LEFT_BEHIND
}
