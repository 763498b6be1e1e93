package io.keyfold.workflow.stream;

import io.keyfold.monitoring.Health;
import io.keyfold.monitoring.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.KafkaStreams;

/// How a process of the workflow is.
///
/// It lives while its threads come back to ask Kafka for records: one that has not for as long as Kafka waits for it is stuck,
/// and has lost its partitions. It is ready while every partition is folded, it is in touch with its group, and nothing waits
/// for the registry. Kafka Streams calls itself running even when no broker is left.
final class WorkflowVitals implements Vitals {
    private final Supplier<Optional<KafkaStreams>> streams;
    private final Readiness readiness;
    private final RegistryPatience patience;
    private final CompletableFuture<Void> ended;
    private final Duration mostBetweenPolls;
    private final Duration session;

    WorkflowVitals(
            Supplier<Optional<KafkaStreams>> streams, Readiness readiness, RegistryPatience patience,
            CompletableFuture<Void> ended, WorkflowSettings settings) {
        this.streams = streams;
        this.readiness = readiness;
        this.patience = patience;
        this.ended = ended;
        this.mostBetweenPolls = KafkaConfig.mostBetweenPolls(settings);
        this.session = settings.sessionTimeout();
    }

    @Override
    public Health live() {
        List<Health.Check> checks = new ArrayList<>();
        checks.add(
                new Health.Check(
                        "workflow", !ended.isCompletedExceptionally(),
                        ended.isCompletedExceptionally() ? "It has given up; its log says why."
                                : "It has not given up."));
        checks.add(within("threads", "last-poll-seconds-ago", mostBetweenPolls, "without asking for records"));
        return new Health(checks);
    }

    @Override
    public Health ready() {
        if (ended.isDone()) {
            return Health.of(new Health.Check("workflow", false, "It has ended, or is ending."));
        }
        boolean waits = patience.isWaiting();
        return Health.of(
                readiness.ofPartitions(),
                within("kafka", "last-heartbeat-seconds-ago", session, "without a heartbeat"),
                new Health.Check(
                        "registry", !waits,
                        waits ? "A record waits for it to answer." : "Nothing waits for it."));
    }

    /// Whether none of the threads' consumers has let this much time pass. One that has not begun says less than 0.
    private Health.Check within(String check, String metric, Duration atMost, String without) {
        List<Double> seconds = streams.get().stream()
                .flatMap(now -> now.metrics().values().stream())
                .filter(each -> each.metricName().name().equals(metric) && isMainConsumers(each))
                .flatMap(each -> each.metricValue() instanceof Number number
                        ? Optional.of(number.doubleValue()).stream()
                        : Stream.empty())
                .toList();
        double longest = seconds.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        return new Health.Check(
                check, longest <= atMost.toSeconds(),
                seconds.size() + " threads, the longest " + Math.max(0, (long) longest) + " s " + without + "; at most "
                        + atMost.toSeconds() + " s");
    }

    private static boolean isMainConsumers(Metric metric) {
        String client = metric.metricName().tags().getOrDefault("client-id", "");
        return metric.metricName().group().startsWith("consumer-") && client.endsWith("-consumer")
                && !client.endsWith("-restore-consumer");
    }
}
