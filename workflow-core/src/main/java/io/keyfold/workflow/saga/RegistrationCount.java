package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StorageService;
import java.util.Optional;

/// How many resources of one kind are registered with a root key: their data is encrypted with it.
///
/// @param storage      the storage service that they belong to; empty for another service
/// @param service      the service of their CRNs, such as `is`
/// @param resourceType the resource type of their CRNs, such as `volume`
public record RegistrationCount(Optional<StorageService> storage, String service, String resourceType, long count) {}
