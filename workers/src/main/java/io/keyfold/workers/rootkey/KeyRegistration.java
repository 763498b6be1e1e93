package io.keyfold.workers.rootkey;

/// Something that a key protects.
///
/// @param resource        its CRN as registered, as text: it is another service's, and only shown
/// @param preventsDeletion the resource is under a retention policy, which not even force overcomes
public record KeyRegistration(String keyId, String resource, boolean preventsDeletion) {}
