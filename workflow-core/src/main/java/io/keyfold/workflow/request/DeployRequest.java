package io.keyfold.workflow.request;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// A request for a cluster's encryption, as it was given: the deployment inputs under their official names, unchecked.
/// The meaning of each field is documented in `ClusterDeployRequested.avsc`.
///
/// @param deletionProtectionLifted the opposite of `deletion_protection`, so that what an earlier version stored without
///     it is protected
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
        boolean deletionProtectionLifted,
        String requestedBy,
        Instant requestedAt,
        Optional<Instant> deadline) {

    /// A request with every other input at its default; a valid one needs a region or a zone too.
    public static DeployRequest of(String requestId, String clusterPrefix) {
        return new DeployRequestDraft(requestId, clusterPrefix).request();
    }

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

    /// Whether destroying its root keys takes a reason.
    public boolean deletionProtection() {
        return !deletionProtectionLifted;
    }

    /// Tells this body from another one under the same request id: the first 128 bits of a SHA-256, in hex.
    ///
    /// Only what differs from its default counts, so that an input added by a later version leaves the digest of
    /// older requests as it is. When it was asked does not count: a caller may send the same request again.
    public String digest() {
        return RequestDigest.of(this);
    }

    /// What may be remembered of a request that was refused: every text shortened and escaped, no key material.
    public DeployRequest clipped() {
        return with(draft -> {
            draft.requestId = Given.clipped(requestId);
            draft.account = Given.clipped(account);
            draft.clusterPrefix = Given.clipped(clusterPrefix);
            draft.externalId = Given.clipped(externalId);
            draft.keyManagement = keyManagement.map(Given::clipped);
            draft.kmsInstanceName = kmsInstanceName.map(Given::clipped);
            draft.kmsKeyName = kmsKeyName.map(Given::clipped);
            draft.region = region.map(Given::clipped);
            draft.zone = zone.map(Given::clipped);
            draft.kmsRegion = kmsRegion.map(Given::clipped);
            draft.resourceGroup = Given.clipped(resourceGroup);
            draft.cosInstanceGuid = cosInstanceGuid.map(Given::clipped);
            draft.keyMaterialReference = Optional.empty();
            draft.requestedBy = Given.clipped(requestedBy);
        });
    }

    public DeployRequest withRequestId(String value) {
        return with(draft -> draft.requestId = value);
    }

    public DeployRequest withAccount(String value) {
        return with(draft -> draft.account = value);
    }

    public DeployRequest withExternalId(String value) {
        return with(draft -> draft.externalId = value);
    }

    /// Provider-managed encryption: `key_management` is null.
    public DeployRequest withProviderManaged() {
        return with(draft -> draft.keyManagement = Optional.empty());
    }

    public DeployRequest withKeyManagement(String value) {
        return with(draft -> draft.keyManagement = Optional.of(value));
    }

    public DeployRequest withKmsInstanceName(String value) {
        return with(draft -> draft.kmsInstanceName = Optional.of(value));
    }

    public DeployRequest withKmsKeyName(String value) {
        return with(draft -> draft.kmsKeyName = Optional.of(value));
    }

    public DeployRequest withRegion(String value) {
        return with(draft -> draft.region = Optional.of(value));
    }

    public DeployRequest withZone(String value) {
        return with(draft -> draft.zone = Optional.of(value));
    }

    public DeployRequest withKmsRegion(String value) {
        return with(draft -> draft.kmsRegion = Optional.of(value));
    }

    public DeployRequest withResourceGroup(String value) {
        return with(draft -> draft.resourceGroup = value);
    }

    /// Sets the skip flag of one storage service.
    public DeployRequest withSkipped(StorageService storage, boolean value) {
        return with(draft -> {
            switch (storage) {
                case BLOCK_STORAGE -> draft.skipBlockStorageAuthorization = value;
                case FILE_STORAGE -> draft.skipFileStorageAuthorization = value;
                case OBJECT_STORAGE -> draft.skipObjectStorageAuthorization = value;
            }
        });
    }

    public DeployRequest withCosInstanceGuid(String value) {
        return with(draft -> draft.cosInstanceGuid = Optional.of(value));
    }

    public DeployRequest withSeparateKeys(boolean value) {
        return with(draft -> draft.separateKeys = value);
    }

    public DeployRequest withAuthorizationDelegation(boolean value) {
        return with(draft -> draft.authorizationDelegation = value);
    }

    public DeployRequest withKeyMaterialReference(String value) {
        return with(draft -> draft.keyMaterialReference = Optional.of(value));
    }

    public DeployRequest withRotationIntervalMonths(int value) {
        return with(draft -> draft.rotationIntervalMonths = Optional.of(value));
    }

    public DeployRequest withDualAuthorizationDelete(boolean value) {
        return with(draft -> draft.dualAuthorizationDelete = value);
    }

    public DeployRequest withDeletionProtection(boolean value) {
        return with(draft -> draft.deletionProtectionLifted = !value);
    }

    public DeployRequest withRequestedBy(String value) {
        return with(draft -> draft.requestedBy = value);
    }

    public DeployRequest withRequestedAt(Instant value) {
        return with(draft -> draft.requestedAt = value);
    }

    public DeployRequest withDeadline(Instant value) {
        return with(draft -> draft.deadline = Optional.of(value));
    }

    public DeployRequest withoutDeadline() {
        return with(draft -> draft.deadline = Optional.empty());
    }

    /// Names the request; its inputs may be a megabyte long, or hold what should not be logged.
    @Override
    public String toString() {
        return "DeployRequest[" + Given.text(requestId) + " for " + Given.text(account + "/" + clusterPrefix) + "]";
    }

    private DeployRequest with(Consumer<DeployRequestDraft> change) {
        var draft = new DeployRequestDraft(this);
        change.accept(draft);
        return draft.request();
    }
}
