package io.keyfold.workflow.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.StreamsConfig;

/// As whom a process of the workflow is a member of its group, and whether it stays one when it ends.
///
/// It is known by its state directory (Kafka's static membership): who is started again on it takes the place that was its
/// own at once. Others wait for the session of one that was killed to end; and where a group is empty, Kafka waits 3 s for
/// every further thread that may come (`group.initial.rebalance.delay.ms`).
final class Membership {
    private static final String FILE = "group-instance-id";
    private static final long PATIENCE_SECONDS = 2;

    private final Admin admin;
    private final String group;
    private final Optional<String> instanceId;

    private Membership(Admin admin, String group, Optional<String> instanceId) {
        this.admin = admin;
        this.group = group;
        this.instanceId = instanceId;
    }

    /// @throws WorkflowStartException if the state directory cannot be written
    static Membership of(WorkflowSettings settings, Path stateDirectory, Admin admin) {
        return new Membership(
                admin, settings.applicationId(), instanceId(settings.kafkaOthers(), stateDirectory));
    }

    /// @param given settings of Kafka's clients and Kafka Streams
    static Optional<String> instanceId(Map<String, String> given, Path stateDirectory) {
        if ("streams".equalsIgnoreCase(given.get(StreamsConfig.GROUP_PROTOCOL_CONFIG))) {
            return Optional.empty(); // Kafka Streams 4.3 refuses both together
        }
        String setting = CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG;
        return Stream.of(
                StreamsConfig.mainConsumerPrefix(setting), StreamsConfig.consumerPrefix(setting), setting)
                .flatMap(name -> Optional.ofNullable(given.get(name)).stream()).findFirst()
                .or(() -> Optional.of(kept(stateDirectory)));
    }

    private static String kept(Path stateDirectory) {
        Path file = stateDirectory.resolve(FILE);
        try {
            if (Files.exists(file)) {
                return UUID.fromString(Files.readString(file).strip()).toString();
            }
        } catch (IOException | IllegalArgumentException e) {
            // Broken off while it was written, or worse. Nothing but a little time is lost with it: it is made anew.
        }
        String id = UUID.randomUUID().toString();
        try {
            Files.createDirectories(stateDirectory);
            Files.writeString(file, id + "\n");
            return id;
        } catch (IOException e) {
            String directory = stateDirectory.toString();
            throw new WorkflowStartException(
                    FullDisk.explained(e, directory).orElse(
                            "The state directory " + directory + " cannot be written (" + e
                                    + "). Give the workflow one that it may write with state.dir."),
                    e);
        }
    }

    /// What the threads' members are called begins so; empty if they have no names that last.
    Optional<String> instanceId() {
        return instanceId;
    }

    /// Leaves the group to others, if there are any: they need not wait for the session to end. Where nobody is left who
    /// could go on, the place is kept: so its next start finds a group that is not empty.
    GroupMembershipOperation atTheEnd() {
        if (instanceId.isEmpty()) {
            return GroupMembershipOperation.LEAVE_GROUP;
        }
        Pattern own = Pattern.compile(Pattern.quote(instanceId.get()) + "-[0-9]+"); // as Kafka Streams numbers its threads
        try {
            boolean alone = admin.describeConsumerGroups(List.of(group)).all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS).values().stream()
                    .flatMap(described -> described.members().stream())
                    .allMatch(member -> member.groupInstanceId().filter(id -> own.matcher(id).matches()).isPresent());
            return alone ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP;
        } catch (ExecutionException | TimeoutException e) {
            return GroupMembershipOperation.LEAVE_GROUP; // there may be some
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return GroupMembershipOperation.LEAVE_GROUP;
        }
    }
}
