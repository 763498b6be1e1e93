package io.keyfold.workers.delivery;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.workers.step.AbandonedException;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StepRunners;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads each command, has it carried out, and publishes the answer; what cannot be read becomes a dead letter.
///
/// @param <C> the command's record
/// @param <E> the event's record
/// @param <T> what a command is about
public final class CommandDesk<C extends SpecificRecord, E extends SpecificRecord, T> implements Work, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);

    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final StepContract<C, E, T> contract;
    private final StepRunners<T> steps;
    private final RecordDecoder<C> decoder;
    private final Publisher<E> publisher;
    private final String worker;
    private final DeliveryMeters meters;
    private final CommandTraces traces;

    /// Kafka lets only one thread at a time use a deserializer.
    private final Lock decoding = new ReentrantLock();

    /// @param source who writes, as the CloudEvents source: `/keyfold/default/root-key`
    /// @param worker which process this is
    public CommandDesk(
            StepContract<C, E, T> contract,
            StepRunners<T> steps,
            ClientConfig kafka,
            AvroSerdes serdes,
            String source,
            String worker,
            Clock clock,
            DeliveryMeters meters,
            CommandTraces traces) {
        this(contract, steps, new KafkaProducer<>(kafka.producer()), serdes, source, worker, clock, meters, traces);
    }

    /// @param producer closed with this
    CommandDesk(
            StepContract<C, E, T> contract,
            StepRunners<T> steps,
            Producer<byte[], byte[]> producer,
            AvroSerdes serdes,
            String source,
            String worker,
            Clock clock,
            DeliveryMeters meters,
            CommandTraces traces) {
        this.contract = contract;
        this.steps = steps;
        this.decoder = serdes.decoder(contract.commands());
        this.publisher = new Publisher<>(producer, serdes, contract.events(), source, clock, meters);
        this.worker = worker;
        this.meters = meters;
        this.traces = traces;
    }

    @Override
    public void carryOut(ReceivedRecord record) throws InterruptedException {
        if (record.key() == null) {
            publisher.deadLetter(record, DeadLetterReason.NULL_KEY,
                    "A command's key is its cluster_id; this one has none.");
            return;
        }
        switch (decoded(record)) {
            case Decoded.Value<C>(C command) -> carryOut(record, command);
            case Decoded.Unreadable<C>(var reason, String why) -> publisher.deadLetter(record, reason(reason), why);
            case Decoded.RegistryUnavailable<C> _ -> throw new IllegalStateException("was to be waited for");
        }
    }

    private void carryOut(ReceivedRecord record, C decoded) throws InterruptedException {
        Command command = contract.command(decoded);
        try (var _ = LogFields.of(command, record); var carried = traces.begin(command, record)) {
            carryOut(record, command, decoded, carried);
        }
    }

    private void carryOut(ReceivedRecord record, Command command, C decoded, CommandTraces.Carried carried)
            throws InterruptedException {
        if (!Arrays.equals(command.clusterId().getBytes(StandardCharsets.UTF_8), record.key())) {
            publisher.deadLetter(
                    record,
                    DeadLetterReason.KEY_MISMATCH,
                    "The command's key is not the cluster_id in its body.");
            return;
        }
        long begin = System.nanoTime();
        StepRunner.Answer answer = answer(record, command, decoded);
        meters.answered(command, answer.outcome(), Duration.ofNanos(System.nanoTime() - begin));
        EventParts parts = EventParts.of(answer.outcome());
        carried.ended(parts, answer.calls());
        UUID eventId = eventId(command, parts);
        try {
            publisher.answer(record, eventId, contract.event(eventId, command, answer, worker), answer.at());
        } catch (RecordTooLargeException e) {
            publisher.deadLetter(
                    record, DeadLetterReason.TOO_LARGE,
                    "The answer to it is too large to be written: " + e.getMessage());
        }
    }

    private StepRunner.Answer answer(ReceivedRecord record, Command command, C decoded) throws InterruptedException {
        T target;
        try {
            target = contract.target(decoded);
        } catch (IllegalArgumentException senseless) {
            return steps.of(command).invalid(command, "It is " + senseless.getMessage() + ".");
        }
        try {
            return steps.of(command).answer(command, target, record.wasWaitingAtAssignment(), record::isOurs);
        } catch (AbandonedException left) {
            InterruptedException stop = new InterruptedException(left.getMessage());
            stop.initCause(left);
            throw stop;
        }
    }

    private Decoded<C> decoded(ReceivedRecord record) throws InterruptedException {
        Decoded<C> decoded = decode(record);
        if (!(decoded instanceof Decoded.RegistryUnavailable<C>(String why))) {
            return decoded;
        }
        meters.waits();
        try {
            return decodedOnceItAnswers(record, why);
        } finally {
            meters.goesOn();
        }
    }

    /// Waits for a registry that is down.
    private Decoded<C> decodedOnceItAnswers(ReceivedRecord record, String first) throws InterruptedException {
        String why = first;
        for (Duration wait = FIRST_WAIT;; wait = longer(wait)) {
            LOG.warn("{} cannot be read yet, trying again: {}", record, why);
            if (!record.isOurs()) {
                throw new InterruptedException(record + " belongs to another process now, which reads it");
            }
            Thread.sleep(wait);
            Decoded<C> decoded = decode(record);
            if (!(decoded instanceof Decoded.RegistryUnavailable<C>(String again))) {
                return decoded;
            }
            why = again;
        }
    }

    private Decoded<C> decode(ReceivedRecord record) throws InterruptedException {
        decoding.lockInterruptibly();
        try {
            return decoder.decode(record.headers(), record.value());
        } finally {
            decoding.unlock();
        }
    }

    private static DeadLetterReason reason(Decoded.Unreadable.Reason reason) {
        return switch (reason) {
            case NO_VALUE -> DeadLetterReason.NULL_VALUE;
            case NOT_AVRO -> DeadLetterReason.NOT_AVRO;
            case UNKNOWN_SCHEMA -> DeadLetterReason.UNKNOWN_SCHEMA;
            case WRONG_RECORD_TYPE -> DeadLetterReason.WRONG_RECORD_TYPE;
            case UNDECODABLE -> DeadLetterReason.UNDECODABLE;
        };
    }

    /// The same for the same answer to the same command, however often it is given.
    private static UUID eventId(Command command, EventParts parts) {
        String name = command.id() + "/" + parts.type() + "/" + parts.finding() + "/" + parts.resourceId();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static Duration longer(Duration wait) {
        Duration doubled = wait.multipliedBy(2);
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }

    /// Shows what its producer measures, until the answer is closed.
    public Monitor.Followed showTo(Monitor monitor) {
        return publisher.showTo(monitor);
    }

    @Override
    public void close() {
        publisher.close();
        decoder.close();
    }
}
