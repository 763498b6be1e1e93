package io.keyfold.workflow.stream;

import io.keyfold.schemas.Denial;
import io.keyfold.schemas.InputGap;
import io.keyfold.schemas.SchemaLookUp;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.WorkerGroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks, before anything is processed, whether it can be processed rightly, and waits a while for what may still come.
final class StartCheck {
    private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Admin admin;
    private final WorkflowSettings settings;
    private long deadline;

    StartCheck(Admin admin, WorkflowSettings settings) {
        this.admin = admin;
        this.settings = settings;
        startClock();
    }

    private void startClock() {
        deadline = System.nanoTime() + settings.startTimeout().toNanos();
    }

    /// Which Kafka cluster it is. State from another one must never be taken for this one's.
    String clusterId() {
        try {
            return get(admin.describeCluster().clusterId());
        } catch (ExecutionException | TimeoutException e) {
            throw failed(
                    kafka() + " does not answer (" + words(e)
                            + "). Check that it runs and that bootstrap.servers is right.",
                    e);
        }
    }

    private String kafka() {
        return "Kafka at " + settings.bootstrapServers();
    }

    /// That Kafka does not answer passes by itself; what it refuses does not.
    private WorkflowStartException failed(String message, Exception e) {
        Optional<Denial> denial = Denial.of(e);
        if (denial.isPresent()) {
            return new WorkflowStartException(
                    kafka() + " " + denial.get().words() + ". " + denial.get().remedy() + ".", e);
        }
        return e instanceof TimeoutException || e.getCause() instanceof RetriableException
                ? new WorkflowStartException(message, kafka(), e)
                : new WorkflowStartException(message, e);
    }

    /// The topics, if the workflow can work on them.
    ///
    /// @param facts   for the processors
    /// @param sources every partition that is read
    record Checked(TopicFacts facts, Set<TopicPartition> sources) {}

    /// @throws WorkflowStartException saying what is missing or wrong and what to do
    Checked topics() {
        startClock();
        Map<String, Integer> partitions = existing();
        requireEqualPartitions(partitions);
        requireMemory(partitions);
        Set<TopicPartition> sources = WorkflowTopology.SOURCES.stream()
                .map(Topic::name)
                .flatMap(name -> all(name, partitions.getOrDefault(name, 0)))
                .collect(Collectors.toSet());
        int ofSaga = partitions.getOrDefault(Topics.CLUSTER_DEPLOY_REQUESTED.name(), 0);
        return new Checked(new AdminTopicFacts(admin, ofSaga, maxMessageBytes()), sources);
    }

    private static Stream<TopicPartition> all(String topic, int count) {
        return IntStream.range(0, count).mapToObj(partition -> new TopicPartition(topic, partition));
    }

    /// Waits until the registry has every schema that is written.
    void registry(ContractSerdes serdes) {
        startClock();
        boolean isAnswered = true;
        while (true) {
            Optional<SchemaLookUp> failed = serdes.lookUpWhatIsWritten();
            if (failed.isEmpty()) {
                return;
            }
            boolean wasAnswered = isAnswered;
            isAnswered = failed.get() instanceof SchemaLookUp.Refused;
            if (isAnswered && !wasAnswered) {
                startClock(); // a registry that is starting knows nothing for a moment
            }
            if (isOver()) {
                throw without(failed.get());
            }
            pause();
        }
    }

    private WorkflowStartException without(SchemaLookUp answer) {
        String registry = "schema registry at " + settings.serdes().registryUrl();
        return switch (answer) {
            case SchemaLookUp.Unanswered(String why) -> new WorkflowStartException(
                    "The " + registry + " does not answer (" + why
                            + "). Check that it runs and that schema.registry.url is right.",
                    "the " + registry);
            case SchemaLookUp.Refused(String why) -> new WorkflowStartException(
                    "The " + registry + " does not tell a schema that is to be written (" + why
                            + "). Check schema.registry.url and the registry. settings, then register the schemas:"
                            + " keyfold topics create");
            case SchemaLookUp.Known _ -> throw new IllegalStateException("Nothing is wrong with a known schema");
        };
    }

    /// That no worker runs which knows an earlier contract only. It would pass over what it does not know of a command, and
    /// nobody would notice: a key would be generated where one was to be imported.
    void workers() {
        startClock();
        earlierWorkers().ifPresent(message -> {
            throw new WorkflowStartException(
                    message, "the workers of the earlier version to be replaced");
        });
    }

    /// What is to be said of workers that know an earlier contract only; empty if there are none.
    Optional<String> earlierWorkers() {
        Map<String, Long> earlier = new TreeMap<>();
        for (String group : WorkerGroups.ids(settings.installation())) {
            long members = clientIds(group).stream().filter(WorkerGroups::isEarlier).count();
            if (members > 0) {
                earlier.put(group, members);
            }
        }
        return earlier.isEmpty() ? Optional.empty()
                : Optional.of("Workers of an earlier version run (members of their groups: " + earlier
                        + "), which would pass over what this version adds to their commands. Replace them by workers of"
                        + " this version first, then the workflow.");
    }

