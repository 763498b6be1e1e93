package io.keyfold.acceptance;

import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.awaitility.Awaitility;

/// Which process of the workflow folds the sagas of which partitions, as Kafka knows it.
final class Shares implements AutoCloseable {
    private static final String GROUP = "keyfold-workflow-default";
    private static final Pattern PROCESS = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Duration SHARED_WITHIN = Duration.ofMinutes(2);

    private final Admin admin;

    Shares(String bootstrapServers) {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /// Waits until so many processes have all partitions among them, and each has some.
    ///
    /// @return the partitions by the process' id
    Map<String, Set<Integer>> await(int processes, int partitions) {
        return Awaitility.await("shares of " + processes).atMost(SHARED_WITHIN)
                .pollInterval(Duration.ofMillis(200)).until(
                        this::now, shares -> shares.size() == processes
                                && shares.values().stream().noneMatch(Set::isEmpty)
                                && shares.values().stream().mapToInt(Set::size).sum() == partitions);
    }

    private Map<String, Set<Integer>> now() {
        Map<String, Set<Integer>> shares = new TreeMap<>();
        ConsumerGroupDescription group = group();
        if (group.groupState() == GroupState.STABLE) {
            for (MemberDescription member : group.members()) {
                Matcher process = PROCESS.matcher(member.clientId());
                if (!process.find()) {
                    throw new AssertionError("Whose member is " + member.clientId() + "?");
                }
                Set<Integer> share = shares.computeIfAbsent(process.group(), _ -> new TreeSet<>());
                member.assignment().topicPartitions().stream()
                        .filter(partition -> partition.topic().equals(Topics.CLUSTER_DEPLOY_REQUESTED.name()))
                        .forEach(partition -> share.add(partition.partition()));
            }
        }
        return shares;
    }

    private ConsumerGroupDescription group() {
        try {
            return admin.describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP)
                    .get(SHARED_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka does not tell of " + GROUP, e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
