package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.cli.process.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A Kafka that takes nothing for a while (`-Dkeyfold.away.seconds=N`), or is not there at all: every service waits, none
/// gives up, and when it is back all goes on by itself.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class AKafkaThatIsAwayIsWaitedForIT {
    /// Longer than a transaction lives (10 s), a session (6 s), and a worker tries to send an answer at a time (30 s).
    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("keyfold.away.seconds", 60));

    /// What stood still while Kafka was away has this long to go on.
    private static final Duration STALL = AWAY.plusSeconds(120);

    @Test
    @Tag("case-87")
    void with_too_few_replicas_in_sync_all_wait_and_go_on_when_they_return() {
        Path directory = UnderLoad.directory("too-few-replicas");
        try (Fleet fleet = new Fleet(directory, Brokers.three(directory), List.of());
                Leaders leaders = new Leaders(fleet.bootstrapServers());
                UnderLoad load = UnderLoad.begin(fleet, 3)) {
            leaders.requireInSync(3);
            Part broker = fleet.brokers().node(2);
            load.through("one of three brokers is away, and writers want all three", STALL, () -> {
                broker.kill();
                say("killed; a write comes to %s", refusal(leaders));
                load.allLiveFor(AWAY);
                broker.restart();
                broker.awaitReady();
                leaders.awaitAllInSync();
                say("back and in sync");
            });
            leaders.requireInSync(2);
            load.end();
        }
    }

    /// A partition whose leader has died is led by another a little later.
    private static Throwable refusal(Leaders leaders) {
        return await("a write that is refused").atMost(Duration.ofMinutes(1))
                .until(leaders::refuses, NotEnoughReplicasException.class::isInstance);
    }

    /// The one that is left may neither count the others out nor elect anything: it takes what is written and never says so.
    @Test
    @Tag("case-87")
    void with_two_of_three_brokers_gone_nothing_is_acknowledged_and_all_go_on_when_they_return() {
        Path directory = UnderLoad.directory("majority-gone");
        try (Fleet fleet = new Fleet(directory, Brokers.three(directory), List.of());
                Leaders leaders = new Leaders(fleet.bootstrapServers());
                UnderLoad load = UnderLoad.begin(fleet, 3)) {
            List<Part> gone = List.of(fleet.brokers().node(2), fleet.brokers().node(3));
            load.through("two of three brokers are away", STALL, () -> {
                gone.parallelStream().forEach(Part::kill);
                say("killed; a write comes to %s", unacknowledged(leaders));
                int acknowledged = load.acknowledged();
                load.allLiveFor(AWAY);
                unacknowledged(leaders);
                assertThat(load.acknowledged()).as("requests that Kafka has taken").isEqualTo(acknowledged);
                gone.forEach(Part::restart);
                gone.forEach(Part::awaitReady);
                leaders.awaitAllInSync();
                say("back and in sync");
            });
            load.end();
        }
    }

    private static Throwable unacknowledged(Leaders leaders) {
        Throwable answer = leaders.refuses();
        assertThat(answer).as("what a write comes to").isInstanceOf(RetriableException.class);
        return answer;
    }

    @Test
    @Tag("case-75")
    void the_only_broker_is_killed_and_comes_back_and_nothing_is_lost() {
        Path directory = UnderLoad.directory("only-broker");
        List<Integer> ports = FreePorts.find(2);
        var workflow = new Probes("the workflow", ports.getFirst());
        var worker = new Probes("the root-key worker", ports.getLast());
        try (Fleet fleet = new Fleet(directory, Map.of());
                UnderLoad load = UnderLoad.begin(
                        fleet, 1, workflow.settings(),
                        kind -> kind.equals("root-key") ? worker.settings() : Map.of())) {
            int before = load.acknowledged();
            load.through("the only broker is killed", STALL, () -> {
                fleet.broker().kill();
                say("killed");
                for (Probes probes : List.of(workflow, worker)) {
                    probes.awaitReady(false, AWAY);
                }
                load.allLiveFor(AWAY);
                for (Probes probes : List.of(workflow, worker)) {
                    assertThat(probes.live()).as(probes.name()).isEqualTo(200);
                }
                fleet.broker().restart();
                fleet.broker().awaitReady();
                say("back");
                for (Probes probes : List.of(workflow, worker)) {
                    probes.awaitReady(true, STALL);
                }
            });
            assertThat(load.acknowledged()).as("requests that Kafka has taken").isGreaterThan(before);
            load.end();
        }
    }

    private static void say(String format, Object... what) {
        System.out.println(String.format(Locale.ROOT, format, what));
    }
}