    private List<String> clientIds(String group) {
        try {
            return get(admin.describeConsumerGroups(List.of(group)).all()).values().stream()
                    .flatMap(described -> described.members().stream()).map(MemberDescription::clientId).toList();
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of(); // no worker of the kind has ever run
            }
            throw failed(
                    "Whether workers of an earlier version run cannot be seen: the group " + group
                            + " cannot be described (" + words(e)
                            + "). Let the workflow describe the workers' groups.",
                    e);
        }
    }

    /// What was deleted before the workflow had read it. Kafka Streams would go on behind it without a word.
    List<InputGap> gaps(Collection<TopicPartition> sources) {
        String group = settings.applicationId();
        try {
            Map<TopicPartition, Long> next = new HashMap<>();
            get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, committed) -> {
                        if (committed != null && sources.contains(partition)) { // null: never read
                            next.put(partition, committed.offset());
                        }
                    });
            return InputGap.between(next, offsets(next.keySet(), OffsetSpec.earliest()));
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of(); // it has never run
            }
            throw failed("How far the workflow has read cannot be looked up (" + words(e) + ").", e);
        }
    }

    /// Goes on behind a gap where nothing is left to be read: else it would be told at each start, until a record comes.
    ///
    /// Only before the group has members; if it has some, they have been told.
    void passOver(List<InputGap> gaps) {
        try {
            Map<TopicPartition, Long> end =
                    offsets(gaps.stream().map(InputGap::partition).toList(), OffsetSpec.latest());
            Map<TopicPartition, OffsetAndMetadata> behind = gaps.stream()
                    .filter(gap -> end.getOrDefault(gap.partition(), 0L) == gap.first())
                    .collect(Collectors.toMap(InputGap::partition, gap -> new OffsetAndMetadata(gap.first())));
            if (!behind.isEmpty()) {
                get(admin.alterConsumerGroupOffsets(settings.applicationId(), behind).all());
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("What was told to be gone is told again at the next start", e);
        }
    }

    private Map<String, Integer> existing() {
        Set<String> needed = Stream.concat(WorkflowTopology.SOURCES.stream(), WorkflowTopology.SINKS.stream())
                .map(Topic::name)
                .collect(Collectors.toCollection(TreeSet::new));
        while (true) {
            Map<String, Integer> found = partitions(needed);
            Set<String> missing = new TreeSet<>(needed);
            missing.removeAll(found.keySet());
            if (missing.isEmpty()) {
                return found;
            }
            if (isOver()) {
                throw new WorkflowStartException("Kafka at " + settings.bootstrapServers() + " has no topic "
                        + String.join(", ", missing) + ". Create the topics first: keyfold topics create");
            }
            pause();
        }
    }

    private Map<String, Integer> partitions(Collection<String> topics) {
        try {
            Map<String, Integer> partitions = new HashMap<>();
            // By name: a list of all topics would leave out what this user may not see.
            for (var described : admin.describeTopics(topics).topicNameValues().entrySet()) {
                existing(described.getKey(), described.getValue())
                        .ifPresent(topic -> partitions.put(topic.name(), topic.partitions().size()));
            }
            return partitions;
        } catch (ExecutionException | TimeoutException e) {
            throw failed("The topics cannot be looked up (" + words(e) + ").", e);
        }
    }

    private Optional<TopicDescription> existing(String topic, KafkaFuture<TopicDescription> described)
            throws ExecutionException, TimeoutException {
        try {
            return Optional.of(get(described));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw Denial.named(topic, e);
        }
    }

    private static void requireEqualPartitions(Map<String, Integer> partitions) {
        Map<String, Integer> sources = new TreeMap<>(partitions);
        sources.keySet().retainAll(Topics.SAGA_SOURCES.stream().map(Topic::name).toList());
        if (Set.copyOf(sources.values()).size() > 1) {
            throw new WorkflowStartException("The workflow's topics must have equally many partitions, or one cluster's"
                    + " records would meet in different places, but they have " + sources
                    + ". Delete those that differ while they are empty and make them anew: keyfold topics create");
        }
    }

    /// Acting on old requests with an empty memory could make everything a second time; a ledger without memory would
    /// let one cluster delete what another uses.
    private void requireMemory(Map<String, Integer> partitions) {
        // A cluster lies in the same partition of both.
        requireMemory(partitions, Topics.CLUSTER_ENCRYPTION_STATUS, WorkflowTopology.SAGAS, true);
        requireMemory(partitions, Topics.LEDGER_REPLIES, WorkflowTopology.LEDGER, false);
    }

    /// @param told  whatever has been written there rests on something in the store
    /// @param alike whether both have the same keys
    private void requireMemory(Map<String, Integer> partitions, Topic<?> told, String store, boolean alike) {
        String changelog = WorkflowTopology.changelog(settings.applicationId(), store);
        int count = partitions.getOrDefault(told.name(), 0);
        Set<Integer> without = withoutMemory(told, count, changelog, alike);
        // A workflow that died in its first transaction has left words there that it has never said.
        while (!without.isEmpty() && isAnyCommitted(told, without)) {
            // Another process may have said its first words since, and has committed their memory with them.
            Set<Integer> still = withoutMemory(told, count, changelog, alike);
            still.retainAll(without);
            if (still.equals(without)) {
                throw memoryLost(told, changelog);
            }
            without = still;
        }
    }

    private WorkflowStartException memoryLost(Topic<?> told, String changelog) {
        return new WorkflowStartException(
                "The workflow has written to " + told + ", but the memory that it wrote from, the topic " + changelog
                        + ", is " + (partitionsOf(changelog).isEmpty() ? "missing" : "empty")
                        + ". It does not start, because with an empty memory it would carry out old requests again. If"
                        + " installation or application.id was changed, change it back; if the topic was deleted,"
                        + " restore it from a backup. For a new installation, use a Kafka cluster of its own.");
    }

    /// The partitions in which something was written, and nothing of what it rests on.
    private Set<Integer> withoutMemory(Topic<?> told, int count, String changelog, boolean alike) {
        Set<Integer> withWords = notEmpty(told.name(), count);
        Optional<Integer> remembered = partitionsOf(changelog);
        Set<Integer> withMemory = remembered.map(number -> notEmpty(changelog, number)).orElse(Set.of());
        boolean isAlike = alike && remembered.filter(number -> number == count).isPresent();
        Set<Integer> without = new TreeSet<>(isAlike || withMemory.isEmpty() ? withWords : Set.of());
        without.removeAll(withMemory);
        return without;
    }

    private Optional<Integer> partitionsOf(String topic) {
        return Optional.ofNullable(partitions(List.of(topic)).get(topic));
    }

    private boolean isAnyCommitted(Topic<?> topic, Set<Integer> partitions) {
        try (var records = new CommittedRecords(KafkaConfig.reader(settings))) {
            return records.areIn(
                    partitions.stream().map(number -> new TopicPartition(topic.name(), number)).toList(),
                    settings.startTimeout());
        } catch (KafkaException e) {
            var failure = Denial.named(topic.name(), new ExecutionException(e));
            throw failed("The records of topic " + topic + " cannot be read (" + words(failure) + ").", failure);
        }
    }

    private Set<Integer> notEmpty(String topic, int count) {
        Map<TopicPartition, Long> begin = offsets(topic, count, OffsetSpec.earliest());
        Map<TopicPartition, Long> end = offsets(topic, count, OffsetSpec.latest());
        return end.entrySet().stream()
                .filter(partition -> partition.getValue() > begin.getOrDefault(partition.getKey(), 0L))
                .map(partition -> partition.getKey().partition())
                .collect(Collectors.toSet());
    }

    private Map<TopicPartition, Long> offsets(String topic, int count, OffsetSpec which) {
        try {
            return offsets(all(topic, count).toList(), which);
        } catch (ExecutionException | TimeoutException e) {
            throw failed("The offsets of topic " + topic + " cannot be looked up (" + words(e) + ").", e);
        }
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(admin.listOffsets(asked).all()).forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    /// Hosted brokers may take less than the catalogue asks for. Who may not ask gets the catalogue's values.
    private Map<String, Integer> maxMessageBytes() {
        Map<ConfigResource, String> topics = WorkflowTopology.SINKS.stream()
                .map(Topic::name)
                .collect(Collectors.toMap(
                        name -> new ConfigResource(ConfigResource.Type.TOPIC, name), Function.identity()));
        Map<String, Integer> found = new HashMap<>();
        try {
            get(admin.describeConfigs(topics.keySet()).all()).forEach((resource, config) -> {
                ConfigEntry entry = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                if (entry != null && entry.value() != null) {
                    found.put(resource.name(), Integer.valueOf(entry.value()));
                }
            });
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The topics' settings cannot be read ({}); they are taken to be the catalogue's.", words(e));
        }
        return found;
    }

    private boolean isOver() {
        return System.nanoTime() >= deadline;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private <T> T get(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
        try {
            // A look-up that begins at the end of the time still gets its chance.
            long left = Math.max(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1));
            return future.get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static WorkflowStartException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new WorkflowStartException("The start was interrupted.", e);
    }

    private static String words(Throwable failure) {
        List<String> words = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                words.add("no answer in time");
            } else if (!(cause instanceof ExecutionException) && cause.getMessage() != null) {
                words.add(cause.getMessage());
            }
        }
        return words.isEmpty() ? failure.getClass().getSimpleName() : String.join(": ", words);
    }
}
