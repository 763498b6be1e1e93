package io.keyfold.cli.bench;

import io.keyfold.cli.topic.Connection;
import io.keyfold.schemas.KafkaAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// How long a record takes through Kafka when nothing else is under way: from its producer to a consumer of committed
/// records, of which one topic may be what the other becomes.
final class HopFloor implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RECORD_BYTES = 500;
    private static final byte[] KEY = "bench".getBytes(StandardCharsets.UTF_8);

    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final String in;

    /// @param in  where a record is written
    /// @param out where it is read, or what has become of it; may be the same
    HopFloor(Connection connection, String in, String out) {
        this.in = in;
        this.producer = connection.producer();
        this.consumer = connection.consumer();
        consumer.assign(List.of(new TopicPartition(out, 0)));
        consumer.seekToEnd(List.of());
        consumer.assignment().forEach(consumer::position);
    }

    /// Makes topics of one partition.
    static void createTopics(Connection connection, String... names) {
        try (var admin = connection.admin()) {
            var topics =
                    Arrays.stream(names).map(name -> new NewTopic(name, Optional.of(1), Optional.empty())).toList();
            connection.reached(() -> {
                var made = admin.createTopics(topics);
                return Arrays.stream(names).map(made::topicId).map(KafkaAnswer::of).toList();
            });
        }
    }

    /// Sends one record after the other.
    ///
    /// @param inARow so many of them make one time: what a workflow waits for that passes so many of these hops
    Spread measure(int records, int inARow) {
        var spread = new Spread();
        for (int n = 0; n + inARow <= records; n += inARow) {
            var time = Duration.ZERO;
            for (int hop = 0; hop < inARow; hop++) {
                time = time.plus(pass(n + hop));
            }
            spread.add(time);
        }
        return spread;
    }

    /// Returns when the first record has come through, which may be long after the start of what lies between.
    void awaitFirst() {
        pass(-1);
    }

    private Duration pass(int number) {
        var value = ByteBuffer.allocate(RECORD_BYTES).putInt(number).array();
        var start = System.nanoTime();
        var _ = producer.send(new ProducerRecord<>(in, 0, KEY, value));
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            for (var record : consumer.poll(PATIENCE)) {
                if (ByteBuffer.wrap(record.value()).getInt() == number) {
                    return Duration.ofNanos(System.nanoTime() - start);
                }
            }
        }
        throw new IllegalStateException(
                "A record did not come through " + in + " within " + PATIENCE.toSeconds() + " s");
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close();
    }
}
