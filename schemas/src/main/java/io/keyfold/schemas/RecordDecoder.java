package io.keyfold.schemas;

import io.keyfold.schemas.Decoded.Unreadable.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads one topic's values and says, of those that cannot be read, whether waiting may help.
public final class RecordDecoder<T extends SpecificRecord> implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private static final byte MAGIC = 0;
    /// Of the Confluent wire format: a zero byte and the four of a schema's id.
    static final int WIRE_HEADER_BYTES = 5;

    private static final int LONGEST_REASON = 500;

    private final Topic<T> topic;
    private final Deserializer<T> deserializer;

    RecordDecoder(Topic<T> topic, Deserializer<T> deserializer) {
        this.topic = topic;
        this.deserializer = deserializer;
    }

    public Decoded<T> decode(Headers headers, byte @Nullable [] bytes) {
        if (bytes == null) {
            return new Decoded.Unreadable<>(Reason.NO_VALUE, "The record has no value.");
        }
        try {
            T value = deserializer.deserialize(topic.name(), headers, bytes);
            return value == null
                    ? new Decoded.Unreadable<>(Reason.NO_VALUE, "The record has no value.")
                    : new Decoded.Value<>(value);
        } catch (WrongRecordTypeException e) {
            return new Decoded.Unreadable<>(Reason.WRONG_RECORD_TYPE, sentence(e));
        } catch (RuntimeException e) { // hostile bytes make Avro throw nearly anything
            Decoded<T> why = why(e);
            return why instanceof Decoded.Unreadable<T> unreadable
                    && unreadable.reason() == Reason.UNDECODABLE
                    && !hasWireHeader(bytes)
                            ? new Decoded.Unreadable<>(Reason.NOT_AVRO, notWireFormat(bytes))
                            : why;
        }
    }

    static boolean hasWireHeader(byte[] bytes) {
        return bytes.length >= WIRE_HEADER_BYTES && bytes[0] == MAGIC;
    }

    private static String notWireFormat(byte[] bytes) {
        if (bytes.length == 0) {
            return "The value is empty.";
        }
        return bytes[0] == MAGIC
                ? "The value of " + bytes.length + (bytes.length == 1 ? " byte" : " bytes")
                        + " is too short for the Confluent wire format: a zero byte and the four of a schema's id, then"
                        + " the record."
                : "The value does not begin with a zero byte, as the Confluent wire format does.";
    }

    private Decoded<T> why(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<Integer> status = registryStatus(cause);
            if (status.isPresent()) {
                return mayChange(status.get())
                        ? new Decoded.RegistryUnavailable<>(words(failure))
                        : new Decoded.Unreadable<>(
                                status.get() == NOT_FOUND ? Reason.UNKNOWN_SCHEMA : Reason.UNDECODABLE,
                                sentence(failure));
            }
            if (cause instanceof TimeoutException || isOfTheNetwork(cause)) {
                return new Decoded.RegistryUnavailable<>(words(failure));
            }
        }
        return new Decoded.Unreadable<>(Reason.UNDECODABLE, sentence(failure));
    }

    /// Avro reports truncated bytes as an `IOException` too.
    static boolean isOfTheNetwork(Throwable cause) {
        return cause instanceof IOException
                && !(cause instanceof EOFException)
                && !cause.getClass().getPackageName().startsWith("org.apache.avro");
    }

    private static boolean mayChange(int status) {
        return isDown(status) || status == UNAUTHORIZED || status == FORBIDDEN;
    }

    static boolean isDown(int status) {
        return status >= SERVER_ERROR || status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS;
    }

    /// The HTTP status in Confluent's `RestClientException`, which is known by name only.
    static Optional<Integer> registryStatus(Throwable cause) {
        if (!cause.getClass().getSimpleName().equals("RestClientException")) {
            return Optional.empty();
        }
        try {
            return cause.getClass().getMethod("getStatus").invoke(cause) instanceof Integer status
                    ? Optional.of(status)
                    : Optional.empty();
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    /// What others say seldom ends with a stop, and more is said after it.
    private static String sentence(Throwable failure) {
        String words = words(failure);
        return words.endsWith(".") || words.endsWith("…") ? words : words + ".";
    }

    private static String words(Throwable failure) {
        StringBuilder words = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (words.indexOf(message) < 0) {
                words.append(words.isEmpty() ? "" : ": ").append(message);
            }
        }
        return words.length() <= LONGEST_REASON ? words.toString() : words.substring(0, LONGEST_REASON) + "…";
    }

    @Override
    public void close() {
        deserializer.close();
    }
}
