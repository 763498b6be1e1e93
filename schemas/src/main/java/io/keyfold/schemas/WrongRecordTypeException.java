package io.keyfold.schemas;

import org.apache.kafka.common.errors.SerializationException;

/// A record was readable, but is not of its topic's type.
final class WrongRecordTypeException extends SerializationException {
    private static final long serialVersionUID = 1L;

    WrongRecordTypeException(String message) {
        super(message);
    }
}
