package io.keyfold.workflow.stream;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// The disk of the state takes no more: it is full, its user has used up a quota, or it has become read-only.
///
/// The threads that die of it are not replaced: the next would die as soon as RocksDB has to write, and until then nobody
/// else could take over. What lies on the disk is a copy of what Kafka has.
final class FullDisk {
    /// In the words of the system, which RocksDB and the JDK give as they are.
    private static final List<String> WORDS = List.of(
            "No space left on device", "Disk quota exceeded", "File too large", "Read-only file system");

    private FullDisk() {}

    /// What to tell if that is behind a failure.
    static Optional<String> explained(Throwable failure, String stateDirectory) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(20)
                .flatMap(cause -> reason(cause).stream()).findFirst()
                .map(reason -> "The state directory " + stateDirectory + " takes no more (" + reason
                        + "). Make room there, or give the workflow another one with state.dir, and start it again:"
                        + " nothing is lost, what is not there is restored from Kafka.");
    }

    private static Optional<String> reason(Throwable cause) {
        if (cause instanceof RocksDBException e && e.getStatus() != null
                && e.getStatus().getSubCode() == Status.SubCode.NoSpace) {
            return Optional.of(WORDS.getFirst()); // also where the system speaks another language
        }
        String message = String.valueOf(cause.getMessage());
        return WORDS.stream().filter(message::contains).findFirst();
    }
}
