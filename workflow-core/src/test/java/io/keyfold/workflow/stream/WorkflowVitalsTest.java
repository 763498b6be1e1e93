package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.monitoring.Health;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over the real Kafka Streams, which finds no broker and is never started.
class WorkflowVitalsTest {
    private final WorkflowSettings settings = WorkflowSettings.of(
            Map.of("bootstrap.servers", "localhost:1", "schema.registry.url", "mock://vitals"));
    private final ContractSerdes serdes = new ContractSerdes(WorkflowDriver.serdes("mock://vitals"));
    private final RegistryPatience patience = new RegistryPatience(Duration.ZERO);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Admin admin = Admin.create(KafkaConfig.admin(settings));
    private KafkaStreams streams;
    private WorkflowVitals vitals;

    @BeforeEach
    void unstarted(@TempDir Path directory) {
        WorkflowParts parts = new WorkflowParts(
                "test", new SagaFold(SagaSettings.of("test"))::fold, serdes, new FakeTopicFacts(), patience,
                new Pace(), Duration.ofSeconds(1), Duration.ZERO,
                new WorkflowMeters(new CompositeMeterRegistry()),
                new WorkflowTraces(Traces.off(), "test"));
        streams = new KafkaStreams(
                WorkflowTopology.of(parts), KafkaConfig.streams(settings, directory.toString(), Optional.empty()));
        Readiness readiness = new Readiness(
                () -> Optional.of(streams), admin, "test", Set.of(new TopicPartition("a", 0)), patience);
        vitals = new WorkflowVitals(() -> Optional.of(streams), readiness, patience, ended, settings);
    }

    @AfterEach
    void close() {
        streams.close(Duration.ZERO);
        admin.close(Duration.ZERO);
        serdes.close();
    }

    @Test
    void every_thread_is_looked_at_for_whether_it_asks_for_records() {
        assertThat(vitals.live().isGood()).isTrue();
        assertThat(check(vitals.live(), "threads").words())
                .isEqualTo("2 threads, the longest 0 s without asking for records; at most 300 s");
    }

    @Test
    void every_thread_is_looked_at_for_whether_kafka_has_heard_of_it() {
        assertThat(check(vitals.ready(), "kafka").words())
                .isEqualTo("2 threads, the longest 0 s without a heartbeat; at most 6 s");
    }

    @Test
    void it_is_not_ready_before_its_partitions_are_folded() {
        assertThat(vitals.ready().isGood()).isFalse();
        assertThat(check(vitals.ready(), "partitions").words()).contains("CREATED");
    }

    @Test
    void one_that_has_given_up_does_not_live() {
        ended.completeExceptionally(new IllegalStateException("it died"));

        assertThat(vitals.live().isGood()).isFalse();
        assertThat(vitals.ready().isGood()).isFalse();
    }

    @Test
    void one_that_is_ending_as_it_was_told_lives_and_is_not_ready() {
        ended.complete(null);

        assertThat(vitals.live().isGood()).isTrue();
        assertThat(vitals.ready().isGood()).isFalse();
    }

    @Test
    void how_long_a_thread_may_be_away_is_kafkas_own_setting() {
        var patient = WorkflowSettings.of(
                Map.of(
                        "bootstrap.servers", "localhost:1", "schema.registry.url", "mock://vitals",
                        "kafka.max.poll.interval.ms", "1000", "kafka.main.consumer.max.poll.interval.ms", "900000"));

        assertThat(KafkaConfig.mostBetweenPolls(patient)).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void of_kafkas_own_metrics_those_that_tell_of_trouble_are_shown_under_lasting_names() {
        try (Monitor monitor = Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", 0)));
                Monitor.Followed _ = monitor.bound(
                        scheduler -> new KafkaStreamsMetrics(
                                streams, Tags.empty(), scheduler, Monitor.lookForFurther()))) {
            Map<String, List<String>> clients = monitor.meters().getMeters().stream()
                    .filter(meter -> meter.getId().getName().startsWith("kafka."))
                    .collect(
                            Collectors.groupingBy(
                                    meter -> meter.getId().getName(),
                                    Collectors.mapping(
                                            meter -> String.valueOf(meter.getId().getTag("client.id")),
                                            Collectors.toList())));

            assertThat(clients).containsKeys(
                    "kafka.consumer.last.poll.seconds.ago", "kafka.consumer.coordinator.last.heartbeat.seconds.ago",
                    "kafka.consumer.coordinator.assigned.partitions", "kafka.consumer.coordinator.rebalance.total",
                    "kafka.consumer.failed.authentication.total", "kafka.producer.record.send.total",
                    "kafka.producer.record.error.total", "kafka.producer.request.latency.avg",
                    "kafka.stream.alive.stream.threads", "kafka.stream.failed.stream.threads",
                    "kafka.stream.thread.process.total", "kafka.stream.thread.process.latency.avg",
                    "kafka.stream.thread.commit.latency.avg");
            assertThat(clients.get("kafka.consumer.last.poll.seconds.ago"))
                    .contains(
                            "keyfold-workflow-default-StreamThread-1-consumer",
                            "keyfold-workflow-default-StreamThread-2-consumer");
        }
    }

    private static Health.Check check(Health health, String name) {
        return health.checks().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
