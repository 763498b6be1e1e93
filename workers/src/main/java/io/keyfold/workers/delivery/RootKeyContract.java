package io.keyfold.workers.delivery;

import io.keyfold.contract.CommandAction;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.rootkey.KeyTarget;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/// The root-key worker's commands and events.
public final class RootKeyContract implements StepContract<RootKeyCommand, RootKeyEvent, KeyTarget> {
    @Override
    public Topic<RootKeyCommand> commands() {
        return Topics.ROOT_KEY_COMMANDS;
    }

    @Override
    public Topic<RootKeyEvent> events() {
        return Topics.ROOT_KEY_EVENTS;
    }

    @Override
    public Command command(RootKeyCommand record) {
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
    public KeyTarget target(RootKeyCommand record) {
        return new KeyTarget(
                new InstanceAddress(record.getRegion(), record.getInstanceId()),
                record.getKeyName(),
                Optional.ofNullable(record.getRotationIntervalMonths()),
                record.getDualAuthorizationDelete(),
                Optional.ofNullable(record.getKeyMaterialReference()).map(KeyMaterialReference::parse));
    }

    @Override
    public RootKeyEvent event(UUID eventId, Command command, StepRunner.Answer answer, String worker) {
        EventParts parts = EventParts.of(answer.outcome());
        return RootKeyEvent.newBuilder()
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
}
