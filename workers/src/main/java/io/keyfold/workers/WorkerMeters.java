package io.keyfold.workers;

import io.keyfold.monitoring.Monitor;
import io.keyfold.workers.delivery.DeliveryMeters;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.step.Gate;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What one worker kind of this process shows of its commands and accounts, once it has begun: a gauge stays with the first
/// that it was given, and a start that failed is tried again.
final class WorkerMeters {
    private WorkerMeters() {}

    /// @param gates by the alias of the account
    static void show(
            Monitor monitor, WorkerKind kind, KeyedConsumer consumer, DeliveryMeters delivery, Map<String, Gate> gates,
            InstantSource clock) {
        MeterRegistry meters = monitor.meters();
        Tags worker = Tags.of("worker", kind.service());
        Gauge.builder("keyfold.worker.commands.in.flight", consumer, KeyedConsumer::inFlight)
                .description("Commands that are being worked on.").tags(worker).register(meters);
        Gauge.builder("keyfold.worker.commands.taken", consumer, KeyedConsumer::taken)
                .description("Commands in memory: those that are worked on and those that wait for their turn.")
                .tags(worker).register(meters);
        TimeGauge.builder(
                "keyfold.worker.command.longest", consumer, TimeUnit.MILLISECONDS,
                one -> one.longestInFlight().toMillis())
                .description("For how long the oldest command that is worked on has been.").tags(worker)
                .register(meters);
        Gauge.builder("keyfold.registry.waiting", delivery, DeliveryMeters::waiting)
                .description("How much waits for the schema registry, or for Kafka to take an answer.")
                .tag("reader", kind.service()).register(meters);
        FunctionCounter.builder("keyfold.input.gaps", consumer, KeyedConsumer::gaps)
                .description("Times that records were found deleted before they had been read.")
                .tag("reader", kind.service()).register(meters);
        gates.forEach((account, gate) -> {
            Tags both = worker.and("account", account);
            Gauge.builder(
                    "keyfold.worker.circuit.open", gate, one -> one.knownOpen(clock.instant()).isPresent() ? 1 : 0)
                    .description(
                            "Whether calls to an account are held back, since its credentials are rejected or it is dead.")
                    .tags(both).register(meters);
            Gauge.builder("keyfold.worker.paused", gate, one -> one.paused().isPresent() ? 1 : 0)
                    .description("Whether an operator has paused it.").tags(both).register(meters);
        });
    }
}
