package io.keyfold.workers.delivery;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.CommandAction;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.authorization.AuthorizationRole;
import io.keyfold.workers.authorization.AuthorizationSource;
import io.keyfold.workers.authorization.AuthorizationTarget;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/// The authorization worker's commands and events.
public final class AuthorizationContract
        implements StepContract<AuthorizationCommand, AuthorizationEvent, AuthorizationTarget> {
    @Override
    public Topic<AuthorizationCommand> commands() {
        return Topics.AUTHORIZATION_COMMANDS;
    }

    @Override
    public Topic<AuthorizationEvent> events() {
        return Topics.AUTHORIZATION_EVENTS;
    }

    @Override
    public Command command(AuthorizationCommand record) {
        return new Command(
                record.getCommandId(),
                record.getClusterId(),
                record.getAccount(),
                record.getRun(),
                StepName.valueOf(record.getStep().name()),
                Action.valueOf(record.getAction().name()),
                record.getAttempt(),
                record.getMark(),
                record.getNotAfter(),
                Optional.ofNullable(record.getExpectedId()),
                record.getAdoptOnly());
    }

    @Override
    public AuthorizationTarget target(AuthorizationCommand record) {
        AuthorizationSource source = new AuthorizationSource(
                record.getSourceService(),
                Optional.ofNullable(record.getSourceResourceType()),
                Optional.ofNullable(record.getSourceInstanceId()));
        return new AuthorizationTarget(
                source,
                new InstanceAddress(record.getRegion(), record.getTargetInstanceId()),
                record.getRoles().stream().map(AuthorizationContract::role).toList());
    }

    @Override
    public AuthorizationEvent event(UUID eventId, Command command, StepRunner.Answer answer, String worker) {
        EventParts parts = EventParts.of(answer.outcome());
        return AuthorizationEvent.newBuilder()
                .setEventId(eventId)
                .setCommandId(command.id())
                .setClusterId(command.clusterId())
                .setRun(command.run())
                .setStep(io.keyfold.contract.StepName.valueOf(command.step().name()))
                .setAction(CommandAction.valueOf(command.action().name()))
                .setType(parts.type())
                .setFinding(parts.finding())
                .setResource(parts.resource())
                .setSurplus(parts.surplus())
                .setDeferredUntil(parts.deferredUntil())
                .setWhy(parts.why())
                .setFault(parts.fault())
                .setVisibleSince(parts.visibleSince())
                .setInspection(parts.inspection())
                .setStopsClock(parts.stopsClock())
                .setRestorableUntil(parts.restorableUntil())
                .setAttempts(answer.calls())
                .setWorker(worker)
                .setOccurredAt(answer.at().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private static AuthorizationRole role(String displayName) {
        return AuthorizationRole.named(displayName)
                .orElseThrow(() -> new IllegalArgumentException("not a role that is given: \"" + displayName + "\""));
    }
}
