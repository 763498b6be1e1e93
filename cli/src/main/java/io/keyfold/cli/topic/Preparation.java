package io.keyfold.cli.topic;

import io.keyfold.schemas.AccessControl;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.Inspection;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.RegistryException;
import io.keyfold.schemas.RequestQuotas;
import io.keyfold.schemas.SchemaRegistration;
import io.keyfold.schemas.TopicCreation;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/// Topics and schemas: what must be there before the first request.
public final class Preparation {
    private final Connection connection;

    public Preparation(Connection connection) {
        this.connection = connection;
    }

    public List<Inspection> createTopics(int partitions, Optional<Short> replicationFactor) {
        return withTopics(topics -> topics.create(partitions, replicationFactor));
    }

    public List<Inspection> verifyTopics() {
        return withTopics(TopicCreation::verify);
    }

    /// Grants every party what it needs, where that is missing.
    public List<Inspection> grantAccess(AccessRules rules) {
        return withAccess(rules, AccessControl::apply);
    }

    public List<Inspection> verifyAccess(AccessRules rules) {
        return withAccess(rules, AccessControl::verify);
    }

    /// Holds those who ask to a quota each.
    public List<Inspection> setQuotas(RequestQuotas quotas) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> quotas.apply(admin));
        }
    }

    public List<Inspection> verifyQuotas(RequestQuotas quotas) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> quotas.verify(admin));
        }
    }

    private List<Inspection> withAccess(AccessRules rules, Function<AccessControl, List<Inspection>> work) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> work.apply(new AccessControl(admin, rules)));
        }
    }

    public List<Inspection> registerSchemas() {
        return answered(() -> new SchemaRegistration(connection.serdeSettings()).register());
    }

    public List<Inspection> verifySchemas() {
        return answered(() -> new SchemaRegistration(connection.serdeSettings()).verify());
    }

    /// How many brokers answer, in words.
    public static String brokers(Admin admin) {
        var count = KafkaAnswer.of(admin.describeCluster().nodes()).size();
        return count == 1 ? "one broker" : count + " brokers";
    }

    private List<Inspection> withTopics(Function<TopicCreation, List<Inspection>> work) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> work.apply(new TopicCreation(admin)));
        }
    }

    private static List<Inspection> answered(Supplier<List<Inspection>> work) {
        try {
            return work.get();
        } catch (RegistryException e) {
            throw new TopicFailure(
                    String.valueOf(e.getMessage()),
                    "Start a registry (keyfold registry) or give another address: --registry-url URL",
                    e);
        }
    }
}
