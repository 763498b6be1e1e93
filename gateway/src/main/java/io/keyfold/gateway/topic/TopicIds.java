package io.keyfold.gateway.topic;

import io.keyfold.schemas.Denial;
import io.keyfold.schemas.KafkaAnswer;
import io.keyfold.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Looks topics up before anything is read or written.
public sealed interface TopicIds {
    /// @param ids by topic name: what tells a topic from another of the same name
    record Known(Map<String, String> ids) implements TopicIds {}

    /// Kafka does not answer: this passes.
    record Unanswered(String why) implements TopicIds {}

    /// There is no such topic, or this user may not see it: this wants somebody.
    record Refused(String why) implements TopicIds {}

    static TopicIds of(KafkaClients clients, List<Topic<?>> topics, Duration patience) {
        try (var admin = clients.admin(Math.toIntExact(patience.toMillis()))) {
            var ids = new TreeMap<String, String>();
            for (var topic : topics) {
                var described = admin.describeTopics(List.of(topic.name())).topicNameValues();
                for (var future : described.values()) {
                    try {
                        ids.put(topic.name(), KafkaAnswer.of(future.toCompletionStage().toCompletableFuture())
                                .topicId().toString());
                    } catch (UnknownTopicOrPartitionException e) {
                        return new Refused(
                                "has no topic " + topic + ". Create the topics first: keyfold topics create");
                    }
                }
            }
            return new Known(ids);
        } catch (KafkaException e) {
            var denial = Denial.of(e);
            if (denial.isPresent()) {
                return new Refused(denial.get().words() + ". " + denial.get().remedy() + ".");
            }
            var why = "does not answer (" + e.getMessage()
                    + "). Check that it runs and that bootstrap.servers is right.";
            // What cannot be resolved now may be resolvable once its container has started.
            return e instanceof RetriableException || String.valueOf(rootMessage(e)).contains("No resolvable bootstrap")
                    ? new Unanswered(why)
                    : new Refused(why);
        }
    }

    private static String rootMessage(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
