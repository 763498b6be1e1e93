package io.keyfold.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.monitoring.Health;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.delivery.DeliveryMeters;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.step.Gate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Over a consumer that finds no broker and is never started.
class WorkerVitalsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final KeyedConsumer consumer = new KeyedConsumer(
            "root-key", new ClientConfig("localhost:1", "test", Map.of()).consumer("test"), "root-key-commands",
            new KeyedConsumer.Limits(10, Duration.ofSeconds(25)), record -> {});
    private final Gate one = new Gate();
    private final WorkerVitals vitals = new WorkerVitals(
            List.of(
                    new WorkerVitals.Worker(
                            WorkerKind.ROOT_KEY, consumer, DeliveryMeters.off(),
                            Map.of("default", one, "prod", new Gate()))),
            InstantSource.fixed(NOW));

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void one_that_has_not_joined_its_group_lives_and_is_not_ready() {
        assertThat(vitals.live().isGood()).isTrue();
        assertThat(check(vitals.live(), "root-key").words())
                .matches("\\d+ s without asking for commands; at most 300 s\\.");
        assertThat(check(vitals.ready(), "root-key kafka").isGood()).isFalse();
        assertThat(check(vitals.ready(), "root-key registry").isGood()).isTrue();
        assertThat(check(vitals.ready(), "root-key accounts").words())
                .isEqualTo("2 of 2 are not known to be out of reach.");
    }

    @Test
    void one_that_is_paused_does_what_it_is_told() {
        one.pause(new Gate.Pause(NOW, "alice", "maintenance"));

        assertThat(check(vitals.ready(), "root-key accounts").isGood()).isTrue();
    }

    @Test
    void what_it_shows_names_worker_and_account_and_nobody_else() {
        try (Monitor monitor = Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", 0)));
                Monitor.Followed _ = consumer.showTo(monitor)) {
            WorkerMeters.show(
                    monitor, WorkerKind.ROOT_KEY, consumer, DeliveryMeters.off(), Map.of("default", one),
                    InstantSource.fixed(NOW));
            one.pause(new Gate.Pause(NOW, "alice", "maintenance"));

            var meters = monitor.meters();
            assertThat(meters.get("keyfold.worker.paused").tags("worker", "root-key", "account", "default").gauge()
                    .value()).isEqualTo(1);
            assertThat(meters.get("keyfold.worker.circuit.open").gauge().value()).isZero();
            assertThat(meters.get("keyfold.worker.commands.in.flight").tag("worker", "root-key").gauge().value())
                    .isZero();
            assertThat(meters.get("kafka.consumer.coordinator.last.heartbeat.seconds.ago").tag("client.id", "test")
                    .gauge().value()).as("never").isEqualTo(-1);
            assertThat(meters.getMeters()).allSatisfy(
                    meter -> assertThat(meter.getId().toString()).doesNotContain("alice", "maintenance"));
        }
    }

    private static Health.Check check(Health health, String name) {
        return health.checks().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
