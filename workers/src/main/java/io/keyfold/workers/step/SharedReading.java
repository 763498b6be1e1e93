package io.keyfold.workers.step;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// One reading of a long list for all who want to know what is in it by now: whoever asks gets what was read from the
/// first page on after he had asked, by himself or by another.
///
/// Safe for many threads.
public final class SharedReading<T> {
    private final Listing<T> listing;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();
    private Optional<Read<T>> latest = Optional.empty();

    private record Read<T>(long number, List<T> all) {}

    public SharedReading(Listing<T> listing) {
        this.listing = listing;
    }

    /// @throws FaultException of his own reading; another's is not passed on
    List<T> read(Turn turn) {
        long before = begun.get();
        reading.lock();
        try {
            List<T> all = latest.filter(read -> read.number > before).map(Read::all).orElseGet(() -> {
                long number = begun.incrementAndGet();
                List<T> read = listing.whole(turn::look);
                latest = Optional.of(new Read<>(number, read));
                return read;
            });
            if (!reading.hasQueuedThreads()) {
                latest = Optional.empty(); // it may be large
            }
            return all;
        } finally {
            reading.unlock();
        }
    }
}
