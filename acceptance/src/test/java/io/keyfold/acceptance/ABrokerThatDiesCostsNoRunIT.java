package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Brokers are killed under load, of three the one that does something that we need at the moment: each such thing in turn.
/// Kafka's own time-outs are left as they are: a broker is missed after 9 s, and then its partitions, groups and
/// transactions are another's.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ABrokerThatDiesCostsNoRunIT {
    private static final Duration STALL = Duration.ofSeconds(30);

    private static final String WORKFLOW = "keyfold-workflow-default";

    private static final List<String> BUSY = List.of(
            Topics.CLUSTER_DEPLOY_REQUESTED.name(), Topics.KMS_INSTANCE_COMMANDS.name(), Topics.ROOT_KEY_EVENTS.name(),
            Topics.CLUSTER_ENCRYPTION_STATUS.name(), Topics.CLUSTER_ENCRYPTION_AUDIT.name());

    private final List<String> table = new ArrayList<>();

    @Test
    @Tag("case-74")
    @Tag("case-76")
    void of_three_brokers_each_leader_and_coordinator_is_killed_in_turn_and_no_run_fails() {
        Path directory = UnderLoad.directory("three-brokers");
        try (Fleet fleet = new Fleet(directory, Brokers.three(directory), List.of());
                Leaders leaders = new Leaders(fleet.bootstrapServers());
                UnderLoad load = UnderLoad.begin(fleet, 3)) {
            assertThat(leaders.replication()).as("replicas, and how many a writer waits for")
                    .containsKey("__transaction_state").containsKey("__consumer_offsets")
                    .allSatisfy((topic, replicas) -> assertThat(replicas).as(topic).isEqualTo("3, 2"));
            victims(leaders).forEach(victim -> kill(fleet, leaders, load, victim));
            load.end();
        }
        System.out.println(line("the broker that was killed (kill -9)", "id", "longest stall", "while it came back"));
        table.forEach(System.out::println);
    }

    /// @param node its id at the moment: what it does goes to another with every kill
    private record Victim(String what, IntSupplier node) {}

    private static List<Victim> victims(Leaders leaders) {
        List<Victim> victims = new ArrayList<>();
        victims.add(new Victim("coordinator of the workflow's group", () -> leaders.coordinatorOf(WORKFLOW)));
        victims.add(
                new Victim(
                        "coordinator of the workflow's transactions",
                        () -> leaders.transactionCoordinatorOf(WORKFLOW)));
        Site.KINDS.forEach(
                kind -> victims.add(
                        new Victim(
                                "coordinator of the " + kind + " workers",
                                () -> leaders.coordinatorOf("keyfold-default-" + kind))));
        for (String topic : BUSY) {
            int partition = victims.size() % UnderLoad.PARTITIONS;
            victims.add(
                    new Victim("leader of " + topic + "-" + partition, () -> leaders.leaderOf(topic, partition)));
        }
        return victims;
    }

    private void kill(Fleet fleet, Leaders leaders, UnderLoad load, Victim victim) {
        int node = victim.node().getAsInt();
        Part broker = fleet.brokers().node(node);
        Stalls.Stall killed =
                load.through("kill -9 of broker " + node + ", " + victim.what(), STALL, broker::kill);
        Stalls.Stall back = load.through("its return", STALL, () -> {
            broker.restart();
            broker.awaitReady();
            leaders.awaitAllInSync();
        });
        table.add(line(victim.what(), Integer.toString(node), killed.toString(), back.toString()));
        System.out.println(table.getLast());
    }

    private static String line(String what, String node, String killed, String back) {
        return String.format(Locale.ROOT, "%-52s %2s  %-24s %s", what, node, killed, back);
    }
}
