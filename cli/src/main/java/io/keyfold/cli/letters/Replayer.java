package io.keyfold.cli.letters;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.ExclusiveWriter;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.LetterReplay;
import io.keyfold.contract.SourcePosition;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Publishes what became a dead letter again, in one transaction with the mark that it was.
///
/// Only one of all processes can do it at a time: what is read after the opening and not marked yet can be replayed.
public final class Replayer implements AutoCloseable {
    /// What a replay says in its headers: the origin of the letter that it is of.
    public static final String REPLAY_OF = "keyfold_replay_of";

    private final Connection connection;
    private final ExclusiveWriter writer;
    private final String actor;

    /// @param actor who does it
    public Replayer(Connection connection, String actor) {
        this.connection = connection;
        this.writer = new ExclusiveWriter(connection, AccessRules.REPLAY_TRANSACTIONS);
        this.actor = actor;
    }

    /// Publishes it byte for byte, under its key, with its headers.
    public Published asItWas(Letter letter) {
        var headers = Original.headers(letter);
        var record = new ProducerRecord<>(
                letter.record().getSourceTopic(), null, null, Letter.bytes(letter.record().getOriginalKey()),
                Letter.bytes(letter.record().getOriginalValue()), headers);
        return write(letter, record, false);
    }

    /// Publishes it as it was put right, under the key of its cluster.
    public Published repaired(Letter letter, Repair repair) {
        return switch (repair.after()) {
            case ClusterDeployRequested deploy ->
                repaired(letter, Topics.CLUSTER_DEPLOY_REQUESTED, deploy, deploy.getRequestId(), repair.cluster());
            case ClusterControlRequested control ->
                repaired(letter, Topics.CLUSTER_CONTROL_REQUESTED, control, control.getControlId(), repair.cluster());
            default -> throw new IllegalArgumentException("Only requests are put right, not " + repair.after());
        };
    }

    private <T extends SpecificRecord> Published repaired(
            Letter letter, Topic<T> topic, T request, String id, String cluster) {
        var headers = Original.headers(letter);
        CloudEventHeaders.write(headers, topic, id, RequestPublisher.SOURCE, Instant.now(), Original.headers(letter));
        var value = RequestPublisher.serialized(connection, topic, request);
        return write(
                letter,
                new ProducerRecord<>(
                        topic.name(), null, null, cluster.getBytes(StandardCharsets.UTF_8), value, headers),
                true);
    }

    private Published write(Letter letter, ProducerRecord<byte[], byte[]> record, boolean isRepaired) {
        put(record.headers(), REPLAY_OF, letter.origin().toString());
        return writer.write(record, published -> mark(letter, published, isRepaired));
    }

    private ProducerRecord<byte[], byte[]> mark(Letter letter, Published published, boolean isRepaired) {
        var now = Instant.now();
        var replay = LetterReplay.newBuilder()
                .setReplayedAs(SourcePosition.newBuilder().setTopic(published.topic())
                        .setPartition(published.partition()).setOffset(published.offset()).build())
                .setRepaired(isRepaired)
                .setReplayedBy(actor)
                .setReplayedAt(now)
                .build();
        var mark = DeadLetter.newBuilder(letter.record())
                .setMessage("Published again as " + published + ".")
                .setOriginalValue(null)
                .setOriginalHeaders(List.of())
                .setWrittenBy(RequestPublisher.SOURCE)
                .setWrittenAt(now)
                .setReplay(replay)
                .build();
        return new ProducerRecord<>(
                letter.place().topic(), letter.place().partition(), null,
                Letter.bytes(letter.record().getOriginalKey()),
                RequestPublisher.serialized(connection, Topics.DEAD_LETTERS, mark), headers(letter, now));
    }

    private static Headers headers(Letter letter, Instant now) {
        var headers = new RecordHeaders();
        CloudEventHeaders.write(
                headers, Topics.DEAD_LETTERS, "replay-of-" + letter.place(), RequestPublisher.SOURCE, now,
                Original.headers(letter));
        put(headers, REPLAY_OF, letter.origin().toString());
        return headers;
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        writer.close();
    }
}
