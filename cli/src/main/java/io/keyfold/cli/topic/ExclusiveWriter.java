package io.keyfold.cli.topic;

import io.keyfold.schemas.KafkaAnswer;
import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;

/// Writes two records or none, and as the only process that does so under its name.
///
/// Whoever opens one ends what an earlier one has begun, and the earlier one can write nothing any more. So what is read
/// after the opening and decides whether to write cannot be changed by another process before it is written.
public final class ExclusiveWriter implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Connection connection;
    private final Producer<byte[], byte[]> producer;

    /// @param name the transactional id
    public ExclusiveWriter(Connection connection, String name) {
        this.connection = connection;
        this.producer = connection.transactionalProducer(name);
        try {
            connection.reached(() -> {
                producer.initTransactions();
                return true;
            });
        } catch (RuntimeException e) {
            producer.close(CLOSE);
            throw e;
        }
    }

    /// Writes a record and another that may say where the first one lies.
    ///
    /// @return where the first one lies
    public Published write(
            ProducerRecord<byte[], byte[]> first, Function<Published, ProducerRecord<byte[], byte[]>> second) {
        try {
            return connection.reached(() -> {
                producer.beginTransaction();
                var published = sent(first);
                sent(second.apply(published));
                commit();
                return published;
            });
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new TopicFailure(
                    "somebody else has begun to do the same meanwhile; nothing was published",
                    "See what they have done, then try again: keyfold dead-letters list",
                    e);
        }
    }

    /// Whoever is not answered cannot know what has become of it, and must not say that nothing has.
    private void commit() {
        try {
            producer.commitTransaction();
        } catch (RetriableException e) {
            throw new TopicFailure(
                    "the broker has not said whether it was published",
                    "See whether it was: keyfold dead-letters list. If not, try again",
                    e);
        }
    }

    private Published sent(ProducerRecord<byte[], byte[]> record) {
        try {
            var written = KafkaAnswer.of(producer.send(record));
            return new Published(written.topic(), written.partition(), written.offset());
        } catch (RecordTooLargeException e) {
            throw new TopicFailure(
                    "the record is too large for " + record.topic() + ": " + e.getMessage(),
                    "Nothing was published. Give it shorter values",
                    e);
        }
    }

    /// What is not committed is given up.
    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
