package io.keyfold.gateway;

import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.fleet.FleetCounts;
import io.keyfold.gateway.topic.StatusReader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToIntFunction;

/// How many clusters stand how. Every gateway knows all of them, so of several any one's word is enough: take the greatest.
///
/// Nothing is said before all statuses have been read: half of a fleet would look like a fleet of which half is lost.
final class GatewayMeters {
    private final MeterRegistry meters;
    private final Fleet fleet;
    private final StatusReader statuses;

    private GatewayMeters(MeterRegistry meters, Fleet fleet, StatusReader statuses) {
        this.meters = meters;
        this.fleet = fleet;
        this.statuses = statuses;
    }

    static void show(MeterRegistry meters, Fleet fleet, StatusReader statuses) {
        new GatewayMeters(meters, fleet, statuses).show();
    }

    private void show() {
        for (var standing : Standing.values()) {
            gauge(
                    "keyfold.clusters", "Clusters, by what holds for them.", "standing", standing,
                    counts -> counts.standing().getOrDefault(standing, 0));
        }
        for (var state : RunState.values()) {
            gauge(
                    "keyfold.clusters.last.run",
                    "Clusters, by how their last run goes or went; unknown: they have had none.",
                    "state", state, counts -> counts.runState().getOrDefault(state, 0));
        }
        gauge("keyfold.clusters.needing.person", "Clusters that wait for what a person has to do.",
                FleetCounts::needPerson);
        gauge("keyfold.clusters.paused", "Clusters that an operator has paused.", FleetCounts::paused);
        FunctionCounter.builder("keyfold.statuses.unreadable", statuses, StatusReader::unreadable)
                .description("Statuses that could not be read and so are not shown.").register(meters);
    }

    private void gauge(
            String name, String description, String tag, Enum<?> symbol, ToIntFunction<FleetCounts> count) {
        Gauge.builder(name, this, one -> one.number(count)).description(description)
                .tag(tag, symbol.name().toLowerCase(Locale.ROOT)).strongReference(true).register(meters);
    }

    private void gauge(String name, String description, ToIntFunction<FleetCounts> count) {
        Gauge.builder(name, this, one -> one.number(count)).description(description).strongReference(true)
                .register(meters);
    }

    private double number(ToIntFunction<FleetCounts> count) {
        return statuses.caughtUp().isDone() ? count.applyAsInt(fleet.counts()) : Double.NaN;
    }
}
