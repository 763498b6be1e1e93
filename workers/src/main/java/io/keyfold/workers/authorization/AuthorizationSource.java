package io.keyfold.workers.authorization;

import java.util.Optional;

/// The service that is allowed to use the keys of an instance.
///
/// @param resourceType    narrows it to a kind of resource: `share`
/// @param serviceInstance narrows it to one instance, by GUID; else all of the account
public record AuthorizationSource(
        String serviceName, Optional<String> resourceType, Optional<String> serviceInstance) {

    public static AuthorizationSource blockStorage() {
        return new AuthorizationSource("server-protect", Optional.empty(), Optional.empty());
    }

    public static AuthorizationSource fileStorage() {
        return new AuthorizationSource("is", Optional.of("share"), Optional.empty());
    }

    /// @param instanceGuid empty for every Object Storage instance of the account
    public static AuthorizationSource objectStorage(Optional<String> instanceGuid) {
        return new AuthorizationSource("cloud-object-storage", Optional.empty(), instanceGuid);
    }
}
