package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;

/// What the workflow must know of its topics beside their records.
interface TopicFacts {
    /// The topic's id, which changes when a topic is deleted and made again.
    String id(String topic);

    /// How many partitions each of the saga's sources has.
    int partitions();

    /// The largest record batch that the topic takes, in bytes.
    int maxMessageBytes(Topic<?> topic);

    /// Looks the ids up again: one of the topics may have been replaced.
    void refresh();
}
