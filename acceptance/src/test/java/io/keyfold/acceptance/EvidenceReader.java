package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.acceptance.audit.Evidence;
import io.keyfold.acceptance.audit.Evidence.Answer;
import io.keyfold.acceptance.audit.Evidence.Command;
import io.keyfold.acceptance.audit.Evidence.Effect;
import io.keyfold.acceptance.audit.Evidence.Place;
import io.keyfold.acceptance.audit.Evidence.Request;
import io.keyfold.acceptance.audit.Evidence.Thing;
import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceRef;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.StepEventType;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Gathers for the auditor all that a site's topics have got and its cloud has done since this began.
final class EvidenceReader implements AutoCloseable {
    private static final List<Topic<? extends SpecificRecord>> READ = List.of(
            Topics.CLUSTER_DEPLOY_REQUESTED, Topics.CLUSTER_CONTROL_REQUESTED, Topics.KMS_INSTANCE_COMMANDS,
            Topics.ROOT_KEY_COMMANDS, Topics.AUTHORIZATION_COMMANDS, Topics.KMS_INSTANCE_EVENTS, Topics.ROOT_KEY_EVENTS,
            Topics.AUTHORIZATION_EVENTS, Topics.LEDGER_REQUESTS, Topics.LEDGER_REPLIES,
            Topics.CLUSTER_ENCRYPTION_STATUS, Topics.CLUSTER_ENCRYPTION_AUDIT, Topics.DEAD_LETTERS);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Deserializer<? extends SpecificRecord>> deserializers = new HashMap<>();
    private final Cloud cloud;
    private final Map<String, String> accounts;
    private final long firstEffect;

    private final List<Request> requests = new ArrayList<>();
    private final Set<Place> deadLetters = new HashSet<>();
    private final Map<String, List<ClusterEncryptionAudit>> audit = new HashMap<>();
    private final Map<String, List<ClusterEncryptionStatus>> statuses = new HashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<LedgerRequest> ledgerRequests = new ArrayList<>();
    private final List<LedgerReply> ledgerReplies = new ArrayList<>();

    /// @param accounts the aliases of the accounts by their ids; others are not read about
    EvidenceReader(Site site, Map<String, String> accounts) {
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", site.registryUrl())));
        READ.forEach(topic -> deserializers.put(topic.name(), serdes.deserializer(topic)));
        this.cloud = site.cloud();
        this.accounts = Map.copyOf(accounts);
        this.firstEffect = cloud.lastEffect() + 1;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, site.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = READ.stream().flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeks now, not with the first poll
    }

    /// All that there is by now.
    Evidence evidence() {
        read();
        JsonNode state = cloud.state();
        return new Evidence(
                List.copyOf(requests), Set.copyOf(deadLetters), Map.copyOf(audit), Map.copyOf(statuses),
                List.copyOf(commands), List.copyOf(answers), List.copyOf(ledgerRequests), List.copyOf(ledgerReplies),
                effects(), things(state));
    }

    /// The latest status of each cluster by now.
    Map<String, ClusterEncryptionStatus> latest() {
        read();
        var latest = new HashMap<String, ClusterEncryptionStatus>();
        statuses.forEach((cluster, all) -> latest.put(cluster, all.getLast()));
        return latest;
    }

    /// How many commands nobody has answered yet.
    long unanswered() {
        read();
        var open = new HashSet<>(commands.stream().map(Command::id).toList());
        answers.forEach(answer -> open.remove(answer.command()));
        return open.size();
    }

    // ---- the topics

