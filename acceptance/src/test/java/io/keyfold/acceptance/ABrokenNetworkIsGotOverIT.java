package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.acceptance.Passage.Mode;
import io.keyfold.cli.process.FreePorts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A way between our processes and what they work with is broken under load, in each manner in which a network breaks, for
/// longer than Kafka waits for a process and a worker for a call. All other ways stay as they are.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ABrokenNetworkIsGotOverIT {
    /// Of a session's 6 s, of a call's 4 s.
    private static final Duration BROKEN = Duration.ofSeconds(10);

    /// A connection that is deaf or dumb for good is given up by Kafka's clients after 30 s without an answer.
    private static final Duration STALL = Duration.ofSeconds(75);

    private static final long SEED = Long.getLong("keyfold.seed", 1);
    private static final Set<Mode> BREAKS = EnumSet.complementOf(EnumSet.of(Mode.OPEN));
    private static final List<String> CREATES =
            List.of("POST /v2/resource_instances", "POST /api/v2/keys", "POST /v1/policies");
    private static final List<String> TABLE = new ArrayList<>();

    @Test
    @Tag("case-85")
    void workers_that_lose_kafka_fail_no_run() {
        try (Ways ways = new Ways(); UnderLoad load = ways.begin()) {
            breakInTurn("workers, Kafka", load, ways.workersToBroker);
            load.end();
        }
    }

    @Test
    @Tag("case-85")
    void workers_that_lose_the_cloud_fail_no_run() {
        try (Ways ways = new Ways(); UnderLoad load = ways.begin()) {
            breakInTurn("workers, cloud", load, ways.workersToCloud);
            load.end();
        }
    }

    @Test
    @Tag("case-85")
    void a_workflow_that_loses_kafka_fails_no_run() {
        try (Ways ways = new Ways(); UnderLoad load = ways.begin()) {
            breakInTurn("workflow, Kafka", load, ways.workflowToBroker);
            load.end();
        }
    }

    /// They come back as if nothing had been, to what others have done meanwhile.
    @Test
    @Tag("case-85")
    void those_in_whose_place_others_work_meanwhile_fail_no_run() {
        try (Ways ways = new Ways(); UnderLoad load = ways.begin()) {
            load.anotherWorkflow();
            Site.KINDS.forEach(load::anotherWorker);
            breakInTurn("one of two, Kafka", load, ways.workersToBroker, ways.workflowToBroker);
            load.end();
        }
    }

    /// It would arrive when another one has been made in its place, and who has sent it is gone.
    @Test
    @Tag("case-30")
    @Tag("case-85")
    void a_create_that_was_given_up_and_hangs_in_the_network_makes_nothing_later() {
        try (Ways ways = new Ways(); UnderLoad load = ways.begin()) {
            for (String create : CREATES) {
                Stalls.Stall longest = load.through(create + " held", STALL, () -> {
                    ways.workersToCloud.hold(create);
                    await("it is held").atMost(STALL).until(ways.workersToCloud::isHolding);
                    Disturber.letPass(BROKEN);
                    ways.workersToCloud.letGo();
                });
                add("workers, cloud", "held " + create, longest);
            }
            load.end();
        }
    }

    private static void breakInTurn(String what, UnderLoad load, Passage... ways) {
        for (Mode mode : BREAKS) {
            Stalls.Stall longest = load.through(what + " " + mode, STALL, () -> {
                List.of(ways).forEach(way -> way.become(mode));
                Disturber.letPass(BROKEN);
                List.of(ways).forEach(way -> way.become(Mode.OPEN));
            });
            add(what, mode.toString(), longest);
        }
    }

    private static void add(String what, String how, Stalls.Stall longest) {
        TABLE.add(
                String.format(Locale.ROOT, "%-18s  %-32s  %6.1f s", what, how, longest.length().toMillis() / 1000.0));
    }

    @AfterAll
    static void show() {
        System.out.printf(
                "%-18s  %-32s  longest stall%n%s%nagain with -Dkeyfold.seed=%d%n", "for " + BROKEN.toSeconds() + " s",
                "how", String.join("\n", TABLE), SEED);
    }

    /// A fleet whose ways lead through passages, but those of the test itself.
    private static final class Ways implements AutoCloseable {
        private final List<Integer> ports = FreePorts.find(2);
        private final Passage workflowToBroker = Passage.to(ports.getFirst(), SEED);
        private final Passage workersToBroker = Passage.to(ports.getLast(), SEED);
        private final Fleet fleet;
        private final Passage workersToCloud;

        Ways() {
            Path directory = UnderLoad.directory("network");
            fleet = new Fleet(
                    directory, Brokers.behind(directory, List.of(workflowToBroker, workersToBroker)), List.of());
            workersToCloud = Passage.to(URI.create(fleet.cloud().url()).getPort(), SEED);
        }

        UnderLoad begin() {
            String cloud = "http://127.0.0.1:" + workersToCloud.port();
            Map<String, String> ofWorkers = Map.of(
                    "KEYFOLD_BOOTSTRAP_SERVERS", "127.0.0.1:" + workersToBroker.port(),
                    "KEYFOLD_IAM_URL", cloud,
                    "KEYFOLD_RESOURCE_CONTROLLER_URL", cloud,
                    "KEYFOLD_KEY_PROTECT_URL", cloud);
            return UnderLoad.begin(
                    fleet, 1, Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "127.0.0.1:" + workflowToBroker.port()),
                    _ -> ofWorkers);
        }

        @Override
        public void close() {
            fleet.close();
            List.of(workflowToBroker, workersToBroker, workersToCloud).forEach(Passage::close);
        }
    }
}
