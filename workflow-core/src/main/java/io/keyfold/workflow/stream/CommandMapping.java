package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WireEnums.toWire;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.PlannedStep.Authorization;
import io.keyfold.workflow.saga.StepCommand;
import io.keyfold.workflow.saga.StepCommand.AuthorizationTarget;
import io.keyfold.workflow.saga.StepCommand.InstanceTarget;
import io.keyfold.workflow.saga.StepCommand.KeyTarget;

/// Orders to the three workers, as they go out.
final class CommandMapping {
    private CommandMapping() {}

    static KmsInstanceCommand instance(ClusterId cluster, StepCommand command, InstanceTarget target) {
        return KmsInstanceCommand.newBuilder()
                .setCommandId(command.id())
                .setClusterId(cluster.toString())
                .setAccount(cluster.account())
                .setRun(command.run())
                .setRequestId(command.requestId())
                .setStep(toWire(command.step(), io.keyfold.contract.StepName.class))
                .setAction(toWire(command.action(), CommandAction.class))
                .setAttempt(command.attempt())
                .setMark(command.mark())
                .setIssuedAt(command.issuedAt())
                .setNotAfter(command.notAfter())
                .setExpectedId(command.expectedId().orElse(null))
                .setInstanceName(target.name())
                .setAdoptOnly(target.adoptOnly())
                .setRegion(target.region())
                .setResourceGroup(target.resourceGroup())
                .setFirstIssuedAt(target.firstIssuedAt())
                .setForeignIds(target.foreignIds())
                .setTags(target.tags())
                .build();
    }

    static RootKeyCommand rootKey(ClusterId cluster, StepCommand command, KeyTarget target) {
        return RootKeyCommand.newBuilder()
                .setCommandId(command.id())
                .setClusterId(cluster.toString())
                .setAccount(cluster.account())
                .setRun(command.run())
                .setRequestId(command.requestId())
                .setStep(toWire(command.step(), io.keyfold.contract.StepName.class))
                .setAction(toWire(command.action(), CommandAction.class))
                .setAttempt(command.attempt())
                .setMark(command.mark())
                .setIssuedAt(command.issuedAt())
                .setNotAfter(command.notAfter())
                .setExpectedId(command.expectedId().orElse(null))
                .setInstanceId(target.instanceId())
                .setInstanceCrn(target.instanceCrn())
                .setRegion(target.region())
                .setKeyName(target.name())
                .setAdoptOnly(target.adoptOnly())
                .setRotationIntervalMonths(target.rotationMonths().orElse(null))
                .setDualAuthorizationDelete(target.dualAuthorization())
                .setKeyMaterialReference(target.material().orElse(null))
                .build();
    }

    static AuthorizationCommand authorization(ClusterId cluster, StepCommand command, AuthorizationTarget target) {
        Authorization authorization = target.authorization();
        return AuthorizationCommand.newBuilder()
                .setCommandId(command.id())
                .setClusterId(cluster.toString())
                .setAccount(cluster.account())
                .setRun(command.run())
                .setRequestId(command.requestId())
                .setStep(toWire(command.step(), io.keyfold.contract.StepName.class))
                .setAction(toWire(command.action(), CommandAction.class))
                .setAttempt(command.attempt())
                .setMark(command.mark())
                .setIssuedAt(command.issuedAt())
                .setNotAfter(command.notAfter())
                .setExpectedId(command.expectedId().orElse(null))
                .setStorageService(toWire(authorization.storage(), io.keyfold.contract.StorageService.class))
                .setSourceService(authorization.source().service())
                .setSourceResourceType(authorization.source().resourceType().orElse(null))
                .setSourceInstanceId(authorization.source().instanceId().orElse(null))
                .setTargetInstanceId(target.instanceId())
                .setRegion(target.region())
                .setRoles(authorization.roles())
                .setAdoptOnly(authorization.adoptOnly())
                .build();
    }
}
