package io.keyfold.workflow.request;

import java.time.Instant;
import java.util.Optional;

/// A request for a cluster's encryption, as it was given: the deployment inputs under their official names, unchecked.
/// The meaning of each field is documented in `ClusterDeployRequested.avsc`.
public record DeployRequest(
        String requestId,
        String account,
        String clusterPrefix,
        String externalId,
        Optional<String> keyManagement,
        Optional<String> kmsInstanceName,
        Optional<String> kmsKeyName,
        Optional<String> region,
        Optional<String> zone,
        Optional<String> kmsRegion,
        String resourceGroup,
        boolean skipBlockStorageAuthorization,
        boolean skipFileStorageAuthorization,
        boolean skipObjectStorageAuthorization,
        Optional<String> cosInstanceGuid,
        boolean separateKeys,
        boolean authorizationDelegation,
        Optional<String> keyMaterialReference,
        Optional<Integer> rotationIntervalMonths,
        boolean dualAuthorizationDelete,
        String requestedBy,
        Instant requestedAt,
        Optional<Instant> deadline) {

    /// Whether encryption is left to the provider: `key_management` is null or the text `null`.
    public boolean isProviderManaged() {
        return keyManagement.isEmpty() || keyManagement.get().equals("null");
    }

    /// The cluster's region: as given, else the one that the zone implies (`us-south-1` lies in `us-south`).
    public Optional<String> clusterRegion() {
        return region.or(() -> zone.map(name -> name.replaceFirst("-[0-9]+$", "")));
    }

    /// The Key Protect instance's region: as given, else the cluster's own.
    public Optional<String> keyRegion() {
        return kmsRegion.or(this::clusterRegion);
    }
}
