package io.keyfold.workers;

import io.keyfold.monitoring.Health;
import io.keyfold.monitoring.Vitals;
import io.keyfold.workers.delivery.DeliveryMeters;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.step.Gate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How the workers of a process are.
///
/// They live while each asks Kafka for commands again and again. They are ready while Kafka has heard of each within its
/// session, none waits for the registry or for Kafka to take an answer, and not all of its accounts are out of reach. One
/// that an operator has paused is ready: it does what it is told.
final class WorkerVitals implements Vitals {
    private final List<Worker> workers;
    private final InstantSource clock;

    /// @param gates by the alias of the account
    record Worker(WorkerKind kind, KeyedConsumer consumer, DeliveryMeters meters, Map<String, Gate> gates) {
        Worker {
            gates = Map.copyOf(gates);
        }
    }

    WorkerVitals(List<Worker> workers, InstantSource clock) {
        this.workers = List.copyOf(workers);
        this.clock = clock;
    }

    @Override
    public Health live() {
        List<Health.Check> checks = new ArrayList<>();
        for (Worker worker : workers) {
            Duration since = worker.consumer.sincePoll();
            boolean hasGivenUp = worker.consumer.ended().isCompletedExceptionally();
            boolean hasEnded = worker.consumer.ended().isDone();
            checks.add(
                    check(
                            worker, "",
                            !hasGivenUp && (hasEnded || since.compareTo(worker.consumer.mostBetweenPolls()) <= 0),
                            hasGivenUp ? "It has given up; its log says why."
                                    : hasEnded ? "It has ended as it was told."
                                            : since.toSeconds() + " s without asking for commands; at most "
                                                    + worker.consumer.mostBetweenPolls().toSeconds() + " s."));
        }
        return new Health(checks);
    }

    @Override
    public Health ready() {
        return new Health(
                workers.stream().flatMap(worker -> Stream.of(kafka(worker), registry(worker), accounts(worker)))
                        .toList());
    }

    private static Health.Check kafka(Worker worker) {
        boolean isReading = worker.consumer.isReading();
        return check(
                worker, " kafka", isReading,
                isReading ? "It reads its share of the commands."
                        : "It is no member of its group, or Kafka has not heard of it within its session.");
    }

    private static Health.Check registry(Worker worker) {
        int waiting = worker.meters.waiting();
        return check(
                worker, " registry", waiting == 0,
                waiting == 0 ? "Nothing waits for it."
                        : waiting + " commands wait for the registry, or for Kafka to take their answers.");
    }

    private Health.Check accounts(Worker worker) {
        Instant now = clock.instant();
        long open = worker.gates.values().stream().filter(gate -> gate.knownOpen(now).isPresent()).count();
        return check(
                worker, " accounts", open < worker.gates.size(),
                (worker.gates.size() - open) + " of " + worker.gates.size() + " are not known to be out of reach.");
    }

    private static Health.Check check(Worker worker, String what, boolean isGood, String words) {
        return new Health.Check(worker.kind.service() + what, isGood, words);
    }
}
