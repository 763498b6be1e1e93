package io.keyfold.workflow.request;

/// The kinds of cloud resource that a saga works with, in the order in which they are undone: keys first, since Key
/// Protect refuses to delete an instance that has keys; authorizations next, since a source service must be authorized
/// to let go of its key; the instance last.
public enum ResourceKind {
    ROOT_KEY, AUTHORIZATION_POLICY, KMS_INSTANCE
}