    private void read() {
        for (var records = consumer.poll(Duration.ofMillis(200)); !records.isEmpty(); records = consumer
                .poll(Duration.ofMillis(50))) {
            records.forEach(this::take);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        var place = new Place(record.topic(), record.partition(), record.offset());
        Instant at = Instant.ofEpochMilli(record.timestamp());
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!accounts.containsValue(key.substring(0, Math.max(0, key.indexOf('/'))))) {
            return;
        }
        switch (value(record)) {
            case ClusterDeployRequested deploy -> requests.add(
                    new Request(place, key, true, deploy.getRequestId(), "deploy " + deploy.getRequestId(), at));
            case ClusterControlRequested control -> requests.add(
                    new Request(
                            place, key, false, control.getControlId(),
                            control.getAction() + " " + control.getRequestId() + " (" + control.getControlId() + ")",
                            at));
            case KmsInstanceCommand it -> commands.add(
                    new Command(
                            it.getCommandId(), key, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getInstanceName(),
                            it.getIssuedAt()));
            case RootKeyCommand it -> commands.add(
                    new Command(
                            it.getCommandId(), key, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getKeyName(), it.getIssuedAt()));
            case AuthorizationCommand it -> commands.add(
                    new Command(
                            it.getCommandId(), key, it.getRun(), it.getStep(), it.getAction(),
                            Optional.ofNullable(it.getExpectedId()), it.getMark(), it.getMark(), it.getIssuedAt()));
            case KmsInstanceEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), key, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case RootKeyEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), key, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case AuthorizationEvent it -> answers.add(
                    new Answer(
                            it.getCommandId(), key, it.getRun(), it.getStep(),
                            words(it.getType(), it.getWhy(), it.getWorker()), told(it.getResource(), it.getSurplus()),
                            at));
            case LedgerRequest request -> ledgerRequests.add(request);
            case LedgerReply reply -> ledgerReplies.add(reply);
            case ClusterEncryptionStatus status -> statuses.computeIfAbsent(key, _ -> new ArrayList<>()).add(status);
            case ClusterEncryptionAudit line -> audit.computeIfAbsent(key, _ -> new ArrayList<>()).add(line);
            case DeadLetter letter -> deadLetters.add(
                    new Place(letter.getSourceTopic(), letter.getSourcePartition(), letter.getSourceOffset()));
            case SpecificRecord other -> throw new IllegalStateException("Not expected: " + other.getSchema());
        }
    }

    private SpecificRecord value(ConsumerRecord<byte[], byte[]> record) {
        Deserializer<? extends SpecificRecord> deserializer = deserializers.get(record.topic());
        if (deserializer == null) {
            throw new IllegalStateException("Not read: " + record.topic());
        }
        return deserializer.deserialize(record.topic(), record.headers(), record.value());
    }

    private static String words(StepEventType type, String why, String worker) {
        return type + (why.isEmpty() ? "" : ", " + why) + " by " + worker;
    }

    private static List<String> told(@Nullable ResourceRef resource, List<ResourceRef> surplus) {
        return Stream.concat(Stream.ofNullable(resource), surplus.stream()).map(ResourceRef::getId).toList();
    }

    // ---- the cloud

    private List<Effect> effects() {
        return cloud.effects(firstEffect).stream().filter(effect -> accounts.containsKey(text(effect, "account")))
                .filter(effect -> text(effect, "operation").matches(".*\\.(create|delete)_(instance|key|policy)"))
                .map(
                        effect -> new Effect(
                                effect.path("number").asLong(), Instant.parse(text(effect, "time")),
                                alias(text(effect, "account")), text(effect, "iam_id"),
                                text(effect, "operation").contains(".delete_"), text(effect, "operation"),
                                text(effect, "resource"), text(effect, "instance"), text(effect, "fault")))
                .toList();
    }

    private List<Thing> things(JsonNode state) {
        var accountOf = new LinkedHashMap<String, String>();
        List<Thing> things = new ArrayList<>();
        for (JsonNode instance : state.path("instances")) {
            accountOf.put(text(instance, "guid"), text(instance, "account_id"));
            things.add(
                    new Thing(
                            ResourceKind.KMS_INSTANCE, text(instance, "guid"), text(instance, "name"), List.of(),
                            alias(text(instance, "account_id")), text(instance, "created_by"),
                            List.of("active", "provisioning", "inactive").contains(text(instance, "state"))));
        }
        for (JsonNode key : state.path("keys")) {
            things.add(
                    new Thing(
                            ResourceKind.ROOT_KEY, text(key, "id"), text(key, "name"),
                            StreamSupport.stream(key.path("aliases").spliterator(), false).map(JsonNode::asText)
                                    .toList(),
                            alias(accountOf.getOrDefault(text(key, "instance"), "")), text(key, "createdBy"),
                            key.path("state").asInt() != 5));
        }
        for (JsonNode policy : state.path("policies")) {
            things.add(
                    new Thing(
                            ResourceKind.AUTHORIZATION_POLICY, text(policy, "id"), "authorization",
                            text(policy, "description").isEmpty() ? List.of() : List.of(text(policy, "description")),
                            alias(text(policy, "account_id")), text(policy, "created_by_id"),
                            !text(policy, "state").equals("deleted")));
        }
        return things.stream().filter(thing -> accounts.containsValue(thing.account())).toList();
    }

    private String alias(String accountId) {
        return accounts.getOrDefault(accountId, "");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }

    @Override
    public void close() {
        consumer.close();
        deserializers.values().forEach(Deserializer::close);
    }
}
