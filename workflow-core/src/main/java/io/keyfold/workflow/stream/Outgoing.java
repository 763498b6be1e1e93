package io.keyfold.workflow.stream;

import io.keyfold.schemas.Topic;
import org.apache.kafka.streams.processor.api.Record;

/// A record ready to be sent, with nothing left that could fail but Kafka itself.
///
/// @param fits whether the topic takes a record of its size
record Outgoing(Topic<?> topic, Record<byte[], byte[]> record, boolean fits) {}
