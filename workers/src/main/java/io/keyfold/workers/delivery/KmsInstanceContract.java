package io.keyfold.workers.delivery;

import io.keyfold.contract.CommandAction;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.kmsinstance.InstanceTarget;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/// The KMS-instance worker's commands and events.
public final class KmsInstanceContract implements StepContract<KmsInstanceCommand, KmsInstanceEvent, InstanceTarget> {
    @Override
    public Topic<KmsInstanceCommand> commands() {
        return Topics.KMS_INSTANCE_COMMANDS;
    }

    @Override
    public Topic<KmsInstanceEvent> events() {
        return Topics.KMS_INSTANCE_EVENTS;
    }

    @Override
    public Command command(KmsInstanceCommand record) {
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
    public InstanceTarget target(KmsInstanceCommand record) {
        return new InstanceTarget(
                record.getInstanceName(),
                record.getRegion(),
                record.getResourceGroup(),
                record.getFirstIssuedAt(),
                record.getForeignIds(),
                record.getTags());
    }

    @Override
    public KmsInstanceEvent event(UUID eventId, Command command, StepRunner.Answer answer, String worker) {
        EventParts parts = EventParts.of(answer.outcome());
        return KmsInstanceEvent.newBuilder()
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
