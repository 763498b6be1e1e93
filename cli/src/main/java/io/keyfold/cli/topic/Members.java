package io.keyfold.cli.topic;

import io.keyfold.schemas.KafkaAnswer;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

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
                    return KafkaAnswer.of(Objects.requireNonNull(described)).members().stream()
                            .map(MemberDescription::clientId).toList();
                } catch (GroupIdNotFoundException _) {
                    return List.of();
                }
            });
        }
    }
}
