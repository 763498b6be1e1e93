package io.keyfold.cli.topic;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/// Who reads: a process that works is a member of its consumer group.
public final class Members {
    private final Connection connection;

    public Members(Connection connection) {
        this.connection = connection;
    }

    /// How many members a group has; one that there never was has none.
    public int of(String group) {
        return clientIds(group).size();
    }

    /// What each member of a group calls itself.
    public List<String> clientIds(String group) {
        try (var admin = connection.admin()) {
            return connection.reached(() -> {
                try {
                    var described = admin.describeConsumerGroups(List.of(group)).describedGroups().get(group);
                    return Objects.requireNonNull(described).get().members().stream()
                            .map(MemberDescription::clientId).toList();
                } catch (InterruptedException e) {
                    throw new InterruptException(e);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof GroupIdNotFoundException) {
                        return List.of();
                    }
                    throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
                }
            });
        }
    }
}
