package io.keyfold.workflow.stream;

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
        return now.state() == KafkaStreams.State.RUNNING
                && !patience.isWaiting()
                && (ofThisProcess(now).containsAll(needed) || ofTheGroup().containsAll(needed));
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
