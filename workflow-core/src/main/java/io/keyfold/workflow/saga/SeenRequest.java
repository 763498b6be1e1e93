package io.keyfold.workflow.saga;

/// A request that was answered before, so that the same one sent again changes nothing.
///
/// @param digest tells the same body from another one under the same id
public record SeenRequest(String requestId, String digest) {}
