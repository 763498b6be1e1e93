package io.keyfold.workflow.stream;

import io.keyfold.monitoring.Health;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;

/// Whether every partition of what the workflow reads is being processed.
///
/// Kafka Streams' own `RUNNING` says less: a process that holds no partition at all is running too.
final class Readiness {
    private static final long LOOK_UP_SECONDS = 2;

    private final Supplier<Optional<KafkaStreams>> streams;
    private final Admin admin;
    private final String applicationId;
    private final Set<TopicPartition> needed;
    private final RegistryPatience patience;

    Readiness(
            Supplier<Optional<KafkaStreams>> streams, Admin admin, String applicationId, Set<TopicPartition> needed,
            RegistryPatience patience) {
        this.streams = streams;
        this.admin = admin;
        this.applicationId = applicationId;
        this.needed = Set.copyOf(needed);
        this.patience = patience;
    }

    boolean isReady() {
        return streams.get().filter(this::isReady).isPresent();
    }

    private boolean isReady(KafkaStreams now) {
        return now.state() == KafkaStreams.State.RUNNING && !patience.isWaiting() && isWhole(ofThisProcess(now));
    }

    private boolean isWhole(Set<TopicPartition> own) {
        return own.containsAll(needed) || ofTheGroup().containsAll(needed);
    }

    /// Whether every partition is being processed, and how many by this process.
    Health.Check ofPartitions() {
        Optional<KafkaStreams> now = streams.get();
        if (now.isEmpty() || now.get().state() != KafkaStreams.State.RUNNING) {
            return check(
                    false, "They are given out, or their state is restored ("
                            + now.map(one -> one.state().name()).orElse("no Kafka Streams at the moment") + ").");
        }
        Set<TopicPartition> own = ofThisProcess(now.get());
        return isWhole(own)
                ? check(true, "All " + needed.size() + " are folded, " + own.size() + " of them here.")
                : check(false, "Not all " + needed.size() + " are folded; " + own.size() + " are here.");
    }

    private static Health.Check check(boolean isGood, String words) {
        return new Health.Check("partitions", isGood, words);
    }

    private static Set<TopicPartition> ofThisProcess(KafkaStreams now) {
        return now.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .flatMap(task -> task.topicPartitions().stream())
                .collect(Collectors.toSet());
    }

    private Set<TopicPartition> ofTheGroup() {
        try {
            return admin
                    .describeConsumerGroups(List.of(applicationId))
                    .all()
                    .get(LOOK_UP_SECONDS, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .flatMap(group -> group.members().stream())
                    .flatMap(member -> member.assignment().topicPartitions().stream())
                    .collect(Collectors.toSet());
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            return Set.of(); // who cannot be asked is not known to be ready
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Set.of();
        }
    }
}
