package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Which broker of a cluster does what at the moment, by its id.
final class Leaders implements AutoCloseable {
    private static final Duration IN_SYNC_WITHIN = Duration.ofSeconds(90);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private static final String PROBED = "acceptance-probe";

    private final String bootstrapServers;
    private final Admin admin;

    Leaders(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        asked(admin.createTopics(List.of(new NewTopic(PROBED, Optional.empty(), Optional.empty()))).all());
    }

    int leaderOf(String topic, int partition) {
        return topics().get(topic).partitions().get(partition).leader().id();
    }

    int coordinatorOf(String group) {
        return asked(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group)).coordinator().id();
    }

    /// Who keeps the transactions of one of the producers whose id begins so.
    int transactionCoordinatorOf(String prefix) {
        String one = asked(admin.listTransactions().all()).stream().map(it -> it.transactionalId())
                .filter(id -> id.startsWith(prefix)).sorted().findFirst().orElseThrow();
        return asked(admin.describeTransactions(List.of(one)).description(one)).coordinatorId();
    }

    /// Waits until every replica of every partition has all that its leader has.
    void awaitAllInSync() {
        await("all replicas are in sync").atMost(IN_SYNC_WITHIN).ignoreExceptions().until(this::areAllInSync);
    }

    private boolean areAllInSync() {
        return topics().values().stream().flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.isr().size() == partition.replicas().size());
    }

    /// How often each topic is kept and how many replicas a writer waits for, Kafka's own and the workflow's included.
    Map<String, String> replication() {
        Map<String, TopicDescription> topics = topics();
        var names = topics.keySet().stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
        Map<String, String> replication = new TreeMap<>();
        asked(admin.describeConfigs(names).all()).forEach((topic, config) -> replication.put(
                topic.name(),
                topics.get(topic.name()).partitions().getFirst().replicas().size() + ", "
                        + Objects.requireNonNull(config.get("min.insync.replicas")).value()));
        return replication;
    }

    /// Lets every writer of our topics wait for so many replicas from now on.
    void requireInSync(int replicas) {
        var setting = new AlterConfigOp(
                new ConfigEntry("min.insync.replicas", Integer.toString(replicas)), AlterConfigOp.OpType.SET);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = names().stream().filter(name -> !name.startsWith("__"))
                .collect(Collectors.toMap(name -> new ConfigResource(ConfigResource.Type.TOPIC, name),
                        _ -> List.of(setting)));
        asked(admin.incrementalAlterConfigs(changes).all());
    }

    /// What a write to a topic of nobody else's comes to that is tried only once.
    Throwable refuses() {
        try (var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers, "acks", "all", "retries", 0, "enable.idempotence", false,
                        "request.timeout.ms", 5_000, "delivery.timeout.ms", 10_000, "max.block.ms", 10_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(PROBED, new byte[0], new byte[0])).get();
            return new AssertionError("It was taken");
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /// The names of all topics there are.
    Collection<String> names() {
        return asked(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    }

    private Map<String, TopicDescription> topics() {
        return asked(admin.describeTopics(names()).allTopicNames());
    }

    private static <T> T asked(KafkaFuture<T> answer) {
        try {
            return answer.get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka does not answer", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
