package io.keyfold.cli.letters;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.HeaderEntry;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// What the record that a letter holds says, by the topic that it lay in.
public sealed interface Original {
    record Legible(SpecificRecord value) implements Original {
        /// The cluster that the record is about; empty if it is about none, or names several.
        public Optional<String> cluster() {
            return clusterOf(value);
        }
    }

    /// By itself, or for now.
    record Illegible(String why) implements Original {}

    /// The registry that would tell does not answer.
    record NotNow(String why) implements Original {}

    static Original of(Letter letter, SerdeSettings registry) {
        return topic(letter)
                .map(topic -> read(topic, letter, registry))
                .orElseGet(
                        () -> new Illegible("Keyfold has no topic " + letter.record().getSourceTopic() + "."));
    }

    /// The topic that the record lay in, if it is one of ours.
    static Optional<Topic<?>> topic(Letter letter) {
        return Topics.ALL.stream().filter(topic -> topic.name().equals(letter.record().getSourceTopic())).findAny();
    }

    /// The headers that the record had.
    static Headers headers(Letter letter) {
        var headers = new RecordHeaders();
        for (HeaderEntry entry : letter.record().getOriginalHeaders()) {
            headers.add(entry.getKey(), Letter.bytes(entry.getValue()));
        }
        return headers;
    }

    private static <T extends SpecificRecord> Original read(Topic<T> topic, Letter letter, SerdeSettings registry) {
        try (var decoder = new AvroSerdes(registry).decoder(topic)) {
            return switch (decoder.decode(headers(letter), Letter.bytes(letter.record().getOriginalValue()))) {
                case Decoded.Value<T>(var value) -> new Legible(value);
                case Decoded.Unreadable<T> unreadable -> new Illegible(unreadable.why());
                case Decoded.RegistryUnavailable<T>(var why) -> new NotNow(why);
            };
        }
    }

    static Optional<String> clusterOf(SpecificRecord value) {
        return switch (value) {
            case ClusterDeployRequested deploy -> Optional.of(cluster(deploy));
            case ClusterControlRequested control -> {
                var inputs = control.getInputs();
                yield Optional.of(control.getClusterId())
                        .filter(cluster -> inputs == null || cluster(inputs).equals(cluster));
            }
            default ->
                Optional.ofNullable(value.getSchema().getField("cluster_id"))
                        .map(field -> String.valueOf(value.get(field.pos())));
        };
    }

    private static String cluster(ClusterDeployRequested request) {
        return request.getAccount() + "/" + request.getClusterPrefix();
    }
}
