package io.keyfold.workflow.stream;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.MisplacedRequest;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.Decoded.Unreadable;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.AuditEvent;
import io.keyfold.workflow.saga.AuditLine;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/// Reads what is sent to sagas: key, value, and whether they agree. Everything wrong with a record is found here.
final class SagaInputs {
    static final List<Topic<?>> REQUESTS = List.of(Topics.CLUSTER_DEPLOY_REQUESTED, Topics.CLUSTER_CONTROL_REQUESTED);

    private final RegistryPatience patience;
    private final Map<String, Reader<?>> readers = new HashMap<>();
    private final RecordDecoder<MisplacedRequest> misplaced;

    /// @param clock tells how late it is
    SagaInputs(ContractSerdes serdes, RegistryPatience patience, InstantSource clock) {
        this.patience = patience;
        this.misplaced = serdes.decoder(Topics.MISPLACED_REQUESTS);
        add(serdes, Topics.CLUSTER_DEPLOY_REQUESTED, RequestMapping::cluster, RequestMapping::deploy);
        add(serdes, Topics.CLUSTER_CONTROL_REQUESTED, RequestMapping::cluster, RequestMapping::control);
        add(serdes, Topics.KMS_INSTANCE_EVENTS, event -> event.getClusterId(),
                event -> AnswerMapping.instance(event, clock.instant()));
        add(serdes, Topics.ROOT_KEY_EVENTS, event -> event.getClusterId(),
                event -> AnswerMapping.rootKey(event, clock.instant()));
        add(serdes, Topics.AUTHORIZATION_EVENTS, event -> event.getClusterId(),
                event -> AnswerMapping.authorization(event, clock.instant()));
        add(serdes, Topics.LEDGER_REPLIES, reply -> reply.getClusterId(), AnswerMapping::ledgerReply);
    }

    private <T extends SpecificRecord> void add(
            ContractSerdes serdes, Topic<T> topic, Function<T, String> cluster, Function<T, Mapped> meaning) {
        readers.put(topic.name(), new Reader<>(serdes.decoder(topic), cluster, meaning));
    }

    private record Reader<T extends SpecificRecord>(
            RecordDecoder<T> decoder, Function<T, String> cluster, Function<T, Mapped> meaning) {}

    static boolean isRequest(String topic) {
        return REQUESTS.stream().anyMatch(request -> request.name().equals(topic));
    }

    /// What keeps a record's key from being a cluster's, or empty.
    static Optional<Input.Unusable> faultOfKey(SourceRecord record) {
        byte[] key = record.key();
        if (key == null) {
            return Optional.of(Input.Unusable.of(
                    DeadLetterReason.NULL_KEY,
                    "The record has no key. Send it with the key <account>/<cluster_prefix>."));
        }
        return cluster(key).isPresent()
                ? Optional.empty()
                : Optional.of(Input.Unusable.of(
                        DeadLetterReason.INVALID_KEY,
                        "The record's key is not <account>/<cluster_prefix> in printable ASCII, at most "
                                + ClusterId.MAX_LENGTH + " characters. Send it again with the right key."));
    }

    private static Optional<ClusterId> cluster(byte[] key) {
        try {
            return ClusterId.parse(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// The request in a record of the topic for misplaced ones.
    sealed interface Unwrapped {
        record Request(SourceRecord record) implements Unwrapped {}

        record Unusable(Input.Unusable why) implements Unwrapped {}
    }

    Unwrapped unwrap(SourceRecord record) {
        Decoded<MisplacedRequest> decoded =
                patience.read(() -> misplaced.decode(record.headers(), record.value()));
        return switch (decoded) {
            case Decoded.Value<MisplacedRequest>(var wrapped) when isRequest(wrapped.getSourceTopic()) ->
                new Unwrapped.Request(SourceRecord.unwrap(wrapped));
            case Decoded.Value<MisplacedRequest>(var wrapped) ->
                new Unwrapped.Unusable(Input.Unusable.of(
                        DeadLetterReason.UNDECODABLE,
                        "The record does not come from a topic of requests. Send the request itself again."));
            case Unreadable<MisplacedRequest> unreadable -> new Unwrapped.Unusable(unusable(unreadable));
            case Decoded.RegistryUnavailable<MisplacedRequest> _ -> throw notReturned();
        };
    }

    Input read(SourceRecord record) {
        Optional<Input.Unusable> fault = faultOfKey(record);
        byte[] key = record.key();
        if (fault.isPresent() || key == null) {
            return fault.orElseThrow();
        }
        Reader<?> reader = readers.get(record.topic());
        if (reader == null) {
            throw new IllegalStateException("The topology reads " + record.topic() + ", which has no reader");
        }
        return read(record, cluster(key).orElseThrow(), reader);
    }

    private <T extends SpecificRecord> Input read(SourceRecord record, ClusterId cluster, Reader<T> reader) {
        Decoded<T> decoded = patience.read(() -> reader.decoder().decode(record.headers(), record.value()));
        return switch (decoded) {
            case Decoded.Value<T>(var value) -> meaning(record, cluster, value, reader);
            case Unreadable<T> unreadable -> unusable(unreadable);
            case Decoded.RegistryUnavailable<T> _ -> throw notReturned();
        };
    }

    private static <T extends SpecificRecord> Input meaning(
            SourceRecord record, ClusterId cluster, T value, Reader<T> reader) {
        String body = reader.cluster().apply(value);
        if (!body.equals(cluster.toString())) {
            return keyMismatch(record, cluster, value);
        }
        return switch (reader.meaning().apply(value)) {
            case Mapped.Event(var event) -> new Input.Event(cluster, event);
            case Mapped.Refused(var line) -> new Input.Refused(cluster, line);
        };
    }

    /// The body's cluster is not repeated: it may be anything, at any length.
    private static Input keyMismatch(SourceRecord record, ClusterId cluster, SpecificRecord value) {
        String message = "The record at " + record.place() + " has the key " + cluster
                + ", but its body names another cluster. Send it again with a key and a body that agree.";
        AuditEvent event =
                switch (value) {
                    case ClusterDeployRequested _ -> AuditEvent.REQUEST_REFUSED;
                    case ClusterControlRequested _ -> AuditEvent.CONTROL_REFUSED;
                    default -> AuditEvent.IGNORED;
                };
        AuditLine line =
                new AuditLine(event, 0, "", Optional.empty(), "", "", "KEY_MISMATCH", "", message, record.topic());
        return new Input.Unusable(
                DeadLetterReason.KEY_MISMATCH, message, Optional.of(new Input.Unusable.Told(cluster, line)));
    }

    static Input.Unusable unusable(Unreadable<?> unreadable) {
        DeadLetterReason reason =
                switch (unreadable.reason()) {
                    case NO_VALUE -> DeadLetterReason.NULL_VALUE;
                    case NOT_AVRO -> DeadLetterReason.NOT_AVRO;
                    case UNKNOWN_SCHEMA -> DeadLetterReason.UNKNOWN_SCHEMA;
                    case WRONG_RECORD_TYPE -> DeadLetterReason.WRONG_RECORD_TYPE;
                    case UNDECODABLE -> DeadLetterReason.UNDECODABLE;
                };
        return Input.Unusable.of(
                reason, unreadable.why() + " Send it again in the topic's record type, by its registered schema.");
    }

    private static IllegalStateException notReturned() {
        return new IllegalStateException("A registry that does not answer is waited for");
    }
}
