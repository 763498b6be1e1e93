package io.keyfold.workers.delivery;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Counts what one worker kind of this process is told and answers.
///
/// What is counted is counted from the start: of a series that begins with its first event, Prometheus sees no rise.
public final class DeliveryMeters {
    /// From an answer that takes no call to a command that uses its whole turn.
    private static final Duration[] LENGTHS = Stream.of(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)
            .map(Duration::ofMillis).toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final String worker;
    private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Counter repeated;

    /// Commands that cannot be read, or answers that cannot be written, before somebody else is well again.
    private final AtomicInteger waiting = new AtomicInteger();

    /// @param worker as the command line names it
    public DeliveryMeters(MeterRegistry meters, String worker) {
        this.meters = meters;
        this.worker = worker;
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(
                    reason,
                    Counter.builder("keyfold.dead.letters")
                            .description("Records that were written to keyfold-dead-letters.")
                            .tags("writer", worker, "reason", word(reason))
                            .register(meters));
        }
        repeated = Counter.builder("keyfold.worker.commands.repeated")
                .description("Commands by which a step asks again.")
                .tag("worker", worker)
                .register(meters);
    }

    /// Nobody sees them.
    public static DeliveryMeters off() {
        return new DeliveryMeters(new CompositeMeterRegistry(), "");
    }

    void answered(Command command, Outcome outcome, Duration duration) {
        Timer.builder("keyfold.worker.command.duration")
                .description("How long a command was worked on until it was known what to answer.")
                .tags(
                        "worker", worker, "step", word(command.step()), "action", word(command.action()), "outcome",
                        word(outcome))
                .serviceLevelObjectives(LENGTHS)
                .register(meters)
                .record(duration);
        if (command.attempt() > 1) {
            repeated.increment();
        }
    }

    void deadLetter(DeadLetterReason reason) {
        Optional.ofNullable(deadLetters.get(reason)).ifPresent(Counter::increment);
    }

    /// A command begins to wait for the registry, or for Kafka to take its answer.
    void waits() {
        waiting.incrementAndGet();
    }

    /// It waits no more.
    void goesOn() {
        waiting.decrementAndGet();
    }

    /// How many commands wait for the registry, or for Kafka to take their answers.
    public int waiting() {
        return waiting.get();
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Created _ -> "created";
            case Outcome.Adopted _ -> "adopted";
            case Outcome.NotFound _ -> "not_found";
            case Outcome.Failed _ -> "failed";
            case Outcome.Deferred _ -> "deferred";
            case Outcome.Compensated _ -> "compensated";
            case Outcome.CompensationFailed _ -> "compensation_failed";
            case Outcome.Verified _ -> "verified";
            case Outcome.Expired _ -> "expired";
        };
    }

    private static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT);
    }
}
