package io.keyfold.workflow.request;

/// Why a request was refused: countable, stable, and the same in status, audit and docs/errors.md.
public enum RefusalCode {
    /// An input is not what its rule allows.
    INVALID_REQUEST,
    /// Understood, but a thing of a later version; never ignored.
    NOT_YET_SUPPORTED,
    /// Another body under a request_id that was answered before.
    REQUEST_CONFLICT,
    /// A run of the cluster is going or parked.
    BUSY,
    /// The body is about another cluster than the record's key.
    KEY_MISMATCH,
    /// Region, kms_region or resource_group differ from those of the resources that the saga lists.
    REGION_FIXED,
    /// key_material_reference is not that of the root key that the saga lists.
    KEY_MATERIAL_FIXED,
    /// The control is about a run that has ended.
    ALREADY_FINISHED,
    /// The control is about a deploy that this cluster has never seen.
    UNKNOWN_DEPLOY,
    /// A CANCEL of a run that is being undone already.
    ALREADY_UNDOING,
    /// A RETRY of a cluster of which nothing is parked.
    NOTHING_TO_RETRY,
    /// A DEPROVISION of a cluster of which nothing is left, or a REMOVE where nothing is unused.
    NOTHING_TO_REMOVE,
    /// A VERIFY of a cluster that is not encrypted with a customer's key.
    NOTHING_TO_VERIFY,
    /// A REPAIR where the latest verification found nothing missing or changed.
    NOTHING_TO_REPAIR,
    /// A REPAIR of things that are somebody else's, or that only a person can put right.
    NEEDS_A_PERSON,
    /// A DEPROVISION or REMOVE that would destroy a protected root key, without what the protection asks for.
    DELETION_PROTECTED,
    /// An IMPORT of a cluster of which the saga lists resources already.
    ALREADY_MANAGED,
    /// A PAUSE of a cluster that is paused.
    ALREADY_PAUSED,
    /// A RESUME of a cluster that is not paused.
    NOT_PAUSED,
    /// A VERIFY or REPAIR of a cluster that is paused.
    PAUSED,
    /// Something that a sweep has found is not this cluster's, or its saga accounts for it.
    NOT_AN_ORPHAN,
    /// An action that this version does not know.
    UNKNOWN_ACTION,
    /// The same request or control, sent again: no error, and of no effect.
    DUPLICATE_REQUEST
}
