package io.keyfold.workers.step;

/// How many resources of one kind are registered with a root key: their data is encrypted with it.
///
/// @param service      of their CRNs, such as `is`; empty where they are no CRNs
/// @param resourceType of their CRNs, such as `volume`; empty where they name none
public record RegistrationCount(StorageService storageService, String service, String resourceType, long count) {}
