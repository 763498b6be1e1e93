package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Brokers are killed under load, of three the one that matters most at the moment. Kafka's own time-outs are left as they
/// are: a broker is missed after 9 s, and then its partitions, groups and transactions are another's.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ABrokerThatDiesCostsNoRunIT {
    private static final Duration STALL = Duration.ofSeconds(30);

    private static final String WORKFLOW = "keyfold-workflow-default";

    private static final List<String> BUSY = List.of(
            Topics.CLUSTER_DEPLOY_REQUESTED.name(), Topics.KMS_INSTANCE_COMMANDS.name(), Topics.ROOT_KEY_EVENTS.name(),
            Topics.CLUSTER_ENCRYPTION_STATUS.name(), Topics.CLUSTER_ENCRYPTION_AUDIT.name());

    @Test
    @Tag("case-74")
    @Tag("case-76")
    void of_three_brokers_the_leader_and_coordinator_is_killed_and_no_run_fails() {
        Path directory = UnderLoad.directory("three-brokers");
        try (Fleet fleet = new Fleet(directory, Brokers.three(directory), List.of());
                Leaders leaders = new Leaders(fleet.bootstrapServers());
                UnderLoad load = UnderLoad.begin(fleet, 3)) {
            assertThat(leaders.replication()).as("replicas, and how many a writer waits for")
                    .containsKey("__transaction_state").containsKey("__consumer_offsets")
                    .allSatisfy((topic, replicas) -> assertThat(replicas).as(topic).isEqualTo("3, 2"));
            Chaos.reign(random -> kill(fleet, leaders, load, random));
            load.end();
        }
    }

    private static void kill(Fleet fleet, Leaders leaders, UnderLoad load, RandomGenerator random) {
        Victim victim = drawn(leaders, random);
        Part broker = fleet.brokers().node(victim.node());
        load.through("kill -9 of broker " + victim.node() + ", " + victim.what(), STALL, broker::kill);
        load.through("its return", STALL, () -> {
            broker.restart();
            broker.awaitReady();
            leaders.awaitAllInSync();
        });
    }

    private record Victim(int node, String what) {}

    private static Victim drawn(Leaders leaders, RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Victim(leaders.coordinatorOf(WORKFLOW), "coordinator of the workflow's group");
            case 1 -> {
                String kind = Site.KINDS.get(random.nextInt(Site.KINDS.size()));
                yield new Victim(
                        leaders.coordinatorOf("keyfold-default-" + kind), "coordinator of the " + kind + " workers");
            }
            case 2 -> new Victim(
                    leaders.transactionCoordinatorOf(WORKFLOW), "coordinator of the workflow's transactions");
            default -> {
                String topic = BUSY.get(random.nextInt(BUSY.size()));
                int partition = random.nextInt(UnderLoad.PARTITIONS);
                yield new Victim(leaders.leaderOf(topic, partition), "leader of " + topic + "-" + partition);
            }
        };
    }
}
