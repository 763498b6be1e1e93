package io.keyfold.schemas;

import org.apache.avro.specific.SpecificRecord;

/// What became of a record's value when it was read.
public sealed interface Decoded<T extends SpecificRecord> {
    record Value<T extends SpecificRecord>(T value) implements Decoded<T> {}

    /// It will never be readable.
    record Unreadable<T extends SpecificRecord>(Reason reason, String why) implements Decoded<T> {
        public enum Reason {
            NO_VALUE,
            /// Not even the first five bytes are those of the wire format.
            NOT_AVRO,
            /// The bytes look right, but the registry knows no such schema.
            UNKNOWN_SCHEMA,
            WRONG_RECORD_TYPE,
            /// Damaged, broken off, or written by a schema that ours cannot be read from.
            UNDECODABLE
        }
    }

    /// The registry did not answer, or refused us: the same bytes may be readable later.
    record RegistryUnavailable<T extends SpecificRecord>(String why) implements Decoded<T> {}
}
