package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// What each party of an installation may do in Kafka, and nothing more: the access control lists that follow from the
/// catalogue of topics and from the names of groups and transactions.
///
/// READ and WRITE include DESCRIBE. Since Kafka 3.0 whoever may write some topic may also write it idempotently, so nobody
/// needs IDEMPOTENT_WRITE on the cluster. Nobody gets a right on the cluster at all: the one who sets these lists is the
/// Kafka's administrator, not a part of Keyfold.
public final class AccessRules {
    /// The transactions in which dead letters are published again, whoever does it.
    public static final String REPLAY_TRANSACTIONS = "keyfold-dead-letters-replay";

    private static final String ANY_HOST = "*";
    private static final Set<AclOperation> IMPLY_DESCRIBE = Set.of(AclOperation.READ, AclOperation.WRITE);

    private final String installation;
    private final String applicationId;
    private final Map<Party, String> principals = new EnumMap<>(Party.class);

    /// @param installation  names the workers' groups
    /// @param applicationId the workflow's: names its group, its transactions and its changelogs
    /// @param principals    as Kafka writes them, `User:name`; a party without one logs in as [Party#user()]
    public AccessRules(String installation, String applicationId, Map<Party, String> principals) {
        this.installation = installation;
        this.applicationId = applicationId;
        for (Party party : Party.values()) {
            this.principals.put(party, principals.getOrDefault(party, "User:" + party.user()));
        }
    }

    /// The principal of every party.
    public Map<Party, String> principals() {
        return Map.copyOf(principals);
    }

    /// All of them, party by party.
    public List<AclBinding> all() {
        List<AclBinding> all = new ArrayList<>();
        bindings().values().forEach(all::addAll);
        return List.copyOf(all);
    }

    /// All of them, by party.
    public Map<Party, List<AclBinding>> bindings() {
        Map<Party, List<AclBinding>> bindings = new LinkedHashMap<>();
        for (Party party : Party.values()) {
            Grants grants = new Grants(Objects.requireNonNull(principals.get(party)));
            ofTopics(party, grants);
            switch (party) {
                case WORKFLOW -> ofWorkflow(grants);
                case KMS_INSTANCE_WORKER, ROOT_KEY_WORKER, AUTHORIZATION_WORKER ->
                    grants.allow(
                            ResourceType.GROUP, WorkerGroups.id(installation, party.service()), AclOperation.READ);
                case ORCHESTRATOR -> ofReader(party, grants);
                case AUDITOR -> {
                    ofReader(party, grants);
                    ofOnlooker(grants);
                }
                case OPERATOR -> {
                    ofReader(party, grants);
                    ofOnlooker(grants);
                    // Sees also how far each of them has been read.
                    Topics.ALL.forEach(grants::allowToCompare);
                    grants.allow(ResourceType.TRANSACTIONAL_ID, REPLAY_TRANSACTIONS, AclOperation.WRITE);
                }
                case INSTALLER -> Topics.ALL.forEach(topic -> {
                    grants.allow(topic, AclOperation.CREATE);
                    grants.allowToCompare(topic);
                });
            }
            bindings.put(party, List.copyOf(grants.bindings));
        }
        return bindings;
    }

    /// The groups that an installation's services form.
    Set<String> groups() {
        Set<String> groups = new TreeSet<>(WorkerGroups.ids(installation));
        groups.add(applicationId);
        return groups;
    }

    /// What the names of the workflow's transactions and of its own topics begin with.
    String ownPrefix() {
        return applicationId + "-";
    }

    private static void ofTopics(Party party, Grants grants) {
        for (Topic<?> topic : Topics.ALL) {
            if (topic.writers().contains(party)) {
                grants.allow(topic, AclOperation.WRITE);
            }
            if (topic.readers().contains(party)) {
                grants.allow(topic, AclOperation.READ);
            }
        }
    }

    private void ofWorkflow(Grants grants) {
        // How large a record each of these may be: what does not fit has to be a dead letter.
        Topics.ALL.stream().filter(topic -> topic.writers().contains(Party.WORKFLOW))
                .forEach(topic -> grants.allow(topic, AclOperation.DESCRIBE_CONFIGS));
        // Whether what stands there was ever committed, where the memory that it would rest on is empty.
        grants.allow(Topics.CLUSTER_ENCRYPTION_STATUS, AclOperation.READ);
        grants.allow(ResourceType.GROUP, applicationId, AclOperation.READ);
        // It does not start beside workers of an earlier version.
        WorkerGroups.ids(installation).forEach(
                group -> grants.allow(ResourceType.GROUP, group, AclOperation.DESCRIBE));
        grants.allowPrefixed(ResourceType.TRANSACTIONAL_ID, ownPrefix(), AclOperation.WRITE);
        // Kafka Streams makes the changelogs of its stores, and reads them to restore a store.
        grants.allowPrefixed(ResourceType.TOPIC, ownPrefix(), AclOperation.CREATE);
        grants.allowPrefixed(ResourceType.TOPIC, ownPrefix(), AclOperation.READ);
        grants.allowPrefixed(ResourceType.TOPIC, ownPrefix(), AclOperation.WRITE);
    }

    /// A program that reads has to name a group of its own; `keyfold` itself needs none.
    private void ofReader(Party party, Grants grants) {
        grants.allowPrefixed(
                ResourceType.GROUP, "keyfold-" + installation + "-" + party.id(), AclOperation.READ);
    }

    /// Sees who is a member of the services' groups and how far each has read.
    private void ofOnlooker(Grants grants) {
        groups().forEach(group -> grants.allow(ResourceType.GROUP, group, AclOperation.DESCRIBE));
    }

    /// What one principal is granted.
    private static final class Grants {
        private final String principal;
        private final List<AclBinding> bindings = new ArrayList<>();

        Grants(String principal) {
            this.principal = principal;
        }

        void allow(Topic<?> topic, AclOperation operation) {
            allow(ResourceType.TOPIC, topic.name(), operation);
        }

        /// To compare a topic with the catalogue.
        void allowToCompare(Topic<?> topic) {
            boolean mayDescribe = bindings.stream()
                    .filter(binding -> binding.pattern().name().equals(topic.name()))
                    .anyMatch(binding -> IMPLY_DESCRIBE.contains(binding.entry().operation()));
            if (!mayDescribe) {
                allow(topic, AclOperation.DESCRIBE);
            }
            allow(topic, AclOperation.DESCRIBE_CONFIGS);
        }

        void allow(ResourceType type, String name, AclOperation operation) {
            add(new ResourcePattern(type, name, PatternType.LITERAL), operation);
        }

        void allowPrefixed(ResourceType type, String prefix, AclOperation operation) {
            add(new ResourcePattern(type, prefix, PatternType.PREFIXED), operation);
        }

        private void add(ResourcePattern pattern, AclOperation operation) {
            bindings.add(
                    new AclBinding(
                            pattern,
                            new AccessControlEntry(principal, ANY_HOST, operation, AclPermissionType.ALLOW)));
        }
    }
}
