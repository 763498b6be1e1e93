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

    /// It in IAM's terms, for people.
    String words() {
        return serviceName + resourceType.map(type -> " (" + type + ")").orElse("")
                + serviceInstance.map(guid -> " of instance " + guid).orElse("");
    }

    /// Whether a resource that is registered with a key can be this source's. When in doubt it can: an authorization that
    /// stays too long does no harm, and one removed too early leaves a key that nobody can delete.
    ///
    /// @param resource the registered resource's CRN, as another service wrote it
    public boolean mayHaveRegistered(String resource) {
        var parts = resource.split(":", -1);
        if (parts.length < 10) {
            return true;
        }
        var service = parts[4];
        var instance = parts[7];
        var type = parts[8];
        return switch (serviceName) {
            // Block Storage's volumes, snapshots and images are registered as VPC's, and so are file shares.
            case "server-protect" ->
                service.equals("server-protect") || (service.equals("is") && !type.startsWith("share"));
            case "is" -> service.equals("is") && resourceType.map(type::startsWith).orElse(true);
            default -> service.equals(serviceName) && serviceInstance.map(instance::equals).orElse(true);
        };
    }
}
