package io.keyfold.workflow.wire;

import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.workflow.request.DeployRequest;
import java.util.Optional;

/// A request record as the workflow's pure rules take it.
public final class DeployRequests {
    private DeployRequests() {}

    public static DeployRequest of(ClusterDeployRequested request) {
        return new DeployRequest(
                request.getRequestId(),
                request.getAccount(),
                request.getClusterPrefix(),
                request.getExternalId(),
                Optional.ofNullable(request.getKeyManagement()),
                Optional.ofNullable(request.getKmsInstanceName()),
                Optional.ofNullable(request.getKmsKeyName()),
                Optional.ofNullable(request.getRegion()),
                Optional.ofNullable(request.getZone()),
                Optional.ofNullable(request.getKmsRegion()),
                request.getResourceGroup(),
                request.getSkipIamBlockStorageAuthorizationPolicy(),
                request.getSkipIamShareAuthorizationPolicy(),
                request.getSkipKmsS2sAuthPolicy(),
                Optional.ofNullable(request.getCosInstanceGuid()),
                request.getSeparateKeys(),
                request.getAuthorizationDelegation(),
                Optional.ofNullable(request.getKeyMaterialReference()),
                Optional.ofNullable(request.getRotationIntervalMonths()),
                request.getDualAuthorizationDelete(),
                !request.getDeletionProtection(),
                request.getRequestedBy(),
                request.getRequestedAt(),
                Optional.ofNullable(request.getDeadline()));
    }
}
