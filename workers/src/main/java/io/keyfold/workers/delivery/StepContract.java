package io.keyfold.workers.delivery;

import io.keyfold.schemas.Topic;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.StepRunner;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/// One worker's side of the contract: its topics, and its commands and events as the worker knows them.
///
/// @param <C> the command's record
/// @param <E> the event's record
/// @param <T> what a command is about
public interface StepContract<C extends SpecificRecord, E extends SpecificRecord, T> {
    Topic<C> commands();

    Topic<E> events();

    /// What all commands have in common.
    Command command(C record);

    /// @throws IllegalArgumentException saying what of it makes no sense
    T target(C record);

    /// @param worker which process answers
    E event(UUID eventId, Command command, StepRunner.Answer answer, String worker);
}
