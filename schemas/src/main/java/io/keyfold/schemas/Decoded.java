package io.keyfold.schemas;

import org.apache.avro.specific.SpecificRecord;

/// What became of a record's value when it was read.
public sealed interface Decoded<T extends SpecificRecord> {
    record Value<T extends SpecificRecord>(T value) implements Decoded<T> {}

    /// It will never be readable: not Avro, an unknown schema, another record type, or no value at all.
    ///
    /// @param schemaUnknown the bytes look right, but the registry knows no such schema
    record Unreadable<T extends SpecificRecord>(boolean schemaUnknown, String why) implements Decoded<T> {}

    /// The registry did not answer, or refused us: the same bytes may be readable later.
    record RegistryUnavailable<T extends SpecificRecord>(String why) implements Decoded<T> {}
}
