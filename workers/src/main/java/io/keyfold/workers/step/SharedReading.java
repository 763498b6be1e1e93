package io.keyfold.workers.step;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One reading of a long list for all who want to know what is in it by now: whoever asks gets what was read from the
/// first page on after he had asked, by himself or by another.
///
/// Safe for many threads.
public final class SharedReading<T> {
    private final Listing<T> listing;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();
    private Optional<Read<T>> latest = Optional.empty();

    /// @param result the list, or throws what its reading has met
    private record Read<T>(long number, Supplier<List<T>> result) {}

    public SharedReading(Listing<T> listing) {
        this.listing = listing;
    }

    /// @throws FaultException of the reading, whoever has read: while the list cannot be read, not each one tries
    List<T> read(Turn turn) {
        long before = begun.get();
        reading.lock();
        try {
            Read<T> read = latest.filter(one -> one.number > before).orElseGet(() -> readBy(turn));
            latest = reading.hasQueuedThreads() ? Optional.of(read) : Optional.empty(); // it may be large
            return read.result.get();
        } finally {
            reading.unlock();
        }
    }

    private Read<T> readBy(Turn turn) {
        long number = begun.incrementAndGet();
        try {
            List<T> all = listing.whole(turn::look);
            return new Read<>(number, () -> all);
        } catch (FaultException failure) {
            return new Read<>(number, () -> {
                throw failure;
            });
        }
    }
}
