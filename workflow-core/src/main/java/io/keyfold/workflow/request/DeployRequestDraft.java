package io.keyfold.workflow.request;

import java.time.Instant;
import java.util.Optional;

/// A deploy request while it is put together.
final class DeployRequestDraft {
    String requestId;
    String account = "default";
    String clusterPrefix;
    String externalId = "";
    Optional<String> keyManagement = Optional.of("key_protect");
    Optional<String> kmsInstanceName = Optional.empty();
    Optional<String> kmsKeyName = Optional.empty();
    Optional<String> region = Optional.empty();
    Optional<String> zone = Optional.empty();
    Optional<String> kmsRegion = Optional.empty();
    String resourceGroup = "Default";
    boolean skipBlockStorageAuthorization;
    boolean skipFileStorageAuthorization;
    boolean skipObjectStorageAuthorization;
    Optional<String> cosInstanceGuid = Optional.empty();
    boolean separateKeys;
    boolean authorizationDelegation;
    Optional<String> keyMaterialReference = Optional.empty();
    Optional<Integer> rotationIntervalMonths = Optional.empty();
    boolean dualAuthorizationDelete;
    boolean deletionProtectionLifted;
    String requestedBy = "";
    Instant requestedAt = Instant.EPOCH;
    Optional<Instant> deadline = Optional.empty();

    DeployRequestDraft(String requestId, String clusterPrefix) {
        this.requestId = requestId;
        this.clusterPrefix = clusterPrefix;
    }

    DeployRequestDraft(DeployRequest request) {
        requestId = request.requestId();
        account = request.account();
        clusterPrefix = request.clusterPrefix();
        externalId = request.externalId();
        keyManagement = request.keyManagement();
        kmsInstanceName = request.kmsInstanceName();
        kmsKeyName = request.kmsKeyName();
        region = request.region();
        zone = request.zone();
        kmsRegion = request.kmsRegion();
        resourceGroup = request.resourceGroup();
        skipBlockStorageAuthorization = request.skipBlockStorageAuthorization();
        skipFileStorageAuthorization = request.skipFileStorageAuthorization();
        skipObjectStorageAuthorization = request.skipObjectStorageAuthorization();
        cosInstanceGuid = request.cosInstanceGuid();
        separateKeys = request.separateKeys();
        authorizationDelegation = request.authorizationDelegation();
        keyMaterialReference = request.keyMaterialReference();
        rotationIntervalMonths = request.rotationIntervalMonths();
        dualAuthorizationDelete = request.dualAuthorizationDelete();
        deletionProtectionLifted = request.deletionProtectionLifted();
        requestedBy = request.requestedBy();
        requestedAt = request.requestedAt();
        deadline = request.deadline();
    }

    DeployRequest request() {
        return new DeployRequest(
                requestId,
                account,
                clusterPrefix,
                externalId,
                keyManagement,
                kmsInstanceName,
                kmsKeyName,
                region,
                zone,
                kmsRegion,
                resourceGroup,
                skipBlockStorageAuthorization,
                skipFileStorageAuthorization,
                skipObjectStorageAuthorization,
                cosInstanceGuid,
                separateKeys,
                authorizationDelegation,
                keyMaterialReference,
                rotationIntervalMonths,
                dualAuthorizationDelete,
                deletionProtectionLifted,
                requestedBy,
                requestedAt,
                deadline);
    }
}
