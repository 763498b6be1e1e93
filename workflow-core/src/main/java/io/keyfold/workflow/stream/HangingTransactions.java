package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/// Transactions of the workflow that Kafka has ended without telling their partitions, so that these wait for ever for
/// their end: nobody reads what lies behind, and no process restores its state from there.
///
/// Kafka calls them hanging. A broker of Kafka 4.3 leaves one when it is killed while a transaction is being committed and
/// a partition of it has no leader for a moment after the restart: the coordinator takes the partition for a deleted one
/// (docs/decisions/0056).
public final class HangingTransactions {
    /// @param transactionalId the workflow's, of the thread that began it
    /// @param partitions      where it is open, and the offset of its first record there
    /// @param isWhole         whether it is open everywhere, so that nobody has seen anything of it
    public record Hanging(
            String transactionalId, long producerId, int epoch, Map<TopicPartition, Long> partitions,
            boolean isWhole) {
        public Hanging {
            partitions = Map.copyOf(partitions);
        }

        /// What it is, in words.
        public String words() {
            return "transaction " + transactionalId + " (producer " + producerId + ", epoch " + epoch
                    + ") has been left"
                    + " open by Kafka in " + places() + ": nothing behind it can be read there"
                    + (isWhole ? "" : ", and whether it was committed elsewhere is not certain");
        }

        /// The commands that end it by hand.
        public String commands(String bootstrapServers) {
            return sorted().map(place -> "kafka-transactions.sh --bootstrap-server " + bootstrapServers
                    + " abort --topic " + place.getKey().topic() + " --partition " + place.getKey().partition()
                    + " --start-offset " + place.getValue()).collect(Collectors.joining(" && "));
        }

        private String places() {
            return sorted().map(place -> place.getKey().toString()).collect(Collectors.joining(", "));
        }

        private Stream<Map.Entry<TopicPartition, Long>> sorted() {
            return partitions.entrySet().stream().sorted(
                    Map.Entry.comparingByKey(
                            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition)));
        }
    }

    private static final long PATIENCE_SECONDS = 10;
    private static final String OFFSETS = "__consumer_offsets";

    /// From this version of the feature on each transaction has an epoch of its own, and its markers carry the next one.
    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short WITH_EPOCHS = 2;

    private final Admin admin;
    private final String applicationId;

    public HangingTransactions(Admin admin, String applicationId) {
        this.admin = admin;
        this.applicationId = applicationId;
    }

    /// Those that hang.
    ///
    /// One that was being ended between the question to its partitions and that to its coordinator looks as if it did; but all
    /// its partitions have been told by then, so a second look does not see it any more.
    ///
    /// @throws KafkaException if Kafka cannot be asked now
    public List<Hanging> look() throws InterruptedException {
        List<Hanging> first = lookOnce();
        return first.isEmpty() ? first : lookOnce().stream().filter(first::contains).toList();
    }

    private List<Hanging> lookOnce() throws InterruptedException {
        try {
            Map<TopicPartition, List<ProducerState>> producers = new HashMap<>();
            boolean areAllSeen = describe(producers);
            Map<Producer, Map<TopicPartition, Long>> open = open(producers);
            if (open.isEmpty()) {
                return List.of();
            }
            Map<Long, TransactionDescription> coordinators = new HashMap<>();
            Map<Long, String> ids = ids(open.keySet(), coordinators);
            boolean canBeWhole = areAllSeen && haveEpochs();
            List<Hanging> hanging = new ArrayList<>();
            open.forEach((producer, places) -> {
                TransactionDescription coordinator = coordinators.get(producer.id());
                if (coordinator != null && !mayStillEnd(coordinator, producer.epoch())) {
                    hanging.add(new Hanging(
                            Objects.requireNonNull(ids.get(producer.id())), producer.id(), producer.epoch(), places,
                            canBeWhole && !hasMarkerSomewhere(producer, producers.values())));
                }
            });
            return hanging;
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("Kafka does not tell which transactions are open: " + e.getMessage(), e);
        }
    }

    /// Undoes one that hangs: its records are passed over by those who read committed ones.
    ///
    /// @throws KafkaException if Kafka refuses (it takes ALTER on the cluster) or does not answer; what it has undone stays so,
    ///         and the rest can be undone later
    void undo(Hanging hanging) throws InterruptedException {
        try {
            for (TopicPartition partition : hanging.partitions().keySet()) {
                var spec = new AbortTransactionSpec(partition, hanging.producerId(), (short) hanging.epoch(), 0);
                admin.abortTransaction(spec).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw new KafkaException("Kafka refuses to undo it: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("Kafka does not answer", e);
        }
    }

    private record Producer(long id, int epoch) {}

    /// @return false if there are partitions that may not be looked at
    private boolean describe(Map<TopicPartition, List<ProducerState>> producers)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPartition> partitions = partitions();
        boolean areAllSeen = partitions.stream().anyMatch(partition -> partition.topic().equals(OFFSETS));
        var result = admin.describeProducers(partitions);
        for (TopicPartition partition : partitions) {
            try {
                PartitionProducerState state =
                        result.partitionResult(partition).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                producers.put(partition, state.activeProducers());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
                areAllSeen = false;
            }
        }
        return areAllSeen;
    }

    /// All that the workflow's transactions write to: topics, changelogs, and its own offsets. What is not there, or may not
    /// be seen, is left out.
    private List<TopicPartition> partitions() throws InterruptedException, ExecutionException, TimeoutException {
        List<String> topics = Stream.of(
                WorkflowTopology.SINKS.stream().map(Topic::name),
                WorkflowTopology.STORES.stream().map(store -> WorkflowTopology.changelog(applicationId, store)),
                Stream.of(OFFSETS))
                .flatMap(names -> names).toList();
        Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(topics).topicNameValues();
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            int count = count(Objects.requireNonNull(described.get(topic)));
            if (!topic.equals(OFFSETS)) {
                IntStream.range(0, count).forEach(partition -> partitions.add(new TopicPartition(topic, partition)));
            } else if (count > 0) {
                // As the brokers spread groups.
                partitions.add(new TopicPartition(OFFSETS, Utils.abs(applicationId.hashCode()) % count));
            }
        }
        return partitions;
    }

    /// @return 0 for a topic that is not there, or may not be seen
    private static int count(KafkaFuture<TopicDescription> described)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return described.get(PATIENCE_SECONDS, TimeUnit.SECONDS).partitions().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof AuthorizationException) {
                return 0;
            }
            throw e;
        }
    }

    private static Map<Producer, Map<TopicPartition, Long>> open(
            Map<TopicPartition, List<ProducerState>> producers) {
        Map<Producer, Map<TopicPartition, Long>> open = new HashMap<>();
        producers.forEach((partition, states) -> states.forEach(
                state -> state.currentTransactionStartOffset().ifPresent(
                        start -> open.computeIfAbsent(
                                new Producer(state.producerId(), state.producerEpoch()), _ -> new HashMap<>())
                                .put(partition, start))));
        return open;
    }

    /// The transactional ids of those producers that are this workflow's, and what their coordinators say.
    private Map<Long, String> ids(Collection<Producer> producers, Map<Long, TransactionDescription> coordinators)
            throws InterruptedException, ExecutionException, TimeoutException {
        Set<Long> numbers = producers.stream().map(Producer::id).collect(Collectors.toSet());
        Map<Long, String> ids = new TreeMap<>();
        for (TransactionListing listing : admin
                .listTransactions(new ListTransactionsOptions().filterProducerIds(numbers)).all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            if (listing.transactionalId().startsWith(applicationId + "-")) {
                ids.put(listing.producerId(), listing.transactionalId());
            }
        }
        if (!ids.isEmpty()) {
            admin.describeTransactions(ids.values()).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS).values()
                    .forEach(described -> coordinators.put(described.producerId(), described));
        }
        return ids;
    }

    /// Whether the coordinator has this transaction before it, and will end it.
    private static boolean mayStillEnd(TransactionDescription coordinator, int epoch) {
        TransactionState state = coordinator.state();
        return switch (state) {
            case ONGOING -> coordinator.producerEpoch() <= epoch;
            case PREPARE_COMMIT, PREPARE_ABORT, PREPARE_EPOCH_FENCE -> coordinator.producerEpoch() <= epoch + 1;
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> false;
            case UNKNOWN -> true;
        };
    }

    private boolean haveEpochs() throws InterruptedException, ExecutionException, TimeoutException {
        FinalizedVersionRange version = admin.describeFeatures().featureMetadata()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS).finalizedFeatures().get(TRANSACTION_VERSION);
        return version != null && version.maxVersionLevel() >= WITH_EPOCHS;
    }

    /// Whether a partition has been told the end of this transaction, or its producer's next one.
    private static boolean hasMarkerSomewhere(Producer producer, Collection<List<ProducerState>> partitions) {
        return partitions.stream().flatMap(List::stream).anyMatch(
                state -> state.producerId() == producer.id() && state.producerEpoch() == producer.epoch() + 1);
    }
}
