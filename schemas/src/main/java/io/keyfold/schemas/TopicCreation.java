package io.keyfold.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Makes the catalogue's topics in a Kafka cluster, and says what differs from it. Never changes or removes a topic that
/// is there: retention and partitions are their owner's.
public final class TopicCreation {
    private static final long FOR_EVER = -1;
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);
    private static final short ENOUGH_TO_LOSE_ONE = 3;

    private final Admin admin;

    /// The admin client stays the caller's to close; its time-outs are the time-outs of everything here.
    public TopicCreation(Admin admin) {
        this.admin = admin;
    }

    /// Makes what is missing, then looks at everything. Makes nothing as long as one of the sagas' sources has another
    /// number of partitions: beside it the new ones would be of no use, and their number could not be changed either.
    ///
    /// @param partitions        wanted of every topic, and of each made now; see [Topics#DEFAULT_PARTITIONS]
    /// @param replicationFactor of each topic made now; empty: the brokers' default
    public List<Inspection> create(int partitions, Optional<Short> replicationFactor) {
        if (isInTheWay(partitions)) {
            return look(Set.of(), OptionalInt.of(partitions));
        }
        Set<String> existing = existing();
        List<NewTopic> missing = Topics.ALL.stream()
                .filter(topic -> !existing.contains(topic.name()))
                .map(topic -> newTopic(topic, partitions, replicationFactor))
                .toList();
        Set<String> created = new HashSet<>();
        admin.createTopics(missing).values().forEach((name, made) -> {
            try {
                KafkaAnswer.done(made);
                created.add(name);
            } catch (TopicExistsException e) {
                // Someone else has just made it: it is compared like any other.
            }
        });
        return lookUntilVisible(created, partitions);
    }

    /// Looks at everything and changes nothing.
    public List<Inspection> verify() {
        return look(Set.of(), OptionalInt.empty());
    }

    private boolean isInTheWay(int partitions) {
        Map<String, TopicDescription> descriptions = describe();
        return Topics.SAGA_SOURCES.stream()
                .flatMap(topic -> Stream.ofNullable(descriptions.get(topic.name())))
                .anyMatch(source -> source.partitions().size() != partitions);
    }

    private static NewTopic newTopic(Topic<?> topic, int partitions, Optional<Short> replicationFactor) {
        return new NewTopic(topic.name(), Optional.of(partitions), replicationFactor)
                .configs(config(topic, replicationFactor));
    }

    /// What a new topic is made with, by Kafka's names.
    static Map<String, String> config(Topic<?> topic, Optional<Short> replicationFactor) {
        Map<String, String> config = new TreeMap<>(wantedConfig(topic));
        if (replicationFactor.isPresent() && replicationFactor.get() >= ENOUGH_TO_LOSE_ONE) {
            config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        return config;
    }

    private static Map<String, String> wantedConfig(Topic<?> topic) {
        Map<String, String> config = new TreeMap<>();
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, topic.cleanup().policy());
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(topic.maxMessageBytes()));
        if (topic.cleanup() == Cleanup.DELETE) {
            long retention = topic.retention().map(kept -> kept.toMillis()).orElse(FOR_EVER);
            config.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention));
            // A size limit of the brokers' would cut records off before their time.
            config.put(TopicConfig.RETENTION_BYTES_CONFIG, String.valueOf(FOR_EVER));
        }
        return config;
    }

    /// The broker that answers may hear of a new topic a little later than the one that made it.
    private List<Inspection> lookUntilVisible(Set<String> created, int partitions) {
        long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
        List<Inspection> inspections = look(created, OptionalInt.of(partitions));
        while (inspections.stream().anyMatch(inspection -> isNotVisible(inspection, created))
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN_AFTER.toNanos());
            inspections = look(created, OptionalInt.of(partitions));
        }
        return inspections;
    }

    private static boolean isNotVisible(Inspection inspection, Set<String> created) {
        return inspection.state() == Inspection.State.MISSING && created.contains(inspection.name());
    }

    /// @param partitions wanted of every topic; empty: equally many will do in all that the workflow reads
    private List<Inspection> look(Set<String> created, OptionalInt partitions) {
        Map<String, TopicDescription> descriptions = describe();
        Map<String, Config> configs = configs(descriptions.keySet());
        Optional<TopicDescription> firstSource = Topics.SAGA_SOURCES.stream()
                .flatMap(topic -> Stream.ofNullable(descriptions.get(topic.name())))
                .findFirst();

        List<Inspection> inspections = new ArrayList<>();
        for (Topic<?> topic : Topics.ALL) {
            String name = topic.name();
            TopicDescription description = descriptions.get(name);
            Config config = configs.get(name);
            if (description == null || config == null) {
                inspections.add(Inspection.missing(name));
                continue;
            }
            List<String> differences = differences(topic, config);
            if (partitions.isPresent()) {
                differences.addAll(notAsWanted(topic, description, partitions.getAsInt()));
            } else if (Topics.SAGA_SOURCES.contains(topic) && firstSource.isPresent()) {
                differences.addAll(unequal(description, firstSource.get()));
            }
            inspections.add(
                    differences.isEmpty() && created.contains(name)
                            ? Inspection.created(name)
                            : Inspection.compared(name, differences));
        }
        return List.copyOf(inspections);
    }

    private static List<String> differences(Topic<?> topic, Config config) {
        List<String> differences = new ArrayList<>();
        wantedConfig(topic).forEach((setting, wanted) -> {
            ConfigEntry entry = config.get(setting);
            String found = entry == null || entry.value() == null ? "not set" : entry.value();
            if (!found.equals(wanted)) {
                differences.add(topic.name() + ": " + setting + " is " + found + ", the catalogue says " + wanted);
            }
        });
        return differences;
    }

    private static List<String> notAsWanted(Topic<?> topic, TopicDescription description, int wanted) {
        int partitions = description.partitions().size();
        return partitions == wanted
                ? List.of()
                : List.of(topic.name() + " has " + (partitions == 1 ? "1 partition" : partitions + " partitions")
                        + ", wanted are " + wanted + ": the number is fixed at creation"
                        + (Topics.SAGA_SOURCES.contains(topic)
                                ? ", and the workflow needs equally many in all that it reads"
                                : ""));
    }

    private static List<String> unequal(TopicDescription topic, TopicDescription first) {
        int partitions = topic.partitions().size();
        int wanted = first.partitions().size();
        return partitions == wanted
                ? List.of()
                : List.of(topic.name() + " has " + partitions + " partitions, but " + first.name() + " has " + wanted
                        + ": the workflow needs equally many in all that it reads");
    }

    private Set<String> existing() {
        return KafkaAnswer.of(admin.listTopics().names());
    }

    private Map<String, TopicDescription> describe() {
        return found(
                admin.describeTopics(Topics.ALL.stream().map(Topic::name).toList()).topicNameValues());
    }

    private Map<String, Config> configs(Set<String> names) {
        Map<String, KafkaFuture<Config>> byName = new HashMap<>();
        admin.describeConfigs(
                names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList())
                .values()
                .forEach((resource, config) -> byName.put(resource.name(), config));
        return found(byName);
    }

    /// Without those that there are not: they are reported as missing.
    private static <T> Map<String, T> found(Map<String, KafkaFuture<T>> byName) {
        Map<String, T> found = new HashMap<>();
        byName.forEach((name, answer) -> {
            try {
                found.put(name, KafkaAnswer.of(answer));
            } catch (TopicAuthorizationException e) { // Kafka leaves out the name where it was asked for one
                throw new TopicAuthorizationException(Set.of(name));
            } catch (UnknownTopicOrPartitionException e) {
                // Reported as missing.
            }
        });
        return found;
    }
}
