package io.keyfold.workflow.stream;

import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.SagaEvent;
import java.time.Duration;
import java.time.Instant;

/// What the processors work with, shared by all tasks of a process.
///
/// @param tick how often a task looks for wake-ups that have come
/// @param verifyInterval how often each cluster is looked at; zero for never by itself
/// @param meters what counts all that is decided
/// @param traces what tells of it as spans
record WorkflowParts(
        String installation,
        Fold fold,
        ContractSerdes serdes,
        TopicFacts topics,
        RegistryPatience patience,
        Pace pace,
        Duration tick,
        Duration verifyInterval,
        WorkflowMeters meters,
        WorkflowTraces traces) {
    /// The sagas' decisions, [io.keyfold.workflow.saga.SagaFold#fold].
    @FunctionalInterface
    interface Fold {
        Decision fold(Saga saga, SagaEvent event, Instant now);
    }

    Outbox outbox() {
        return new Outbox(serdes, topics, installation);
    }
}
