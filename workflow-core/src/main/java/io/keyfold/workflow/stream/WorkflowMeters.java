package io.keyfold.workflow.stream;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.AuditEvent;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Effect;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.RunKind;
import io.keyfold.workflow.saga.RunState;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.VerificationOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Counts what the workflow decides, by what it tells the audit. A decision that Kafka lets be taken again, since its
/// transaction was not committed, counts again.
///
/// Every series is there from the start: of one that begins with its first event, Prometheus sees no rise.
final class WorkflowMeters {
    private static final List<RunState> ENDS =
            List.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED);
    private static final List<RunState> PARKED = List.of(RunState.COMPENSATION_FAILED, RunState.KEY_IN_USE);

    /// What the audit tells of a step, and how it is called here.
    private static final Map<AuditEvent, String> OF_STEPS = Map.of(
            AuditEvent.STEP_STARTED, "started",
            AuditEvent.STEP_COMPLETED, "completed",
            AuditEvent.STEP_FAILED, "failed",
            AuditEvent.STEP_DEFERRED, "deferred",
            AuditEvent.DELETE_STARTED, "delete_started",
            AuditEvent.STEP_COMPENSATED, "compensated",
            AuditEvent.STEP_RETAINED, "retained",
            AuditEvent.COMPENSATION_FAILED, "compensation_failed",
            AuditEvent.STEP_VERIFIED, "verified",
            AuditEvent.LATE_ANSWER, "answered_late");

    private static final String CONTROLS = "keyfold.controls";
    private static final String OF_CONTROLS =
            "What was asked to be done with a cluster: cancel, retry, verify and the like.";

    private static final Duration[] LENGTHS = Stream.of(1, 2, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 21_600, 86_400)
            .map(Duration::ofSeconds).toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final Map<RunKind, Counter> started;
    private final Map<RunKind, Map<RunState, Counter>> ended;
    private final Map<RunKind, Timer> lengths;
    private final Map<RunState, Counter> parked;
    private final Map<StepName, Map<AuditEvent, Counter>> steps;
    private final Map<StepName, Timer> stepLengths;
    private final Map<AuditEvent, Counter> asked;
    private final Map<String, Counter> verifications;
    private final Map<DeadLetterReason, Counter> deadLetters;
    private final Counter deadlines;
    private final Counter repeated;
    private final Counter replaced;
    private final Counter gone;

    WorkflowMeters(MeterRegistry meters) {
        this.meters = meters;
        started = each(
                RunKind.values(), kind -> counter("keyfold.runs.started", "Runs that have begun.", "kind", word(kind)));
        ended = each(
                RunKind.values(),
                kind -> each(
                        ENDS,
                        state -> counter(
                                "keyfold.runs.ended", "Runs that have ended.", "kind", word(kind), "state",
                                word(state))));
        lengths = each(
                RunKind.values(),
                kind -> timer("keyfold.run.duration", "From a run's begin to its end.", "kind", word(kind)));
        parked = each(
                PARKED,
                state -> counter("keyfold.runs.parked", "Runs that have begun to wait for a person.", "state",
                        word(state)));
        steps = each(
                StepName.values(),
                step -> each(
                        OF_STEPS.keySet(),
                        event -> counter(
                                "keyfold.steps", "What has happened to steps of runs.", "step", word(step), "event",
                                OF_STEPS.getOrDefault(event, ""))));
        stepLengths = each(
                StepName.values(),
                step -> timer(
                        "keyfold.step.duration", "From the first command for a thing until it is there.", "step",
                        word(step)));
        asked = Map.of(
                AuditEvent.REQUEST_REFUSED,
                counter("keyfold.requests.refused", "Requests to deploy that were refused."),
                AuditEvent.CONTROL_ACCEPTED, counter(CONTROLS, OF_CONTROLS, "outcome", "accepted"),
                AuditEvent.CONTROL_REFUSED, counter(CONTROLS, OF_CONTROLS, "outcome", "refused"));
        verifications = Stream.concat(Stream.of(VerificationOutcome.values()).map(Enum::name), Stream.of("DROPPED"))
                .collect(
                        Collectors.toUnmodifiableMap(
                                Function.identity(),
                                outcome -> counter(
                                        "keyfold.verifications", "Verifications that have ended.", "outcome",
                                        outcome.toLowerCase(Locale.ROOT))));
        deadLetters = each(
                DeadLetterReason.values(),
                reason -> counter(
                        "keyfold.dead.letters", "Records that were written to keyfold-dead-letters.", "writer",
                        "workflow", "reason", word(reason)));
        deadlines = counter("keyfold.deadlines.passed", "Runs that had not ended at their deadline.");
        repeated = counter("keyfold.records.repeated", "Records that were handled before, read again and passed over.");
        replaced = counter("keyfold.workflow.threads.replaced", "Threads that have died and were replaced.");
        gone = counter(
                "keyfold.input.gaps", "Times that records were found deleted before they had been read.", "reader",
                "workflow");
    }

    /// What a process tells that is not to be told of single decisions.
    void show(RegistryPatience patience) {
        Gauge
                .builder("keyfold.registry.waiting", patience, one -> one.isWaiting() ? 1 : 0)
                .description("How much waits for the schema registry, or for Kafka to take an answer.")
                .tag("reader", "workflow").register(meters);
    }

    void decided(Saga before, Decision decision, Instant now) {
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Write(var line)) {
                count(before, decision.saga(), line, now);
            }
        }
    }

    private void count(Saga before, Saga after, AuditLine line, Instant now) {
        Optional.ofNullable(asked.get(line.event())).ifPresent(Counter::increment);
        line.step().map(steps::get).map(events -> events.get(line.event())).ifPresent(Counter::increment);
        switch (line.event()) {
            case REQUEST_ACCEPTED -> begun(before, after, line);
            case RUN_ENDED -> run(before, after, line.run()).ifPresent(run -> {
                count(ended.get(run.kind()), line.to());
                record(lengths.get(run.kind()), run.startedAt(), now);
            });
            case RUN_PARKED -> count(parked, line.to());
            case STEP_COMPLETED -> line.step()
                    .flatMap(step -> run(before, after, line.run()).flatMap(run -> run.step(step)))
                    .ifPresent(
                            step -> step.firstIssuedAt().ifPresent(
                                    issued -> record(stepLengths.get(step.name()), issued, now)));
            case DEADLINE_PASSED -> deadlines.increment();
            case VERIFICATION_ENDED -> Optional
                    .ofNullable(verifications.get(line.code().isEmpty() ? line.to() : line.code()))
                    .ifPresent(Counter::increment);
            default -> {
                // Counted above, or of no use to anybody who looks at many.
            }
        }
    }

    private void begun(Saga before, Saga after, AuditLine line) {
        run(before, after, line.run()).ifPresent(run -> {
            Optional.ofNullable(started.get(run.kind())).ifPresent(Counter::increment);
            count(ended.get(run.kind()), line.to()); // cancelled before it came
        });
    }

    /// Of two runs in one decision both are known: the first is the one before.
    private static Optional<Run> run(Saga before, Saga after, int number) {
        return Stream.of(after, before).flatMap(saga -> saga.lastRun().stream())
                .filter(run -> run.number() == number)
                .findFirst();
    }

    private static void count(@Nullable Map<RunState, Counter> byState, String state) {
        if (byState != null) {
            byState.forEach((each, counter) -> {
                if (each.name().equals(state)) {
                    counter.increment();
                }
            });
        }
    }

    /// Clocks may be set back.
    private static void record(@Nullable Timer timer, Instant from, Instant to) {
        if (timer != null && !to.isBefore(from)) {
            timer.record(Duration.between(from, to));
        }
    }

    void deadLetter(DeadLetterReason reason) {
        Optional.ofNullable(deadLetters.get(reason)).ifPresent(Counter::increment);
    }

    void repeated() {
        repeated.increment();
    }

    void replaced() {
        replaced.increment();
    }

    void gone() {
        gone.increment();
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(meters);
    }

    private Timer timer(String name, String description, String... tags) {
        return Timer.builder(name).description(description).tags(tags).serviceLevelObjectives(LENGTHS)
                .register(meters);
    }

    private static <K, V> Map<K, V> each(K[] keys, Function<K, V> value) {
        return each(List.of(keys), value);
    }

    private static <K, V> Map<K, V> each(Collection<K> keys, Function<K, V> value) {
        return keys.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), value));
    }

    private static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT);
    }
}
