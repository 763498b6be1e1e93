package io.keyfold.schemas;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/// One topic of the contract: its name, what its key is, which record its values are, and how long it keeps them.
///
/// Keys are UTF-8 strings. Two topics are the same if their names are.
///
/// @param <T> the one record type of its values
public final class Topic<T extends SpecificRecord> {
    private final String name;
    private final String key;
    private final Class<T> recordClass;
    private final Set<Party> writers;
    private final Set<Party> readers;
    private final Cleanup cleanup;
    private final Optional<Duration> retention;
    private final int maxMessageBytes;

    Topic(
            String name,
            String key,
            Class<T> recordClass,
            Set<Party> writers,
            Set<Party> readers,
            Cleanup cleanup,
            Optional<Duration> retention,
            int maxMessageBytes) {
        this.name = name;
        this.key = key;
        this.recordClass = recordClass;
        this.writers = inOrder(writers);
        this.readers = inOrder(readers);
        this.cleanup = cleanup;
        this.retention = retention;
        this.maxMessageBytes = maxMessageBytes;
    }

    public String name() {
        return name;
    }

    /// What the record key means, in words.
    public String key() {
        return key;
    }

    public Class<T> recordClass() {
        return recordClass;
    }

    /// Who may write it.
    public Set<Party> writers() {
        return writers;
    }

    /// Who may read it.
    public Set<Party> readers() {
        return readers;
    }

    private static Set<Party> inOrder(Set<Party> parties) {
        return Collections.unmodifiableSet(EnumSet.copyOf(parties));
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    /// How long a record is kept; empty: for ever.
    public Optional<Duration> retention() {
        return retention;
    }

    /// The largest record batch that the broker takes, in bytes.
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /// The subject of the values' schema, by Confluent's default naming.
    public String subject() {
        return name + "-value";
    }

    /// The values' schema as it is registered: without the hints that only Java reads.
    public org.apache.avro.Schema schema() {
        return WireSchema.of(SpecificData.get().getSchema(recordClass));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Topic<?> topic && topic.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
