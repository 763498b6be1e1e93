package io.keyfold.schemas;

import java.net.MalformedURLException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;

/// What the registry says of a schema that is going to be written, asked before the first record needs it.
public sealed interface SchemaLookUp {
    record Known() implements SchemaLookUp {}

    /// No registry answered, or it is not itself yet: this passes.
    record Unanswered(String why) implements SchemaLookUp {}

    /// It has no such schema, or refuses us, or the settings are wrong: this wants somebody.
    record Refused(String why) implements SchemaLookUp {}

    /// Asks by way of the very serializer that is going to write, which then remembers the answer.
    static <T extends SpecificRecord> SchemaLookUp of(Topic<T> topic, Serializer<T> serializer) {
        try {
            serializer.serialize(topic.name(), empty(topic));
            return new Known();
        } catch (RuntimeException e) { // the serializer's own, whatever serializer it is
            return passes(e) ? new Unanswered(root(e)) : new Refused(root(e));
        }
    }

    private static <T extends SpecificRecord> T empty(Topic<T> topic) {
        SpecificData model = SpecificData.getForClass(topic.recordClass());
        T record = topic.recordClass().cast(model.newRecord(null, model.getSchema(topic.recordClass())));
        record.getSchema().getFields().forEach(field -> record.put(field.pos(), model.getDefaultValue(field)));
        return record;
    }

    /// What wraps it repeats the whole schema.
    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        return cause instanceof UnknownHostException || message.isEmpty()
                ? (cause.getClass().getSimpleName() + " " + message).strip()
                : message;
    }

    private static boolean passes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof MalformedURLException) {
                return false; // both are an IOException, and both are what was set
            }
            Optional<Integer> status = RecordDecoder.registryStatus(cause);
            if (status.isPresent()) {
                return RecordDecoder.isDown(status.get());
            }
            if (cause instanceof TimeoutException || RecordDecoder.isOfTheNetwork(cause)) {
                return true;
            }
        }
        return false;
    }
}
